"""Sign-in by an OpenID Connect provider: its signed tokens are taken as credentials, checked against its own keys."""

from __future__ import annotations

import asyncio
import time

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from agent.access import Accounts, Grant
from agent.config import OidcConfig
from agent.errors import Unavailable

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures that are taken; never `none`, never one by a shared secret."""

KEYS_SECONDS = 3600.0
AGAIN_SECONDS = 60.0
"""How long the provider's keys are good for, and how soon they are fetched anew for a key that is not among them."""


class OidcProvider:
    """One provider, by its issuer. The person of a token is its `sub`, whatever name or address it may carry."""

    def __init__(
        self, config: OidcConfig, accounts: Accounts, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._config, self._accounts, self._transport = config, accounts, transport
        self._keys: KeySet | None = None
        self._fetched = 0.0
        self._lock = asyncio.Lock()

    async def grant(self, token: str) -> Grant | None:
        """What a token of the provider grants here: None for a false, foreign or old one. Raises `Unavailable` when
        the provider's keys cannot be fetched."""
        wanted = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self._config.issuer},
            aud={"essential": True, "value": self._config.audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        for oldest in (KEYS_SECONDS, AGAIN_SECONDS):  # a key that is not known may be a new one
            keys = await self._current(oldest)
            try:
                claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
                wanted.validate(claims)
            except (JoseError, ValueError):
                continue
            return await self._accounts.grant_to(self._config.issuer, str(claims["sub"]), create=self._config.create)
        return None

    async def _current(self, oldest: float) -> KeySet:
        async with self._lock:
            if self._keys is None or time.monotonic() - self._fetched > oldest:
                self._keys, self._fetched = await self._fetch(), time.monotonic()
            return self._keys

    async def _fetch(self) -> KeySet:
        issuer = self._config.issuer
        try:
            async with httpx.AsyncClient(timeout=5, trust_env=False, transport=self._transport) as http:
                about = (await http.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")).json()
                if about["issuer"] != issuer:
                    raise Unavailable(f"the provider at {issuer} says that it is another one")
                return KeySet.import_key_set((await http.get(about["jwks_uri"])).json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, JoseError) as error:
            raise Unavailable(f"the provider at {issuer} cannot be asked now ({type(error).__name__})") from error
