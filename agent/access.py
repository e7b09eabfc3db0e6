"""Who may do what, where more than one person writes here: accounts, and what a credential grants."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import AwareDatetime

from agent.domain import Noun

Scope = Literal["read", "write", "full"]
"""What a credential allows, in rising order: to look, to write, and to manage keys and take everything away."""

SCOPES: tuple[Scope, ...] = ("read", "write", "full")


class Account(Noun):
    """Somebody who may sign in. `person` is whose journal that is; a random id unless it was there before."""

    name: str
    person: str
    made_at: AwareDatetime


class Grant(Noun):
    """What a credential stands for."""

    person: str
    scope: Scope

    def allows(self, scope: Scope) -> bool:
        """Whether this is enough where `scope` is asked for."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class Key(Noun):
    """An API key without its secret, which is shown once and kept nowhere."""

    id: str
    label: str
    scope: Scope
    made_at: AwareDatetime


class Issued(Noun):
    """A new credential; `token` is the only copy there will ever be. A key has an id, a session an end."""

    token: str
    id: str
    expires_at: AwareDatetime | None = None


class Accounts(Protocol):
    """What the API asks about credentials."""

    async def sign_in(self, name: str, password: str) -> Issued:
        """A session of full scope. Raises `NotSignedIn` for a wrong name or password alike, and `TooMany`."""
        ...

    async def sign_out(self, token: str) -> None:
        """Ends a session; one that is over is no fault."""
        ...

    async def grant(self, token: str) -> Grant | None:
        """What a session or a key stands for now; None for one that is unknown, over or revoked."""
        ...

    async def grant_to(self, issuer: str, subject: str, *, create: bool) -> Grant | None:
        """What somebody gets whom an OpenID provider vouches for; with `create` an account is made at first sight."""
        ...

    async def make_key(self, person: str, label: str, scope: Scope) -> Issued:
        """A new API key. Raises `Invalid`."""
        ...

    async def keys(self, person: str) -> list[Key]:
        """The person's API keys, oldest first."""
        ...

    async def revoke_key(self, person: str, key_id: str) -> None:
        """Ends a key at once. Raises `NotFound`, also for a key of somebody else."""
        ...
