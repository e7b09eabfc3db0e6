"""The routes of insight: figures of a span, parts of them, a week in words, moments like another, the report."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from agent import weekly
from agent.domain import Entry, Level, Safety, as_json
from agent.errors import DiscoveryError, Invalid
from agent.pipeline import Agent
from agent.results import entry_data, safety_data
from journal.insights.overview import PARTS
from journal.report import page
from serving.identity import HasParts, Person
from serving.requests import Body, EntryId, Text
from serving.screening import Who
from serving.turns import Turns

routes = APIRouter()

Since = Annotated[AwareDatetime | None, Query(alias="from")]
Until = Annotated[AwareDatetime | None, Query(alias="to")]
Part = Literal["counts", "emotions", "valence", "calendar", "weeks", "rhythm", "map", "associations"]
assert set(PARTS) == set(Part.__args__), "every part of the figures can be asked for"  # type: ignore[attr-defined]

MOST_WORDS = 400
"""Entries whose own words a report may hold."""


class Like(Body):
    """`POST /v1/insights/similar`: an entry of the journal, or a text, which is read and not kept."""

    entry_id: EntryId | None = None
    text: Text | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 5


@routes.get("/v1/insights")
async def insights(p: HasParts, me: Person, since: Since = None, until: Until = None) -> dict[str, Any]:
    """Figures over a span of time."""
    return await p.agent.journal.insights(me.person, since=since, until=until)


@routes.get("/v1/insights/week")
async def week(p: HasParts, me: Person, day: date | None = None, words: bool = True) -> dict[str, Any]:
    """The week of a day (today's where none is named) in figures, and in `said`, unless `words` is false."""
    settings = await p.turns.screening.settings(me)
    today = datetime.now(ZoneInfo(settings.zone)).date() if settings.zone else datetime.now().astimezone().date()
    figures = await p.agent.journal.week(me.person, day or today)
    if not words:
        return figures
    first = date.fromisoformat(figures["from"])
    card = await _card(p.turns, me, [entry async for entry in _of_days(p.agent, me, first, first + timedelta(days=6))])
    said = weekly.composed(figures)
    sentences = [{"text": sentence, "source": "evidence"} for sentence in said]
    if figures["entries"] and not card:
        sentences = as_json(weekly.worded(await _asked(p.agent, figures), figures))
    return figures | {"said": sentences} | ({"safety": card} if card else {})


async def _asked(agent: Agent, figures: dict[str, Any]) -> str:
    """What the model says of a week; nothing where it is missing."""
    said = ""
    try:
        async for piece in agent.llm.stream(weekly.messages(figures), max_tokens=weekly.MAX_TOKENS):
            said += piece
    except DiscoveryError:
        return ""
    return said


async def _of_days(agent: Agent, me: Who, first: date, last: date) -> AsyncIterator[Entry]:
    """The entries of some days of the person's own calendar."""
    # A day somewhere on earth begins up to 14 hours before and ends up to 12 hours after the same day in UTC.
    since = datetime.fromisoformat(f"{first}T00:00:00+14:00")
    until = datetime.fromisoformat(f"{last + timedelta(days=1)}T00:00:00-12:00")
    cursor = None
    while True:
        found, cursor = await agent.journal.entries(me.person, since=since, until=until, limit=200, cursor=cursor)
        for entry in found:
            if first <= entry.day <= last:
                yield entry
        if cursor is None:
            return


async def _card(turns: Turns, me: Who, entries: list[Entry]) -> dict[str, Any] | None:
    """The help card, in the person's present region, where an entry showed it for a crisis."""
    grave = next((e for e in entries if e.safety and e.safety.level is Level.CRISIS), None)
    return safety_data(await _verdict(turns, me, grave.text)) if grave else None


async def _verdict(turns: Turns, me: Who, text: str) -> Safety:
    """What the screen says of a text that was kept before; it is no news of the person, and is not remembered."""
    [verdict] = await turns.screening.verdicts(me, await turns.screening.settings(me), [text])
    return verdict


@routes.post("/v1/insights/similar")
async def similar(like: Like, p: HasParts, me: Person) -> dict[str, Any]:
    """When the person last felt like this: the entries nearest to one of theirs, or to a text, by meaning and feeling.
    In crisis there is the help card and nothing else."""
    if (like.entry_id is None) == (like.text is None):
        raise Invalid("body", "expected one of entry_id and text")
    text = like.text if like.text is not None else (await p.agent.journal.get(me.person, str(like.entry_id))).text
    verdict = await _verdict(p.turns, me, text)
    safety = {"safety": safety_data(verdict)} if verdict.card else {}
    if verdict.level is Level.CRISIS:
        return {"entries": [], **safety}
    reading = None
    if like.text is not None:
        try:
            [reading] = await p.agent.classifier.read([text])
        except DiscoveryError:
            reading = None  # the words alone will do
    found = await p.agent.journal.similar(
        me.person, entry_id=like.entry_id, text=like.text or "", reading=reading, limit=like.limit
    )
    return {"entries": [entry_data(entry) | {"nearness": nearness} for entry, nearness in found], **safety}


@routes.get("/v1/insights/{part}")
async def part_of(part: Part, p: HasParts, me: Person, since: Since = None, until: Until = None) -> dict[str, Any]:
    """One part of the figures."""
    figures = await p.agent.journal.insights(me.person, since=since, until=until)
    return {part: figures[part]}


@routes.get("/v1/report")
async def report(p: HasParts, me: Person, since: Since = None, until: Until = None, words: bool = False) -> Response:
    """The figures of a span as one self-contained HTML page, to be given to somebody. `words` adds the entries' own
    texts, at most the newest 400."""
    figures = await p.agent.journal.insights(me.person, since=since, until=until)
    entries: list[Entry] = []
    cursor = None
    while words and len(entries) < MOST_WORDS:
        found, cursor = await p.agent.journal.entries(me.person, since=since, until=until, limit=200, cursor=cursor)
        entries += found
        if cursor is None:
            break
    made = await asyncio.to_thread(page, figures, entries[:MOST_WORDS], since=since, until=until)
    headers = {"Content-Disposition": 'attachment; filename="discovery-report.html"', "Cache-Control": "no-store"}
    return Response(made, media_type="text/html; charset=utf-8", headers=headers)
