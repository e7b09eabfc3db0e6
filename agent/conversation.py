"""Questions about the journal, answered from what read-only tools find. Nothing that is said here is stored.

`Conversation.answer` takes the messages of a conversation, newest last. The crisis screen runs before everything; then
a router says whether the newest line is an entry or which kind of question it is. A model that can call tools may look
things up itself (`agent.calling`); otherwise each kind of question has its tool, and the tool's own sentences are the
answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from agent.asking import Asked, Route
from agent.care import Screened
from agent.domain import Level, Noun, Safety, Suggestion, utcnow
from agent.pipeline import Agent
from agent.ports import Message
from agent.tools import Found, Looking
from agent.turn import Turn

MOST_LINES = 12
"""How far back "why" and "more like that" reach, in lines of the person."""

_OURS: tuple[Route, ...] = ("can", "private", "suggest")
"""Kinds that are answered in words of ours, whoever could word them: what Discovery is, and cards with reasons."""


class Router(Protocol):
    """Lines to what they are."""

    async def route(self, lines: Sequence[str]) -> list[Asked]:
        """What each line is taken for; in doubt, or when the part that knows is away, an entry."""
        ...


class ToolCaller(Protocol):
    """A model that looks things up itself."""

    async def answer(self, turn: Turn) -> Found | None:
        """What it found, in words that hold; None where it found nothing."""
        ...


class EntriesOnly:
    """Where nothing can tell a question from an entry: everything is an entry."""

    async def route(self, lines: Sequence[str]) -> list[Asked]:
        """See `Router`."""
        return [Asked(route="entry", sure=0.0) for _ in lines]


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
    """The ports, the router, a model that can call tools where there is one, and the host of the language model where
    words leave this computer."""

    agent: Agent
    router: Router
    caller: ToolCaller | None = None
    elsewhere: str | None = None

    async def answer(self, person: str, messages: Sequence[Message], screened: Screened) -> Answer:
        """The answer to the newest of the person's lines; `screened` is the crisis screen's word on all of them. Raises
        `DiscoveryError` where the journal is away."""
        lines = [m["content"] for m in messages if m["role"] == "user"]
        safety = screened.safety
        if safety.level is Level.CRISIS:
            return Answer(route="entry", safety=safety)
        lines = lines[-MOST_LINES:]
        asked = await self.router.route(lines)
        route, sure = asked[-1].route, asked[-1].sure
        if route == "entry":
            return Answer(route="entry", sure=sure, safety=safety)
        looking = await self._looking(person)
        turn = Turn(self.agent, looking, lines, [a.route for a in asked], screened.gentle, self.elsewhere)
        known = await self.caller.answer(turn) if self.caller and route not in _OURS else None
        known = known or await turn.look_up(route)
        return Answer(
            route=route, sure=sure, safety=safety,
            sentences=known.sentences, items=known.items, entries=known.entries,
        )  # fmt: skip

    async def _looking(self, person: str) -> Looking:
        """The tools seen from the person's own clock: that of their settings, else of their newest entry."""
        looking = Looking(self.agent.journal, person, utcnow())
        zone, newest = (await self.agent.journal.settings(person)).zone, await looking.last()
        place = ZoneInfo(zone) if zone else newest.created_at.tzinfo if newest else None
        return Looking(self.agent.journal, person, looking.now.astimezone(place))
