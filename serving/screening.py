"""The crisis screen as the routes use it: rules, then the head if it is up, then what is remembered of earlier danger.

Nothing here may fail: without journal, head or anything else the rules still speak and the card still shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from agent import care, safety
from agent import help as help_cards
from agent.care import Care, Screened
from agent.domain import HelpCard, Level, Safety, Settings, utcnow
from agent.errors import DiscoveryError
from agent.pipeline import Agent
from agent.ports import CrisisHead
from serving.metrics import SCREENED

log = logging.getLogger("discovery.safety")

SINGLE_PERSON = "local"
"""Who everybody is in single-person mode."""

MANY = 8
"""From so many texts on, the rules look at them beside the event loop, so that nobody else waits."""

HEAD_S = 0.5
"""Seconds that a verdict waits for the head, at most, for one text; the rules' verdict is there long before."""

LONG = 8_000
"""Characters that the head may read in that time; for longer texts it gets as much longer."""


@dataclass(frozen=True)
class Who:
    """The person behind a request, and the locale their client speaks (for the region of the help card)."""

    person: str
    locale: str | None


@dataclass
class Screening:
    """The screen over the agent's journal. `head` is None where there is none; `clock` gives the moment."""

    agent: Agent
    head: CrisisHead | None = None
    clock: Callable[[], datetime] = utcnow

    async def settings(self, who: Who) -> Settings:
        """The person's settings; the defaults where the journal cannot answer: a help card must not wait for it."""
        try:
            return await self.agent.journal.settings(who.person)
        except DiscoveryError:
            return Settings()

    async def look(self, who: Who, settings: Settings, text: str) -> Screened:
        """The verdict on a text that the person writes now; what it says of danger is remembered."""
        (verdict,), before = await asyncio.gather(self.verdicts(who, settings, [text]), self.standing(who))
        after = care.after(before, text, verdict, self.clock())
        if after != before:
            await self._remember(who, after)
        return Screened(safety=verdict, care=after, card=verdict.card or self.card(who, settings, after))

    async def glance(self, who: Who, text: str) -> Screened:
        """`look`, with the settings fetched first."""
        return await self.look(who, await self.settings(who), text)

    async def whole(self, who: Who, lines: Sequence[str]) -> Screened:
        """`look` at the newest line of a conversation, under the worst verdict on any: a crisis some lines ago does not
        end with the next one."""
        settings = await self.settings(who)
        screened = await self.look(who, settings, lines[-1])
        verdicts = [screened.safety, *await self.verdicts(who, settings, lines[:-1])]
        worst = max(verdicts, key=lambda verdict: list(Level).index(verdict.level))
        return screened.model_copy(update={"safety": worst})

    async def verdicts(self, who: Who, settings: Settings, texts: Sequence[str]) -> list[Safety]:
        """The verdict on each text, in order; nothing is remembered."""
        # The rules have spoken before the head is asked; their word stands whatever becomes of it.
        rule = partial(safety.screen, region=settings.region, locale=who.locale)
        few = len(texts) < MANY
        ruled = [*map(rule, texts)] if few else await asyncio.to_thread(lambda: [*map(rule, texts)])
        raised = await self._raised([t for t, v in zip(texts, ruled, strict=True) if v.level is not Level.CRISIS])
        found = []
        for text, verdict in zip(texts, ruled, strict=True):
            head = Level.NONE if verdict.level is Level.CRISIS else next(raised, Level.NONE)
            if head is not Level.NONE and head is not verdict.level:
                verdict = rule(text, head=head)
            SCREENED.labels(verdict.level.value).inc()
            found.append(verdict)
        return found

    async def standing(self, who: Who) -> Care:
        """Where the crisis path of a person stands now; closed where the journal cannot say."""
        try:
            kept = await self.agent.journal.kept(who.person, care.DRAWER)
        except DiscoveryError:
            return care.CLOSED
        return care.at(care.read(kept.get(care.NAME)), self.clock())

    async def answer(self, who: Who, *, safe: bool) -> tuple[Care, str]:
        """The person's own word on whether they are safe: the new state and what is answered. Raises what the journal
        raises: a word that was not kept must not look kept."""
        before = await self.standing(who)
        after, words = care.said_safe(before, safe=safe, now=self.clock())
        if after != before:
            await self.agent.journal.keep(who.person, care.DRAWER, care.NAME, after.model_dump(mode="json"))
        return after, words

    def card(self, who: Who, settings: Settings, state: Care) -> HelpCard | None:
        """The card that stays while the path is open."""
        return help_cards.card(settings.region, who.locale) if state.open else None

    async def _raised(self, texts: Sequence[str]) -> Iterator[Level]:
        if self.head is None or not texts:
            return iter(())
        try:
            async with asyncio.timeout(HEAD_S * max(1, len(texts) / 8, sum(map(len, texts)) / LONG)):
                return iter(await self.head.levels(texts))
        except (DiscoveryError, TimeoutError) as error:
            log.warning("the crisis head did not answer", extra={"error": type(error).__name__})
            return iter(())

    async def _remember(self, who: Who, state: Care) -> None:
        try:
            await self.agent.journal.keep(who.person, care.DRAWER, care.NAME, state.model_dump(mode="json"))
        except DiscoveryError as error:
            log.warning("the state of care was not kept", extra={"error": type(error).__name__})
