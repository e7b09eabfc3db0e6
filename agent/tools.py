"""What a conversation can look up: read-only tools over the ports, each bound to one person and one moment.

A tool takes plain values and gives back sentences in which every figure and every quotation is the journal's own.
What entries say is data: it is quoted, and nothing in it is ever followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.domain import Entry, Noun, Suggestion
from agent.lexicon import LABELS_OF
from agent.ports import Journal
from agent.quoting import day, fit, holds, is_crisis, listed, quote, some
from agent.when import Span

MOST_QUOTES = 3
_READ = 200
_CLASSES = (
    (-5 / 7, "very unpleasant"), (-3 / 7, "unpleasant"), (-1 / 7, "slightly unpleasant"), (1 / 7, "about even"),
    (3 / 7, "slightly pleasant"), (5 / 7, "pleasant"), (1.01, "very pleasant"),
)  # fmt: skip
"""Upper bounds of the classes of valence, and what each is called."""

_STOP = frozenset("a an the my our his her their your this that it i me about of on in at with and or to for".split())


class Found(Noun):
    """What a tool found, in sentences that are true as they stand; `items` are suggestions, best first, `entries` the
    ids of the entries it speaks of."""

    sentences: tuple[str, ...]
    items: tuple[Suggestion, ...] = ()
    entries: tuple[str, ...] = ()


def found(sentences: Sequence[str], entries: Sequence[Entry] = (), items: Sequence[Suggestion] = ()) -> Found:
    """What was found, without the sentences that must not be said."""
    return Found(sentences=fit(sentences), entries=tuple(e.id for e in entries), items=tuple(items))


def pleasantness(valence: float) -> str:
    """A valence in words."""
    return next(words for bound, words in _CLASSES if valence <= bound)


def content_words(topic: str) -> list[str]:
    """The words of a topic that say what it is about, in lower case."""
    words = re.findall(r"[^\W_]+", topic.lower())
    return [w for w in words if w not in _STOP] or words


@dataclass(frozen=True)
class Looking:
    """The tools that look into the journal of `person`, seen from `now`, which carries the person's zone."""

    journal: Journal
    person: str
    now: datetime

    async def newest(self, limit: int = 1, span: Span | None = None, emotion: str | None = None) -> list[Entry]:
        """The newest entries, of a span or an emotion where one is named."""
        since, until = (span.since, span.until) if span else (None, None)
        page, _ = await self.journal.entries(self.person, since=since, until=until, emotion=emotion, limit=limit)
        return page

    async def last(self) -> Entry | None:
        """The newest entry of all."""
        return next(iter(await self.newest()), None)

    def told(self, entry: Entry, words: Sequence[str] = (), *, named: bool = True) -> str:
        """One entry in one sentence: its day, its words, what was read in it."""
        when = day(entry.created_at.date(), self.now.date())
        when = when[0].upper() + when[1:]
        said = quote(entry, words)
        if not said:
            return f"{when} there is an entry that I leave for you to open yourself."
        felt = listed(entry.labels[:2])
        said_so = entry.correction is not None and entry.correction.labels is not None
        tail = f" ({'named by you' if said_so else 'read'} as {felt})" if felt and named else ""
        return f"{when} you wrote {said}{tail}."

    async def period(self, span: Span, *, compare: bool = False) -> Found:
        """How a span of time was, in figures."""
        figures = await self._figures(span)
        counts = figures["counts"]
        if not counts["entries"]:
            return found([f"There are no entries {span.name}, so there is nothing to tell about it."])
        wrote = f"{span.name[0].upper()}{span.name[1:]} you wrote {some(counts['entries'], 'entry', 'entries')}"
        said = [f"{wrote} on {some(counts['days'], 'day')}."]
        emotions = {k: n for k, n in figures["emotions"].items() if k != "neutral"}
        if emotions:
            top = [f"{label} ({some(n, 'entry', 'entries')})" for label, n in list(emotions.items())[:3]]
            once = max(emotions.values()) == 1
            words = f"Read in one entry each: {listed(list(emotions)[:5])}" if once and len(emotions) > 1 else ""
            said.append(f"{words or f'What was read most often was {listed(top)}'}.")
        said += self._moods(figures["valence"])
        if compare:
            said.append(await self._compared(span, figures["valence"]))
        return found(said)

    def _moods(self, days: Sequence[dict[str, Any]]) -> list[str]:
        if not days:
            return ["How pleasant those days were cannot be told from what was read."]
        mean = _mean(days)
        said = [
            f"Taken together, the mood read from the entries was {pleasantness(mean)} ({signed(mean)}, from -1 to +1)."
        ]
        if len(days) > 1:
            low, high = min(days, key=lambda d: d["mean"]), max(days, key=lambda d: d["mean"])
            if high["mean"] - low["mean"] > 0.1:
                best, worst = (self._date(d["date"]) for d in (high, low))
                said.append(f"The most pleasant day was {best}, with {signed(high['mean'])}.")
                said.append(f"The least pleasant day was {worst}, with {signed(low['mean'])}.")
        return said

    def _date(self, iso: str) -> str:
        return day(datetime.fromisoformat(iso).date(), self.now.date()).removeprefix("on ")

    async def _compared(self, span: Span, days: Sequence[dict[str, Any]]) -> str:
        earlier = (await self._figures(span.before()))["valence"]
        if not days or not earlier:
            return "There is too little from the time before that to compare it with."
        difference = _mean(days) - _mean(earlier)
        way = "more pleasant" if difference > 0 else "less pleasant"
        how = f"{way} by {abs(difference):.2f}" if abs(difference) >= 0.05 else "about the same"
        return f"The same length of time before that had {signed(_mean(earlier))}, so this was {how}."

    async def _figures(self, span: Span | None) -> dict[str, Any]:
        since, until = (span.since, span.until) if span else (None, None)
        return await self.journal.insights(self.person, since=since, until=until)

    async def _search(self, words: Sequence[str], span: Span | None, limit: int) -> list[Entry]:
        since, until = (span.since, span.until) if span else (None, None)
        return await self.journal.search(self.person, " ".join(words), since=since, until=until, limit=limit)

    async def felt(self, label: str, *, word: str = "", but: Sequence[str] = (), reference: str = "") -> Found:
        """When an emotion was last there, leaving out the entries in `but`."""
        entries = [e for e in await self.newest(2 + len(but), emotion=label) if e.id not in but]
        lead = [reference] if reference else []
        if word and word != label and label not in LABELS_OF.get(word, ()):
            lead.append(f"Of the emotions that are read here, {label} comes nearest to \u201c{word}\u201d.")
        if not entries:
            return found([*lead, f"There is no {'other ' if but else ''}entry with {label} in your journal so far."])
        last = entries[0]
        away = (self.now.date() - last.created_at.date()).days
        ago = f", {some(away, 'day')} ago" if away > 1 else ""
        total = (await self._figures(None))["emotions"].get(label, 0)
        when = day(last.created_at.date(), self.now.date())
        before = "Before that, the" if reference else "The"
        said = [*lead, f"{before} last entry with {label} is from {when.removeprefix('on ')}{ago}."]
        if words := quote(last):
            said.append(f"There you wrote {words}.")
        return found(
            [*said, f"There {'is' if total == 1 else 'are'} {some(total, 'entry', 'entries')} with {label} in all."],
            [last],
        )

    async def about(self, topic: str, span: Span | None = None) -> Found:
        """What was written about something."""
        words = content_words(topic)
        entries = await self._search(words, span, 50)
        literal = sorted((e for e in entries if holds(e.text, words)), key=lambda e: e.created_at, reverse=True)
        where = f" {span.name}" if span else ""
        if literal:
            most = "at least " if len(literal) == 50 else ""
            shown = [self.told(e, words) for e in literal[:MOST_QUOTES]]
            more = [f"Shown are the latest {MOST_QUOTES}."] if len(literal) > MOST_QUOTES else []
            count = f"\u201c{topic}\u201d comes up in {most}{some(len(literal), 'entry', 'entries')}{where}."
            return found([count, *shown, *more], literal)
        if not entries:
            return found([f"Nothing in your journal{where} speaks of \u201c{topic}\u201d."])
        near = [self.told(e, words) for e in entries[:2]]
        lead = f"No entry{where} has the words \u201c{topic}\u201d; what comes nearest may be about something else."
        return found([lead, *near], entries[:2])

    async def often(self, *, label: str | None = None, topic: str = "", span: Span | None = None) -> Found:
        """How many entries there are: with an emotion, with a word, or at all."""
        where = f" {span.name}" if span else " so far"
        figures = await self._figures(span)
        total, days = figures["counts"]["entries"], figures["counts"]["days"]
        if label:
            count = figures["emotions"].get(label, 0)
            share = f", which is {round(100 * count / total)}% of them" if count and total else ""
            return found(
                [f"{label.capitalize()} was read in {count} of {some(total, 'entry', 'entries')}{where}{share}."]
            )
        if topic:
            words = content_words(topic)
            entries = await self._search(words, span, _READ)
            literal = [e for e in entries if holds(e.text, words)]
            return found([f"\u201c{topic}\u201d comes up in {some(len(literal), 'entry', 'entries')}{where}."], literal)
        wrote = "You wrote" if span else "You have written"
        return found([f"{wrote} {some(total, 'entry', 'entries')} on {some(days, 'day')}{where}."])

    async def day(self, span: Span | None, *, count: int = 1, first: bool = False) -> Found:
        """What stands on a day or in a span, or the newest entries, or the very first one."""
        if first:
            entry = await self._first()
            return found([self.told(entry)], [entry]) if entry else found(["Your journal is empty so far."])
        entries = await self.newest(_READ if span else count, span)
        if not entries:
            return found([f"There are no entries {span.name}." if span else "Your journal is empty so far."])
        shown = entries[:MOST_QUOTES] if span else entries[:5]
        lead = [f"You wrote {some(len(entries), 'entry', 'entries')} {span.name}."] if span else []
        more = [f"Shown are the latest {len(shown)}."] if len(entries) > len(shown) else []
        return found([*lead, *(self.told(e) for e in shown), *more], shown)

    async def _first(self) -> Entry | None:
        cursor: str | None = None
        while True:
            page, cursor = await self.journal.entries(self.person, limit=_READ, cursor=cursor)
            if cursor is None or not page:
                return page[-1] if page else None

    async def patterns(self) -> Found:
        """What went together with more and with less pleasant entries."""
        pairs = (await self._figures(None)).get("associations", [])
        clear = [p for p in pairs if p.get("says", "").startswith(("more", "less"))]
        if not clear:
            return found([
                "There is no pattern that is clear enough to name.",
                "A comparison needs at least ten entries with something and ten without it for which you gave the mood "
                "yourself; what the machine reads does not count here.",
            ])  # fmt: skip
        said = [
            f"Entries with {p['name'].replace('_', ' ')} were {p['says'].removesuffix(' with it')} by "
            f"{abs(p['difference']):.2f} (between {min(abs(p['low']), abs(p['high'])):.2f} and "
            f"{max(abs(p['low']), abs(p['high'])):.2f})."
            for p in clear[:3]
        ]
        return found([*said, "This says what went together, not why."])

    async def in_crisis(self) -> bool:
        """Whether one of the newest entries, at most a day old, showed the help card for a crisis."""
        newest = await self.newest(5)
        return any(is_crisis(e) and (self.now - e.created_at).total_seconds() < 86_400 for e in newest)


def signed(value: float) -> str:
    """A valence with its sign, such as +0.42, without a sign for nought."""
    return f"{value:+.2f}" if round(value, 2) else "0.00"


def _mean(days: Sequence[dict[str, Any]]) -> float:
    entries = sum(d["n"] for d in days)
    return float(sum(d["mean"] * d["n"] for d in days) / entries) + 0.0
