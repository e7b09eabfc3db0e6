"""Questions about the journal, answered from what read-only tools find. Nothing that is said here is stored.

`Conversation.answer` takes the messages of a conversation, newest last. The crisis screen runs before everything; then
a router says whether the newest line is an entry or which kind of question it is. A model that can call tools may look
things up itself (`agent.calling`); otherwise each kind of question has its tool, and the tool's own sentences are the
answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from agent import evidence, product, reasons
from agent.asking import Asked, Route, plain
from agent.domain import Entry, Level, Noun, Safety, Suggestion, utcnow
from agent.pipeline import Agent, Screen
from agent.ports import Message
from agent.quoting import emotion_in, is_crisis, listed
from agent.tools import Found, Looking, found
from agent.topics import topic_of, trimmed
from agent.when import last_days, span_in
from agent.wishes import Wishes, wishes

_ORDER = tuple(Level)
_MOST_TURNS = 12
"""How far back "why" and "more like that" reach, in lines of the person."""

_COMPARE = re.compile(r"\b(?:better|worse|than|compar\w+|improv\w+|trend\w*|happier|sadder|getting)\b", re.IGNORECASE)
_MINE = re.compile(r"\b(?:like (?:this|today|that)|this (?:way|feeling)|the same|similar|this one|here before)\b", re.I)
NOTHING = "I have nothing to go by yet: there is no entry in your journal."


class Router(Protocol):
    """Lines to what they are."""

    async def route(self, lines: Sequence[str]) -> list[Asked]:
        """What each line is taken for; in doubt, or when the part that knows is away, an entry."""
        ...


class Answer(Noun):
    """What came of one line. `route` entry means that it is no question, and `sentences` is empty; `safety` is the
    word of the crisis screen on the whole conversation."""

    route: Route
    sure: float = 0.0
    safety: Safety = Safety()
    sentences: tuple[str, ...] = ()
    items: tuple[Suggestion, ...] = ()
    entries: tuple[str, ...] = ()


@dataclass
class Conversation:
    """The ports, the router, and the host of the language model where words leave this computer."""

    agent: Agent
    router: Router
    elsewhere: str | None = None

    async def answer(self, person: str, messages: Sequence[Message], screen: Screen, *, ask: bool = False) -> Answer:
        """The answer to the newest of the person's lines. `ask` says that it is a question whatever it looks like."""
        lines = [m["content"] for m in messages if m["role"] == "user"][-_MOST_TURNS:]
        safety = worst([screen(m["content"]) for m in messages if m["role"] == "user"])
        if safety.level is Level.CRISIS:
            return Answer(route="entry", safety=safety)
        asked = await self.router.route(lines)
        newest = asked[-1]
        if newest.route == "entry" and ask:
            newest = Asked(route="about", sure=newest.sure)
        if newest.route == "entry":
            return Answer(route="entry", sure=newest.sure, safety=safety)
        looking = await self._looking(person)
        turn = Turn(self.agent, looking, lines, [a.route for a in asked], safety.level is Level.CONCERN, self.elsewhere)
        result = await turn.look_up(newest.route)
        return Answer(
            route=newest.route, sure=newest.sure, safety=safety,
            sentences=result.sentences, items=result.items, entries=result.entries,
        )  # fmt: skip

    async def _looking(self, person: str) -> Looking:
        zone = (await self.agent.journal.settings(person)).zone
        looking = Looking(self.agent.journal, person, utcnow())
        newest = await looking.newest()
        place = ZoneInfo(zone) if zone else newest[0].created_at.tzinfo if newest else None
        return Looking(self.agent.journal, person, looking.now.astimezone(place) if place else looking.now)


def worst(verdicts: Sequence[Safety]) -> Safety:
    """The most worried of several verdicts: a crisis some lines ago does not end with the next one."""
    return max(verdicts, key=lambda verdict: _ORDER.index(verdict.level), default=Safety())


