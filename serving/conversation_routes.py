"""Conversation over HTTP: a question with its answer in parts for the chat, and the OpenAI-compatible route.

Both store nothing. Every line of the person is screened before anything else.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, StreamingResponse

from agent.care import Screened
from agent.conversation import Answer
from agent.domain import HelpCard, Level
from agent.errors import DiscoveryError, Invalid
from agent.results import suggestion_data
from serving import sse
from serving.identity import HasParts, Parts, Person
from serving.requests import ChatMessage, ChatRequest, Question
from serving.screening import Who

routes = APIRouter()
MODEL = "discovery"


async def _answer(messages: list[ChatMessage], parts: Parts, me: Who) -> tuple[Answer, Screened]:
    if not next((m.content for m in reversed(messages) if m.role == "user"), "").strip():
        raise Invalid("messages", "found no user message with words, expected at least one")
    screened = await parts.turns.screening.whole(me, [m.content for m in messages if m.role == "user"])
    said = [{"role": m.role, "content": m.content} for m in messages]
    return await parts.talk.answer(me.person, said, screened), screened


@routes.post("/v1/ask")
async def ask(body: Question, parts: HasParts, me: Person) -> dict[str, Any]:
    """What the newest line is, and the answer where it is a question: `{route, sure, sentences, items, entries,
    safety}`. An `entry`, and every line of a crisis, gets no answer."""
    answer, screened = await _answer(body.messages, parts, me)
    return {
        "route": answer.route,
        "sure": round(answer.sure, 3),
        "sentences": list(answer.sentences),
        "items": [suggestion_data(s) for s in answer.items],
        "entries": list(answer.entries[:50]),
        "safety": screened.data(),
    }


@routes.get("/v1/models")
async def models() -> dict[str, Any]:
    """The one model of the OpenAI-compatible route."""
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "discovery"}]}


@routes.post("/v1/chat/completions")
async def chat(body: ChatRequest, parts: HasParts, me: Person) -> Response:
    """Answers a question about the journal; explains the reading of everything else. Stores nothing."""
    answer, _ = await _answer(body.messages, parts, me)
    said = _said(answer, next(m.content for m in reversed(body.messages) if m.role == "user"), parts)
    if body.stream:
        return StreamingResponse(_chunks(said), headers=sse.HEADERS, media_type="text/event-stream")
    text = " ".join([sentence async for sentence in said])
    message = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return JSONResponse(_envelope("chat.completion") | {"choices": [message]})


async def _said(answer: Answer, text: str, parts: Parts) -> AsyncIterator[str]:
    card = answer.safety.card
    if answer.safety.level is Level.CRISIS and card:
        said = _help(card)
    elif answer.route == "entry":
        said = parts.agent.explain_text(text)
    else:
        said = _each(answer.sentences)
    async for sentence in said:
        yield sentence


async def _each(sentences: tuple[str, ...]) -> AsyncIterator[str]:
    for sentence in sentences:
        yield sentence


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
    try:
        async for sentence in sentences:
            delta = {"role": "assistant", "content": sentence} if first else {"content": f" {sentence}"}
            first = False
            yield _line(envelope, delta, None)
    except DiscoveryError as error:
        yield f"data: {json.dumps({'error': {'message': str(error), 'type': 'unavailable'}})}\n\n"
    else:
        yield _line(envelope, {}, "stop")
    yield "data: [DONE]\n\n"


def _line(envelope: dict[str, Any], delta: dict[str, str], reason: str | None) -> str:
    return f"data: {json.dumps(envelope | {'choices': [{'index': 0, 'delta': delta, 'finish_reason': reason}]})}\n\n"
