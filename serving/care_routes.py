"""The crisis path between entries: `GET /v1/care` says where it stands, `POST /v1/care` takes the person's own word."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from agent.care import Care, Screened
from serving.identity import HasParts, Person
from serving.requests import Body
from serving.screening import Screening, Who

routes = APIRouter()


class OwnWord(Body):
    """`POST /v1/care`: whether the person is safe, as they say themselves."""

    safe: bool


async def screening(parts: HasParts) -> Screening:
    """The crisis screen of this app."""
    return parts.turns.screening


HasScreening = Annotated[Screening, Depends(screening)]


@routes.get("/v1/care")
async def standing(screen: HasScreening, me: Person) -> dict[str, Any]:
    """`{level, state, card?, question?}`: for a chat that opens anew."""
    return await _shown(screen, me, await screen.standing(me))


@routes.post("/v1/care")
async def answer(word: OwnWord, screen: HasScreening, me: Person) -> dict[str, Any]:
    """`{level, state, card?, question?, says}`. The first "I am safe" is asked about once, the second closes."""
    state, says = await screen.answer(me, safe=word.safe)
    return await _shown(screen, me, state) | {"says": says}


async def _shown(screen: Screening, me: Who, state: Care) -> dict[str, Any]:
    card = screen.card(me, await screen.settings(me), state)
    return Screened(care=state, card=card).data()
