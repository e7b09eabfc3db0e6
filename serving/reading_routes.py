"""The routes that store nothing: classify, and the OpenAI-compatible conversation."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse, StreamingResponse

from agent import safety
from agent.domain import EMOTIONS, HelpCard, Level
from agent.errors import Invalid
from agent.pipeline import Agent
from agent.results import emotions_data
from serving import sse
from serving.identity import HasParts, Person
from serving.requests import ChatRequest, Classify
from serving.turns import Turns

routes = APIRouter()
MODEL = "discovery"


async def _agent(parts: HasParts) -> Agent:
    return parts.agent


HasAgent = Annotated[Agent, Depends(_agent)]


@routes.post("/v1/classify")
async def classify(body: Classify, agent: HasAgent) -> dict[str, Any]:
    """Emotions of up to 512 texts, in order. Every text is screened; in crisis nothing is read out of it."""
    levels = [safety.screen(text).level for text in body.texts]
    readings = await agent.classifier.read(body.texts, full=body.full)
    return {"results": [emotions_data(r, s, full=body.full) for r, s in zip(readings, levels, strict=True)]}


@routes.get("/v1/models")
async def models() -> dict[str, Any]:
    """The one model of the OpenAI-compatible route."""
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "discovery"}]}


@routes.get("/v1/emotions")
async def labels() -> dict[str, Any]:
    """The 28 labels in their order."""
    return {"labels": list(EMOTIONS)}


@routes.post("/v1/chat/completions")
async def chat(body: ChatRequest, agent: HasAgent, me: Person) -> Response:
    """Reads the last user message and answers with the explanation of the reading. Stores nothing."""
    last = next((m.content for m in reversed(body.messages) if m.role == "user"), "")
    if not last.strip():
        raise Invalid("messages", "found no user message with words, expected at least one")
    # Every message is screened: a crisis two messages ago does not end with the next line.
    turns = Turns(agent)
    screen = turns.screen(me, await turns.settings(me))
    verdicts = [screen(m.content) for m in body.messages if m.role == "user"]
    worst = max(verdicts, key=lambda v: list(Level).index(v.level))
    answer = _help(worst.card) if worst.level is Level.CRISIS and worst.card else agent.explain_text(last)
    if body.stream:
        return StreamingResponse(_chunks(answer), headers=sse.HEADERS, media_type="text/event-stream")
    text = " ".join([sentence async for sentence in answer])
    message = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return JSONResponse(_envelope("chat.completion") | {"choices": [message]})


async def _help(card: HelpCard) -> AsyncIterator[str]:
    yield card.message
    for line in card.lines:
        yield f"{line.name}: {line.phone or line.text or line.url}."
    if card.emergency:
        yield f"In an emergency: {', '.join(card.emergency)}."


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


async def _chunks(sentences: AsyncIterator[str]) -> AsyncIterator[str]:
    envelope, first = _envelope("chat.completion.chunk"), True
    async for sentence in sentences:
        delta = {"role": "assistant", "content": sentence} if first else {"content": f" {sentence}"}
        first = False
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        yield f"data: {json.dumps(envelope | {'choices': [choice]})}\n\n"
    yield f"data: {json.dumps(envelope | {'choices': [{'index': 0, 'delta': {}, 'finish_reason': 'stop'}]})}\n\n"
    yield "data: [DONE]\n\n"
