"""Daylio: the CSV, and the `.daylio` backup (a zip around base64 of JSON), which knows more.

Mood names are the person's own, so an unknown one is asked for (see `mapping`), never guessed. In the backup a mood's
step stands in `mood_group_id` of its definition, not in its id.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from agent.domain import StateOfMind
from journal.transfer.draft import Draft, Found, How, Note, left_out, passed_over
from journal.transfer.mapping import MOODS, STEPS, NamedMap
from journal.transfer.moments import moment
from journal.transfer.texts import as_html, cell, joined, plain, rows, tags_of

NAME = "a Daylio CSV"
COLUMNS = ("full_date", "date", "weekday", "time", "mood", "activities", "scales", "note_title", "note")
EXPECTED = "a date such as 2026-05-04 and a time such as 9:05 PM"
MOOD_WANTED = "a mood that the map names"
NAMES = tuple(MOODS)[:5]


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of the CSV, in any of its three headers."""
    names = NamedMap(how.moods, how.activities)
    for line, row in rows(source, NAME, ("time", "mood", "activities", "note")):
        where = f"line {line}"
        if row.get(None):
            yield left_out(where, row[None], "as many cells as the header has")
            continue
        known = moment(f"{_day(row)} {cell(row, 'time')}", how.zone)
        if known is None:
            yield left_out(where, f"{_day(row)} {cell(row, 'time')}", EXPECTED)
            continue
        mood, notes = cell(row, "mood"), list[Note]()
        activities = [name for one in cell(row, "activities").split(" | ") if (name := one.strip())]
        valence = names.valence(mood)
        mind, tags = felt(where, mood, valence, activities, names, notes)
        extra = {"scales": cell(row, "scales")} if cell(row, "scales") else {}
        yield from notes
        yield Draft(
            where=where, created_at=known[0], assumed=True, state_of_mind=mind, tags=tags, extra=extra | {"mood": mood},
            text=joined(plain(cell(row, "note_title")), plain(cell(row, "note"))),
        )  # fmt: skip


def felt(
    where: str, mood: str, valence: float | None, activities: Iterable[str], names: NamedMap, notes: list[Note]
) -> tuple[StateOfMind | None, tuple[str, ...]]:
    """State of mind and tags of a mood and its activities. Without a valence an association has no place, so then
    every activity, and the mood's name, is a tag."""
    pairs = [(name, names.association(name)) for name in activities]
    if valence is None:
        if mood:
            notes.append(passed_over(where, mood, MOOD_WANTED))
        return None, tags_of(where, [*([mood] if mood else []), *(name for name, _ in pairs)], notes)
    associations = tuple(dict.fromkeys(a for _, a in pairs if a))
    mind = StateOfMind(valence=valence, associations=associations)
    return mind, tags_of(where, (name for name, a in pairs if a is None), notes)


def _day(row: dict[str | None, object]) -> str:
    if cell(row, "full_date"):
        return cell(row, "full_date")
    text = f"{cell(row, 'date')} {cell(row, 'year')}"
    for form in ("%d %B %Y", "%B %d %Y", "%b %d %Y", "%d %b %Y"):
        try:
            return f"{datetime.strptime(text, form):%Y-%m-%d}"
        except ValueError:
            continue
    return text


def step(valence: float) -> int:
    """The step nearest to a valence, 1 (best) to 5."""
    return min(range(5), key=lambda i: abs(STEPS[i] - valence)) + 1


def activities_of(draft: Draft) -> list[str]:
    """Associations and tags as activities."""
    mind = draft.state_of_mind
    return [name.replace("_", " ") for name in (mind.associations if mind else ())] + list(draft.tags)


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """The CSV with today's header. An entry without a valence gets an empty mood; five steps are all there is."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for draft in drafts:
        at, mind = draft.created_at, draft.state_of_mind
        mood = NAMES[step(mind.valence) - 1] if mind else ""
        writer.writerow((
            f"{at:%Y-%m-%d}", f"{at:%B} {at.day}", f"{at:%A}", f"{at:%H:%M}", mood, " | ".join(activities_of(draft)),
            draft.extra.get("scales", ""), "", as_html(draft.text),
        ))  # fmt: skip
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()
