"""One question with what was said before it, and the tools that can answer it: read-only, for one person.

`look_up` picks the tool by the kind of question; a model that can call tools picks for itself (`agent.calling`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent import evidence, product, reasons
from agent.asking import Route, plain
from agent.domain import Entry, Level, Suggestion
from agent.pipeline import Agent
from agent.quoting import emotion_in, is_crisis, listed
from agent.tools import Found, Looking, found
from agent.topics import topic_of, trimmed
from agent.when import last_days, span_in
from agent.wishes import Wishes, wishes

_DAY = 86_400
_MOST_WISHES = 4
_COMPARE = re.compile(r"\b(?:better|worse|than|compar\w+|improv\w+|trend\w*|happier|sadder|getting)\b", re.IGNORECASE)
_MINE = re.compile(
    r"\b(?:like (?:this|today|that)|this (?:way|feeling)|the same|similar|this one|here before)\b", re.IGNORECASE
)
_COUNTED = re.compile(r"\b(?:mention(?:ed)?|write about|wrote about|about)\s+(.+?)[?.!]*$", re.IGNORECASE)
_SEVERAL = re.compile(r"\bentries\b|\brecent\b|\bthree\b", re.IGNORECASE)

_DATED = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b|\b(?:january|february|april|june|july|august|\w+ber)\b", re.I)
_COMPARED_WITH = re.compile(
    r"\b(?:than|compared (?:with|to)|or) (?:the )?(?:last|previous|one before)? ?\w*", re.IGNORECASE
)

NOTHING = "I have nothing to go by yet: there is no entry in your journal."
NO_DAY = "I could not make out which day that is. Say it like \u201c3 March\u201d or \u201clast Monday\u201d."
LATER = "You wrote something heavy not long ago. Suggestions can wait; the help lines stand on that page."


@dataclass
class Turn:
    """`lines` are what the person wrote, the question last; `routes` says what each was taken for. `gentle` keeps to
    gentle suggestions; `elsewhere` is the host of a language model that gets words, if any."""

    agent: Agent
    looking: Looking
    lines: Sequence[str]
    routes: Sequence[Route]
    gentle: bool = False
    elsewhere: str | None = None

    @property
    def question(self) -> str:
        """The line to be answered."""
        return self.lines[-1]

    @property
    def now(self) -> datetime:
        """The moment, in the person's zone."""
        return self.looking.now

    async def look_up(self, route: Route) -> Found:
        """What the tool of this kind of question finds. Raises `DiscoveryError` where a part is away."""
        match route:
            case "why":
                return await self.why(self.question)
            case "period":
                return await self.mood(self.question)
            case "felt":
                return await self.last_felt(self.question)
            case "about":
                return await self.find(topic_of(self.question), self.question)
            case "often":
                return await self._often()
            case "day":
                return await self.on_day(self.question)
            case "patterns":
                return await self.looking.patterns()
            case "suggest":
                return await self.suggest()
            case "private":
                return found(product.private(self.question, self.elsewhere))
            case _:
                return found(product.can(self.question))

    async def find(self, topic: str, when: str = "") -> Found:
        """Entries about a topic, in the span that `when` names."""
        return await self.looking.about(topic or self.question, span_in(when, self.now))

    async def on_day(self, when: str = "") -> Found:
        """What stands on the day, or in the span, that `when` names; without one the newest entries, or the first."""
        span, first = span_in(when, self.now), bool(re.search(r"\bfirst\b", when, re.IGNORECASE))
        if span is None and _DATED.search(when):
            return found(
                ["I could not make out which day that is. Say it like \u201c3 March\u201d or \u201clast Monday\u201d."]
            )
        return await self.looking.day(span, count=3 if _SEVERAL.search(when) else 1, first=first and span is None)

    async def mood(self, when: str = "") -> Found:
        """How the span was that `when` names, by default the last seven days."""
        # What something is compared with is not what is asked about.
        span = span_in(_COMPARED_WITH.sub(" ", when), self.now) or last_days(7, self.now)
        return await self.looking.period(span, compare=bool(_COMPARE.search(self.question)))

    async def how_often(self, emotion: str = "", topic: str = "", when: str = "") -> Found:
        """How many entries there are with an emotion, about a topic, or at all."""
        named = emotion_in(emotion)
        return await self.looking.often(label=named[0] if named else None, topic=topic, span=span_in(when, self.now))

    async def _often(self) -> Found:
        topic = _COUNTED.search(plain(self.question))
        if topic and (words := trimmed(topic[1])):
            return await self.how_often(topic=words, when=self.question)
        return await self.how_often(emotion=self.question, when=self.question)

    def said(self) -> str | None:
        """The newest line of this conversation that was an entry."""
        return next((t for t, r in zip(self.lines[::-1], self.routes[::-1], strict=True) if r == "entry"), None)

    async def _unkept(self) -> str | None:
        """The same, unless it is what the journal holds as its newest entry."""
        text, newest = self.said(), await self.looking.last()
        return None if newest and newest.text == text else text

    async def why(self, emotion: str = "") -> Found:
        """Why an emotion, or whatever was read, was read in what was written last."""
        named = emotion_in(emotion)
        label = named[0] if named else None
        if text := await self._unkept():
            [reading] = await self.agent.classifier.read([text])
            return reasons.why(text, reading, await evidence.spans(text, reading, self.agent.classifier), label)
        newest = await self.looking.last()
        return reasons.why_entry(newest, label) if newest else found([NOTHING])

    async def last_felt(self, emotion: str = "") -> Found:
        """When an emotion was last there; without one, that of what was written last."""
        named = emotion_in(emotion)
        if named and not _MINE.search(emotion):
            return await self.looking.felt(named[0], word=named[1])
        newest = await self.looking.last()
        if text := await self._unkept():
            [reading] = await self.agent.classifier.read([text])
            labels, but, what = [e.label for e in reading.felt], list[str](), "What you wrote"
        elif newest is None or is_crisis(newest):
            return found([NOTHING if newest is None else reasons.IN_CRISIS])
        else:
            labels, but, what = list(newest.labels), [newest.id], "Your latest entry"
        if not labels:
            return found([f"{what} has no emotion that stands out, so there is nothing to compare."])
        reference = f"{what} reads as {listed(labels[:2])}."
        return await self.looking.felt(labels[0], but=but, reference=reference)

    async def suggest(self) -> Found:
        """Three things for the wishes of this conversation, each list moved by the wish that came after it."""
        if await self.looking.in_crisis():
            return found([LATER])
        base, text, wish = await self._base(), await self._unkept(), Wishes()
        felt = [(e.label, e.probability) for e in base.felt] if base else []
        if text:
            [reading] = await self.agent.classifier.read([text])
            felt = [(e.label, e.probability) for e in reading.felt]
        shown = [s.item.id for s in base.suggestions or ()] if base and not text else []
        items: list[Suggestion] = []
        for line in [t for t, r in zip(self.lines, self.routes, strict=True) if r == "suggest"][-_MOST_WISHES:]:
            wish = wishes(line).after(wish)
            about = text or (base.text if base else line)
            items = await self._ranked(wish, about, felt, shown, gentle=self.gentle or _worried(base))
            shown += [s.item.id for s in items]
        if not items:
            return found(["Nothing in the catalogue fits that. Ask for something less narrow."])
        return found([_offer(s) for s in items], items=items)

    async def _base(self) -> Entry | None:
        """The entry that suggestions go by: the newest one, if it is of the last day."""
        newest = await self.looking.last()
        recent = newest and (self.now - newest.created_at).total_seconds() < _DAY
        return newest if recent else None

    async def _ranked(
        self, wish: Wishes, text: str, felt: Sequence[tuple[str, float]], shown: Sequence[str], *, gentle: bool
    ) -> list[Suggestion]:
        verdicts = await self.agent.journal.verdicts(self.looking.person)
        return await self.agent.recommender.suggest(
            text=text,
            emotions=felt,
            goal=wish.goal,
            kinds=wish.kinds,
            limit=3,
            exclude=[*shown, *(i for i, v in verdicts.items() if v in ("done", "not_this"))],
            gentle=gentle,
            liked=[*(shown[-3:] if wish.again == "more" else ()), *(i for i, v in verdicts.items() if v == "like")],
            disliked=[i for i, v in verdicts.items() if v == "dislike"],
            max_minutes=wish.max_minutes,
            free_only=wish.free_only,
        )


def _worried(entry: Entry | None) -> bool:
    return entry is not None and entry.safety is not None and entry.safety.level is Level.CONCERN


def _offer(suggestion: Suggestion) -> str:
    item = suggestion.item
    return f"{item.title} ({item.kind}, {item.year}): {suggestion.reason}"
