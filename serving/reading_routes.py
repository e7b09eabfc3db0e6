"""The routes that store nothing: classify, and the labels."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from agent.domain import EMOTIONS, Settings
from agent.pipeline import Agent
from agent.results import emotions_data
from serving.care_routes import HasScreening
from serving.identity import HasParts, Person
from serving.requests import Classify

routes = APIRouter()


async def _agent(parts: HasParts) -> Agent:
    return parts.agent


HasAgent = Annotated[Agent, Depends(_agent)]


@routes.post("/v1/classify")
async def classify(body: Classify, agent: HasAgent, screening: HasScreening, me: Person) -> dict[str, Any]:
    """Emotions of up to 512 texts, in order. Every text is screened; in crisis nothing is read out of it."""
    levels = [verdict.level for verdict in await screening.verdicts(me, Settings(), body.texts)]
    readings = await agent.classifier.read(body.texts, full=body.full)
    return {"results": [emotions_data(r, s, full=body.full) for r, s in zip(readings, levels, strict=True)]}


@routes.get("/v1/emotions")
async def labels() -> dict[str, Any]:
    """The 28 labels in their order."""
    return {"labels": list(EMOTIONS)}
