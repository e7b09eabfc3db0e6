"""Turns of the API: an entry from request to stored result, whole or as a stream."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from agent.domain import Added, Correction, Idempotency, Settings
from agent.errors import StorageFull, Unavailable
from agent.events import Event
from agent.pipeline import Agent, Options
from agent.results import entry_data
from serving.metrics import TURN_EVENTS
from serving.requests import ChangedEntry, NewEntry
from serving.screening import Screening, Who

log = logging.getLogger("discovery.http")


@dataclass(frozen=True)
class Turn:
    """One entry on its way: whose, what was stored, and what the person wants of it."""

    who: Who
    added: Added
    settings: Settings
    suggest: bool


@dataclass
class Turns:
    """What the entry routes do, over the agent's ports and the crisis screen."""

    agent: Agent
    screening: Screening

    async def begin(self, who: Who, new: NewEntry, key: str | None) -> Turn:
        """Stores the entry, or finds the one of the same idempotency key; the settings are fetched meanwhile."""
        body = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
        added, settings = await asyncio.gather(
            self.agent.journal.add(
                who.person,
                new.text,
                goal=new.goal,
                state_of_mind=new.state_of_mind.noun() if new.state_of_mind else None,
                tags=new.tags,
                created_at=new.created_at,
                zone=new.zone,
                idempotency=Idempotency(key=key, body=body) if key else None,
            ),
            self.screening.settings(who),
        )
        return Turn(who, added, settings, new.suggest)

    async def end(self, who: Who, key: str | None, *, whole: bool) -> None:
        """Ends the turn of an idempotency key. Where the disk has no room for that, the entry is kept all the same, and
        the answer must say so: the key is free again when its lease is over."""
        if key is None:
            return
        try:
            await self.agent.journal.finish(who.person, key, whole=whole)
        except (StorageFull, Unavailable) as error:
            log.warning("a turn's end was not stored", extra={"error": type(error).__name__})

    async def unkept(self, who: Who, text: str) -> dict[str, Any]:
        """What is said of a text that could not be stored: `safety` with the help card, where there is danger in it."""
        screened = await self.screening.glance(who, text)
        return {"safety": screened.data()} if screened.card else {}

    async def events(self, turn: Turn) -> AsyncIterator[Event]:
        """The events of one turn, counted."""
        options = Options(suggest=turn.suggest and turn.settings.suggestions, read=turn.settings.read_emotions)
        screen = partial(self.screening.look, turn.who, turn.settings)
        async for event in self.agent.respond(turn.added, screen, options):
            TURN_EVENTS.labels(event.name).inc()
            yield event

    async def whole(self, turn: Turn) -> dict[str, Any]:
        """The turn to its end, as one JSON value; parts that failed are named in `failed`."""
        events = [event async for event in self.events(turn) if event.name in ("safety", "failed")]
        entry = await self.agent.journal.get(turn.who.person, turn.added.entry.id)
        failures = [event.data for event in events if event.name == "failed"]
        # Where the crisis path stands while it is open belongs to this answer, not to the entry that is kept.
        shown = {e.name: e.data for e in events if e.name == "safety" and e.data["state"] != "closed"}
        return entry_data(entry) | shown | ({"failed": failures} if failures else {})

    async def import_archive(self, who: Who, archive: bytes) -> dict[str, Any]:
        """Takes an archive in, then screens every entry anew: a card in a file may carry any number at all."""
        counts = await self.agent.journal.import_archive(who.person, archive)
        settings, cursor = await self.screening.settings(who), None
        while True:
            page, cursor = await self.agent.journal.entries(who.person, limit=200, cursor=cursor)
            verdicts = await self.screening.verdicts(who, settings, [entry.text for entry in page])
            for entry, verdict in zip(page, verdicts, strict=True):
                if verdict != entry.safety:
                    await self.agent.journal.attach(who.person, entry.id, "safety", verdict)
            if cursor is None:
                return counts

    async def change(self, who: Who, entry_id: str, changes: ChangedEntry) -> dict[str, Any]:
        """Applies a correction; a new text is screened and read again."""
        corrected = changes.labels is not None or changes.valence is not None
        labels = tuple(changes.labels) if changes.labels is not None else None
        correction = Correction(labels=labels, valence=changes.valence) if corrected else None
        entry = await self.agent.journal.edit(
            who.person, entry_id, text=changes.text, correction=correction, changes=changes.changes()
        )
        if changes.text is None:
            return entry_data(entry)
        added = Added(entry=entry, state="new")
        return await self.whole(Turn(who, added, await self.screening.settings(who), suggest=False))
