"""Turns of the API: an entry from request to stored result, whole or as a stream."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from agent import safety
from agent.domain import Added, Correction, Idempotency, Safety, Settings
from agent.errors import DiscoveryError
from agent.events import Event
from agent.pipeline import Agent, Options, Screen
from agent.results import entry_data
from serving.metrics import SCREENED, TURN_EVENTS
from serving.requests import ChangedEntry, NewEntry

SINGLE_PERSON = "local"
"""Who everybody is in single-person mode."""


@dataclass(frozen=True)
class Who:
    """The person behind a request, and the locale their client speaks (for the region of the help card)."""

    person: str
    locale: str | None


@dataclass
class Turns:
    """What the entry routes do, over the agent's ports."""

    agent: Agent

    async def settings(self, who: Who) -> Settings:
        """The person's settings; the defaults where the journal cannot answer: a help card must not wait for it."""
        try:
            return await self.agent.journal.settings(who.person)
        except DiscoveryError:
            return Settings()

    async def screen(self, who: Who) -> Screen:
        """The crisis screen with the region of this person."""
        settings = await self.settings(who)

        def screen(text: str) -> Safety:
            verdict = safety.screen(text, region=settings.region, locale=who.locale)
            SCREENED.labels(verdict.level.value).inc()
            return verdict

        return screen

    async def add(self, who: Who, new: NewEntry, key: str | None) -> Added:
        """Stores the entry, or finds the one of the same idempotency key."""
        body = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
        return await self.agent.journal.add(
            who.person,
            new.text,
            goal=new.goal,
            state_of_mind=new.state_of_mind.noun() if new.state_of_mind else None,
            created_at=new.created_at,
            idempotency=Idempotency(key=key, body=body) if key else None,
        )

    async def events(self, who: Who, added: Added, *, suggest: bool) -> AsyncIterator[Event]:
        """The events of one turn, counted."""
        settings = await self.settings(who)
        options = Options(suggest=suggest and settings.suggestions, read=settings.read_emotions)
        async for event in self.agent.respond(added, await self.screen(who), options):
            TURN_EVENTS.labels(event.name).inc()
            yield event

    async def whole(self, who: Who, added: Added, *, suggest: bool) -> dict[str, Any]:
        """The turn to its end, as one JSON value; parts that failed are named in `failed`."""
        failures = [e.data async for e in self.events(who, added, suggest=suggest) if e.name == "failed"]
        entry = await self.agent.journal.get(who.person, added.entry.id)
        return entry_data(entry) | ({"failed": failures} if failures else {})

    async def import_archive(self, who: Who, archive: bytes) -> dict[str, int]:
        """Takes an archive in, then screens every entry anew: a card in a file may carry any number at all."""
        counts = await self.agent.journal.import_archive(who.person, archive)
        screen, cursor = await self.screen(who), None
        while True:
            page, cursor = await self.agent.journal.entries(who.person, limit=200, cursor=cursor)
            for entry in page:
                if (verdict := screen(entry.text)) != entry.safety:
                    await self.agent.journal.attach(who.person, entry.id, "safety", verdict)
            if cursor is None:
                return counts

    async def change(self, who: Who, entry_id: str, changes: ChangedEntry) -> dict[str, Any]:
        """Applies a correction; a new text is screened and read again."""
        corrected = changes.labels is not None or changes.valence is not None
        labels = tuple(changes.labels) if changes.labels is not None else None
        correction = Correction(labels=labels, valence=changes.valence) if corrected else None
        entry = await self.agent.journal.edit(who.person, entry_id, text=changes.text, correction=correction)
        if changes.text is None:
            return entry_data(entry)
        return await self.whole(who, Added(entry=entry, state="new"), suggest=False)
