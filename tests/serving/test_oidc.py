"""A provider of our own, in memory: its tokens are taken, and nobody else's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from agent.access import Grant
from agent.config import OidcConfig, parse
from agent.errors import ConfigError, Unavailable
from serving.oidc import OidcProvider

ISSUER = "https://id.example"


class People:
    """The accounts behind a provider: whoever was vouched for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bool]] = []

    async def grant_to(self, issuer: str, subject: str, *, create: bool) -> Grant | None:
        self.asked.append((issuer, subject, create))
        return Grant(person=subject, scope="full")


class Issuer:
    """Publishes its keys and signs with them."""

    def __init__(self, name: str = ISSUER) -> None:
        self.name, self.fetches, self.up = name, 0, True
        self.key = RSAKey.generate_key(2048, {"kid": "one"})

    def answer(self, request: httpx.Request) -> httpx.Response:
        if not self.up:
            raise httpx.ConnectError("down", request=request)
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json={"issuer": self.name, "jwks_uri": f"{ISSUER}/keys"})
        self.fetches += 1
        return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})

    def token(self, key: Any = None, **claims: Any) -> str:
        told = {"iss": ISSUER, "aud": "discovery", "sub": "7", "exp": int(time.time()) + 60} | claims
        header = {"alg": "RS256", "kid": "one"}
        given = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(header, given, key or self.key)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def provider(issuer: Issuer, people: People) -> OidcProvider:
    config = OidcConfig(issuer=ISSUER, audience="discovery", create=True)
    return OidcProvider(config, people, httpx.MockTransport(issuer.answer))  # type: ignore[arg-type]


async def test_a_valid_token_is_the_person_it_names_and_keys_are_fetched_once() -> None:
    issuer, people = Issuer(), People()
    door = provider(issuer, people)
    for _ in range(3):
        assert await door.grant(issuer.token()) == Grant(person="7", scope="full")
    assert await door.grant(issuer.token(aud=["other", "discovery"])) is not None
    assert people.asked[0] == (ISSUER, "7", True) and issuer.fetches == 1


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://other.example"}, {"aud": "other"}, {"exp": 1}, {"sub": None}, {"exp": None}, {"nbf": 9e9}],
)
async def test_a_token_for_somebody_else_or_another_time_is_none(claims: dict[str, Any]) -> None:
    issuer, people = Issuer(), People()
    assert await provider(issuer, people).grant(issuer.token(**claims)) is None and people.asked == []


async def test_forged_tokens_are_none() -> None:
    issuer, people = Issuer(), People()
    door, good = provider(issuer, people), issuer.token()
    forged = RSAKey.generate_key(2048, {"kid": "one"})
    head, body, signature = good.split(".")
    symmetric = encoded(json.dumps({"alg": "HS256", "kid": "one"}).encode()) + f".{body}"  # the public key as a secret
    mac = hmac.new(issuer.key.as_pem(private=False), symmetric.encode(), hashlib.sha256).digest()
    for token in (
        issuer.token(key=forged),
        f"{symmetric}.{encoded(mac)}",
        f"eyJhbGciOiJub25lIn0.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}",
        "x",
        "a.b.c",
    ):
        assert await door.grant(token) is None, token
    assert people.asked == []


async def test_a_new_key_is_fetched_and_a_provider_that_is_down_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issuer, people = Issuer(), People()
    door = provider(issuer, people)
    assert await door.grant(issuer.token()) is not None
    issuer.key = RSAKey.generate_key(2048, {"kid": "two"})
    monkeypatch.setattr("serving.oidc.AGAIN_SECONDS", 0.0)
    assert await door.grant(jwt.encode({"alg": "RS256", "kid": "two"}, jwt_claims(), issuer.key)) is not None
    issuer.up = False
    with pytest.raises(Unavailable, match="cannot be asked now"):
        await provider(issuer, people).grant(issuer.token())


async def test_a_provider_that_says_it_is_another_is_not_believed() -> None:
    issuer = Issuer("https://other.example")
    with pytest.raises(Unavailable, match="another one"):
        await provider(issuer, People()).grant(issuer.token())


def jwt_claims() -> dict[str, Any]:
    return {"iss": ISSUER, "aud": "discovery", "sub": "7", "exp": int(time.time()) + 60}


def test_a_provider_needs_accounts_and_an_address_that_cannot_be_listened_to() -> None:
    oidc = {"issuer": ISSUER, "audience": "discovery"}
    with pytest.raises(ConfigError, match="set multi_user: true"):
        parse({"application": "discovery", "oidc": oidc})
    with pytest.raises(ConfigError, match="issuer"):
        parse({"application": "discovery", "multi_user": True, "oidc": oidc | {"issuer": "http://id.example"}})
