"""The routes of suggestions: a list, the next list after a refinement, a path in three steps, and what people say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter

from agent.care import Screened
from agent.domain import Level, Verdict
from agent.errors import Invalid
from agent.pipeline import Agent
from agent.results import suggestion_data
from retrieval.rank import VECTORS
from retrieval.refine import Limits, refine
from retrieval.request import query
from serving.care_routes import HasScreening
from serving.identity import Person
from serving.reading_routes import HasAgent
from serving.requests import Feedback, Weighted
from serving.screening import Screening, Who
from serving.suggest_requests import Suggest, SuggestPath, told

routes = APIRouter()


@routes.post("/v1/suggest")
async def suggest(body: Suggest, agent: HasAgent, screening: HasScreening, me: Person) -> dict[str, Any]:
    """Ranked items with reasons; in crisis a help card and nothing else, at concern only gentle things. `limits` are
    what the items meet, to be handed back with the next refinement."""
    async with _begun(body, agent, me) as begun:
        screened = await _screened(body, screening, me)
        if screened.safety.level is Level.CRISIS:
            return {"items": [], "safety": screened.data()}
        limits = body.limits()
        shown = await agent.recommender.items(body.shown) if body.refine and body.shown else []
        for wish in body.refine:
            limits = refine(limits, wish, shown)
        wishes = await _wishes(body, limits, screened, agent, begun)
        suggestions = await agent.recommender.suggest(limit=body.limit, **wishes)
    items = [suggestion_data(s, breakdown=body.breakdown) for s in suggestions]
    return {"items": items, "safety": screened.data(), "limits": told(limits)}


@routes.post("/v1/suggest/path")
async def path(body: SuggestPath, agent: HasAgent, screening: HasScreening, me: Person) -> dict[str, Any]:
    """Up to three items in order, each a step from the present mood towards the goal; the same rules apply."""
    async with _begun(body, agent, me) as begun:
        screened = await _screened(body, screening, me)
        if screened.safety.level is Level.CRISIS:
            return {"items": [], "safety": screened.data()}
        suggestions = await agent.recommender.path(**await _wishes(body, body.limits(), screened, agent, begun))
    items = [suggestion_data(s, breakdown=body.breakdown) for s in suggestions]
    return {"items": items, "safety": screened.data()}


@routes.post("/v1/feedback", status_code=204)
async def feedback(said: Feedback, agent: HasAgent, me: Person) -> None:
    """Keeps what the person said of a suggestion; the next list follows it."""
    if not await agent.recommender.items([said.item_id]):
        raise Invalid("item_id", f"found {said.item_id!r}, expected the id of an item of the catalogue")
    await agent.journal.feedback(me.person, said.item_id, said.verdict, entry_id=said.entry_id)


@routes.get("/v1/feedback")
async def said_so_far(agent: HasAgent, me: Person) -> dict[str, Any]:
    """Everything the person said of suggestions: `{feedback: [{item_id, title, verdict}]}`."""
    verdicts = await agent.journal.verdicts(me.person)
    titles = {item.id: item.title for item in await agent.recommender.items(list(verdicts))}
    return {"feedback": [{"item_id": i, "title": titles.get(i, i), "verdict": v} for i, v in verdicts.items()]}


@routes.delete("/v1/feedback", status_code=204)
async def reset(agent: HasAgent, me: Person) -> None:
    """Forgets everything the person said of suggestions."""
    await agent.journal.forget_verdicts(me.person)


async def _screened(body: SuggestPath, screening: Screening, me: Who) -> Screened:
    if body.text is None and body.emotions is None and body.goal is None:
        raise Invalid("text", "found none of text, emotions and goal, expected at least one")
    return await screening.glance(me, body.text or "")


Begun = asyncio.Future[tuple[dict[str, Verdict], VECTORS]]


@asynccontextmanager
async def _begun(body: SuggestPath, agent: Agent, me: Who) -> AsyncIterator[Begun]:
    """The person's verdicts and the vector of the text, fetched while the screen looks at the same text; nobody waits
    for them where the screen finds a crisis."""
    vector = agent.recommender.embed([query(body.text or "", body.goal)])
    both = asyncio.gather(agent.journal.verdicts(me.person), vector)
    try:
        yield both
    finally:
        both.cancel()
        await asyncio.gather(both, return_exceptions=True)


async def _wishes(body: SuggestPath, limits: Limits, screened: Screened, agent: Agent, begun: Begun) -> dict[str, Any]:
    """What the recommender is asked for, this person's feedback included."""
    emotions, (verdicts, [vector]) = await asyncio.gather(_emotions(body, agent), begun)
    return {
        "vector": vector,
        "text": body.text or "",
        "emotions": emotions,
        "goal": body.goal,
        "kinds": body.kinds,
        "exclude": [*limits.exclude, *(i for i, v in verdicts.items() if v in ("done", "not_this"))],
        "gentle": screened.gentle,
        "liked": [i for i, v in verdicts.items() if v == "like"],
        "disliked": [i for i, v in verdicts.items() if v == "dislike"],
        "max_minutes": limits.max_minutes,
        "max_energy": limits.max_energy,
        "free_only": limits.free_only,
        "social_only": limits.social_only,
        "avoid": list(body.avoid),
    }


async def _emotions(body: SuggestPath, agent: Agent) -> list[tuple[str, float]]:
    if body.emotions is not None:
        return [(e.label, e.probability) if isinstance(e, Weighted) else (e, 1.0) for e in body.emotions]
    if body.text is None:
        return []
    [reading] = await agent.classifier.read([body.text])
    return [(e.label, e.probability) for e in reading.felt]
