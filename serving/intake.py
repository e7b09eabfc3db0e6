"""An import from file to report: read, screened, compared with what is there, read by the classifier, stored as one.

Nothing is stored before everything is understood, and then all of it in one transaction. Texts from files are screened
like any other; however many are worrying, one help card comes of it, in the report.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.domain import Entry, HelpCard, Level, Safety
from agent.errors import DiscoveryError
from agent.pipeline import Agent
from agent.results import safety_data
from journal.transfer.arrive import entries_of
from journal.transfer.daylio import MOOD_WANTED
from journal.transfer.draft import Draft, How, Note
from journal.transfer.formats import Format
from journal.transfer.mapping import NamedMap

Screen = Callable[[Sequence[str]], Awaitable[list[Safety]]]
"""The crisis screen's word on many texts."""

MOST_NOTES = 200
"""Notes in a report; all of them are counted."""

READ_BATCH = 64
"""Texts in one call of the classifier."""

MAPPED = frozenset({"daylio", "daylio-backup"})
"""Formats in which people name their own moods and activities."""


@dataclass
class Progress:
    """How far an import has come: `step` is reading, screening, comparing, feeling or storing, `done` of `of`."""

    step: str = "reading"
    done: int = 0
    of: int = 0

    def at(self, step: str, done: int = 0, of: int = 0) -> None:
        """Moves on."""
        self.step, self.done, self.of = step, done, of


@dataclass
class Gathered:
    """What a file came to, before anything is compared or stored."""

    entries: list[Entry] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    notes_count: int = 0
    left_out: int = 0
    assumed: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    card: HelpCard | None = None
    moods: Counter[str] = field(default_factory=Counter)
    activities: Counter[str] = field(default_factory=Counter)

    def note(self, note: Note) -> None:
        """Counts a note and keeps the first ones."""
        self.notes_count += 1
        self.left_out += note.left_out
        if note.expected == MOOD_WANTED:
            self.moods[note.found.strip("'\"")] += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(note)

    def judge(self, number: int, safety: Safety) -> None:
        """Gives an entry its verdict. The first card of a crisis stands for all."""
        self.levels[safety.level.value] += 1
        if safety.card and (self.card is None or (safety.level is Level.CRISIS and self.levels["crisis"] == 1)):
            self.card = safety.card
        self.entries[number] = self.entries[number].model_copy(update={"safety": safety})


def gather(data: bytes, form: Format, how: How, progress: Progress) -> Gathered:
    """Reads a whole file. Raises `Invalid` for a file that is not of the format."""
    assert form.read is not None
    found, source = Gathered(), io.BytesIO(data)
    names = NamedMap(how.moods, how.activities)
    for one in form.read(source, how):
        progress.at("reading", source.tell(), len(data))
        if isinstance(one, Note):
            found.note(one)
            continue
        found.assumed += one.assumed
        if form.name in MAPPED:
            mood = one.extra.get("mood")
            found.activities.update(tag for tag in one.tags if tag != mood and names.association(tag) is None)
        _keep(found, form.name, one)
    return found


def _keep(found: Gathered, format_name: str, draft: Draft) -> None:
    for entry in entries_of(format_name, draft):
        if isinstance(entry, Note):
            found.note(entry)
        else:
            found.entries.append(entry)


def report(form: Format, found: Gathered, added: Sequence[str], known: int) -> dict[str, Any]:
    """What a person is shown before and after: how many, which dates, what is known already, what was not understood.
    `safety` holds the one card, where any text asked for it."""
    days = [entry.day.isoformat() for entry in found.entries]
    worrying = Level.CRISIS if found.levels["crisis"] else Level.CONCERN
    safety = {"safety": safety_data(Safety(level=worrying, card=found.card))} if found.card else {}
    return {
        "format": form.name, "title": form.title, "certain": form.certain, "caution": form.caution,
        "entries": len(found.entries), "new": len(added), "known": known, "left_out": found.left_out,
        "first_day": min(days, default=None), "last_day": max(days, default=None),
        "with_text": sum(1 for entry in found.entries if entry.text.strip()),
        "with_state": sum(1 for entry in found.entries if entry.state_of_mind),
        "zone_assumed": found.assumed,
        "notes": [str(note) for note in found.notes], "notes_count": found.notes_count,
        "unmapped": {
            "moods": dict(found.moods.most_common()),
            "activities": dict(found.activities.most_common(MOST_NOTES)),
        },
        **safety,
    }  # fmt: skip


async def take_in(
    agent: Agent, person: str, form: Format, found: Gathered, *, dry_run: bool, read: bool, progress: Progress
) -> dict[str, Any]:
    """Compares with what is there and, unless `dry_run`, stores what is new. Returns the report."""
    progress.at("comparing")
    there = await agent.journal.take_in(person, found.entries, format_name=form.name, dry_run=True)
    if dry_run:
        return report(form, found, there["added"], there["known"]) | {"dry_run": True}
    wanted = set(there["added"])
    entries = [entry for entry in found.entries if entry.id in wanted]
    unread = 0
    if read:
        entries, unread = await felt(agent, entries, progress)
    progress.at("storing", 0, len(entries))
    done = await agent.journal.take_in(person, entries, format_name=form.name)
    told = report(form, found, done["added"], there["known"] + done["known"])
    return told | {"dry_run": False, "added": len(done["added"]), "import": done["import"], "unread": unread}


async def felt(agent: Agent, entries: Sequence[Entry], progress: Progress) -> tuple[list[Entry], int]:
    """The entries with what the classifier read in them, and how many it could not read now; nothing is read in a
    crisis, and nothing in an entry without words."""
    wanted = [e for e in entries if e.text.strip() and not (e.safety and e.safety.level is Level.CRISIS)]
    # Texts of like length share a batch, so that short ones do not wait for long ones.
    wanted.sort(key=lambda entry: len(entry.text))
    readings: dict[str, Any] = {}
    try:
        for start in range(0, len(wanted), READ_BATCH):
            progress.at("feeling", start, len(wanted))
            batch = wanted[start : start + READ_BATCH]
            texts = [entry.text for entry in batch]
            for entry, reading in zip(batch, await agent.classifier.read(texts), strict=True):
                readings[entry.id] = reading
    except DiscoveryError:
        pass  # the entries matter more than what a machine reads in them
    return [
        entry.model_copy(update={"reading": readings[entry.id]}) if entry.id in readings else entry for entry in entries
    ], len(wanted) - len(readings)


async def gathered(data: bytes, form: Format, how: How, screen: Screen, progress: Progress) -> Gathered:
    """`gather` beside the event loop, for a large file must not hold up everybody else; then every text is screened."""
    found = await asyncio.to_thread(gather, data, form, how, progress)
    for start in range(0, len(found.entries), READ_BATCH):
        progress.at("screening", start, len(found.entries))
        texts = [entry.text for entry in found.entries[start : start + READ_BATCH]]
        for number, verdict in enumerate(await screen(texts), start):
            found.judge(number, verdict)
    return found
