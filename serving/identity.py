"""Who asks, and what the routes work with: the two things that every route takes from the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from agent.conversation import Conversation
from agent.pipeline import Agent
from serving.readiness import Readiness
from serving.screening import SINGLE_PERSON, Who
from serving.turns import Turns


@dataclass
class Parts:
    """What the routes work with."""

    agent: Agent
    turns: Turns
    readiness: Readiness
    talk: Conversation


async def parts(request: Request) -> Parts:
    """The parts of this app. A coroutine, like `who`: a plain function would cost a thread at every request."""
    held: Parts = request.app.state.parts
    return held


async def who(accept_language: Annotated[str | None, Header()] = None) -> Who:
    """Everybody is the one person of this machine; the first language they accept is their locale."""
    first = (accept_language or "").split(",")[0].split(";")[0].strip()
    return Who(person=SINGLE_PERSON, locale=first or None)


HasParts = Annotated[Parts, Depends(parts)]
Person = Annotated[Who, Depends(who)]
