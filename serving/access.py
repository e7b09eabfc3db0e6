"""Who is asking, and whether their credential reaches as far as the route they ask: one dependency for every route.

Without accounts everybody is the one person of this machine. With them a request carries
`Authorization: Bearer <session, API key, or a token of the OpenID provider>`. A route that is not named here asks for
`read` when it only looks and for `write` otherwise, so that a new one is never open by accident.
"""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from agent.access import Accounts, Grant, Scope
from agent.errors import NotAllowed, NotFound, NotSignedIn
from serving.screening import SINGLE_PERSON, Who

OPEN = frozenset({("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/v1/session")})
"""What anybody may ask."""

LOOKING = frozenset({"/v1/search", "/v1/classify", "/v1/suggest", "/v1/chat/completions", "/v1/insights/similar"})
"""Routes that change nothing although they are posted to: their words must not stand in a URL."""

WHOLE = frozenset({("DELETE", "/v1/me"), ("GET", "/v1/keys"), ("POST", "/v1/keys"), ("DELETE", "/v1/keys/{key_id}")})
"""What only a credential of full scope may do."""


class Provider(Protocol):
    """An OpenID provider."""

    async def grant(self, token: str) -> Grant | None:
        """What a token of the provider grants; None for one that is not valid here."""
        ...


class Access:
    """The door of one installation. Without `accounts` it stands open to whoever reaches it."""

    def __init__(self, accounts: Accounts | None = None, provider: Provider | None = None) -> None:
        self._accounts, self._provider = accounts, provider

    @property
    def accounts(self) -> Accounts:
        """Who has an account. Raises `NotFound` where there are none."""
        if self._accounts is None:
            raise NotFound("This Discovery has one person and no accounts.")
        return self._accounts

    async def person(self, method: str, path: str, authorization: str | None) -> str | None:
        """Whose journal a request is about; None for one that anybody may ask. Raises `NotSignedIn`, `NotAllowed`."""
        if self._accounts is None:
            return SINGLE_PERSON
        if (method, path) in OPEN:
            return None
        granted, scope = await self._granted(bearer(authorization)), needed(method, path)
        if granted is None:
            raise NotSignedIn("This needs the header `Authorization: Bearer` with a session or a key that is valid.")
        if not granted.allows(scope):
            raise NotAllowed(f"This needs a credential of scope {scope!r}, this one has {granted.scope!r}.")
        return granted.person

    async def _granted(self, token: str) -> Grant | None:
        if not token:
            return None
        if token.startswith(("dk_", "ds_")) or self._provider is None:
            return await self.accounts.grant(token)
        return await self._provider.grant(token)


def needed(method: str, path: str) -> Scope:
    """The scope that a route asks for."""
    if (method, path) in WHOLE:
        return "full"
    return "read" if method in ("GET", "HEAD") or path in LOOKING else "write"


def bearer(authorization: str | None) -> str:
    """The token of an `Authorization` header, or the empty string."""
    kind, _, token = (authorization or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def enter(request: Request) -> None:
    """The dependency of every route: learns who asks, or refuses. Their first language is their locale."""
    door: Access = request.app.state.access
    path = request.scope["route"].path
    person = await door.person(request.method, path, request.headers.get("authorization"))
    first = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    request.state.who = Who(person=person, locale=first or None) if person is not None else None