@dataclass
class Turn:
    """One question with what was said before it. `routes` says what each of `lines` was taken for."""

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
        span = span_in(self.question, self.now)
        match route:
            case "why":
                return await self._why()
            case "period":
                compare = bool(_COMPARE.search(self.question))
                return await self.looking.period(span or last_days(7, self.now), compare=compare)
            case "felt":
                return await self._felt()
            case "about":
                return await self.looking.about(topic_of(self.question), span)
            case "often":
                return await self._often()
            case "day":
                lowered = self.question.lower()
                count = 3 if re.search(r"\bentries\b|\brecent\b|\bthree\b", lowered) else 1
                return await self.looking.day(span, count=count, first="first" in lowered and span is None)
            case "patterns":
                return await self.looking.patterns()
            case "suggest":
                return await self._suggest()
            case "private":
                return found(product.private(self.question, self.elsewhere))
            case _:
                return found(product.can(self.question))

    def _said(self) -> str | None:
        """The newest line of this conversation that was an entry."""
        return next((t for t, r in zip(self.lines[::-1], self.routes[::-1], strict=True) if r == "entry"), None)

    async def _why(self) -> Found:
        named = emotion_in(self.question)
        label = named[0] if named else None
        newest = await self.looking.last()
        if (text := self._said()) and (newest is None or newest.text != text):
            [reading] = await self.agent.classifier.read([text])
            return reasons.why(text, reading, await evidence.spans(text, reading, self.agent.classifier), label)
        return reasons.why_entry(newest, label) if newest else found([NOTHING])

    async def _felt(self) -> Found:
        named = emotion_in(_MINE.sub(" ", self.question))
        if named and not _MINE.search(self.question):
            return await self.looking.felt(named[0], word=named[1])
        return await self._like_this()

    async def _like_this(self) -> Found:
        newest = await self.looking.last()
        text = self._said()
        if text and (newest is None or newest.text != text):
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

    async def _often(self) -> Found:
        span, named = span_in(self.question, self.now), emotion_in(self.question)
        topic = re.search(
            r"\b(?:mention(?:ed)?|write about|wrote about|about)\s+(.+?)[?.!]*$", plain(self.question), re.I
        )
        if topic:
            return await self.looking.often(topic=trimmed(topic[1]), span=span)
        return await self.looking.often(label=named[0] if named else None, span=span)

    async def _suggest(self) -> Found:
        if await self.looking.in_crisis():
            return found(
                ["You wrote something heavy not long ago. Suggestions can wait; the help lines on that page cannot."]
            )
        wish, shown, base = Wishes(), list[str](), await self._base()
        asked = [t for t, r in zip(self.lines, self.routes, strict=True) if r == "suggest"][-4:]
        items: list[Suggestion] = []
        if base and base.suggestions:
            shown = [s.item.id for s in base.suggestions]
        for line in asked:
            wish = wishes(line).after(wish)
            items = await self._ranked(wish, base, line, shown)
            shown += [s.item.id for s in items]
        if not items:
            return found(["Nothing in the catalogue fits that. Ask for something less narrow."])
        return found([_offer(s) for s in items], items=items)

    async def _base(self) -> Entry | None:
        """The entry that suggestions go by: the newest one of the last day."""
        newest = await self.looking.last()
        if newest and (self.now - newest.created_at).total_seconds() < 86_400 and not is_crisis(newest):
            return newest
        return None

    async def _ranked(self, wish: Wishes, base: Entry | None, line: str, shown: Sequence[str]) -> list[Suggestion]:
        verdicts = await self.agent.journal.verdicts(self.looking.person)
        concern = base is not None and base.safety is not None and base.safety.level is Level.CONCERN
        return await self.agent.recommender.suggest(
            text=self._said() or (base.text if base else line),
            emotions=[(e.label, e.probability) for e in base.felt] if base else [],
            goal=wish.goal,
            kinds=wish.kinds,
            limit=3,
            exclude=[*shown, *(i for i, v in verdicts.items() if v in ("done", "not_this"))],
            gentle=self.gentle or concern,
            liked=[*(shown[-3:] if wish.again == "more" else ()), *(i for i, v in verdicts.items() if v == "like")],
            disliked=[i for i, v in verdicts.items() if v == "dislike"],
            max_minutes=wish.max_minutes,
            free_only=wish.free_only,
        )


def _offer(suggestion: Suggestion) -> str:
    item = suggestion.item
    return f"{item.title} ({item.kind}, {item.year}): {suggestion.reason}"
