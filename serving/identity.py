"""Who asks, and what the routes work with: the two things that every route takes from the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from agent.conversation import Conversation
from agent.errors import NotSignedIn
from agent.pipeline import Agent
from serving.readiness import Readiness
from serving.screening import Who
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


async def who(request: Request) -> Who:
    """The person behind a request that `serving.access.enter` let in. Raises `NotSignedIn`."""
    held: Who | None = request.state.who
    if held is None:
        raise NotSignedIn("Sign in first.")
    return held


HasParts = Annotated[Parts, Depends(parts)]
Person = Annotated[Who, Depends(who)]
