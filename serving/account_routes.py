"""The routes of accounts: sign in and out, and keys for other programs. Without accounts there is nothing here: 404."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field, StringConstraints

from agent.access import Scope
from serving.access import Access, bearer
from serving.identity import Person
from serving.requests import Body

routes = APIRouter()

KeyId = Annotated[str, Path(min_length=1, max_length=64)]


class SignIn(Body):
    """`POST /v1/session`."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1000), Field(repr=False)]


class NewKey(Body):
    """`POST /v1/keys`."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    scope: Scope = "read"


def _door(request: Request) -> Access:
    door: Access = request.app.state.access
    return door


@routes.post("/v1/session", status_code=201)
async def sign_in(request: Request, given: SignIn) -> dict[str, Any]:
    """A session for a name and a password: `{token, expires_at}`."""
    issued = await _door(request).accounts.sign_in(given.name, given.password)
    return issued.model_dump(mode="json", exclude={"id"})


@routes.delete("/v1/session", status_code=204)
async def sign_out(request: Request, me: Person) -> None:
    """Ends the session that asks."""
    await _door(request).accounts.sign_out(bearer(request.headers.get("authorization")))


@routes.get("/v1/keys")
async def keys(request: Request, me: Person) -> dict[str, Any]:
    """The person's API keys, without their secrets."""
    return {"keys": [key.model_dump(mode="json") for key in await _door(request).accounts.keys(me.person)]}


@routes.post("/v1/keys", status_code=201)
async def make_key(request: Request, wanted: NewKey, me: Person) -> dict[str, Any]:
    """A new key: `{id, token}`; the token is shown this once."""
    issued = await _door(request).accounts.make_key(me.person, wanted.label, wanted.scope)
    return issued.model_dump(mode="json", exclude={"expires_at"})


@routes.delete("/v1/keys/{key_id}", status_code=204)
async def revoke_key(key_id: KeyId, request: Request, me: Person) -> None:
    """Ends a key at once."""
    await _door(request).accounts.revoke_key(me.person, key_id)
