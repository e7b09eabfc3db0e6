"""The door of the chat: whom it lets in, for what, and what it tells browsers to forbid."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from serving.chat_guard import MAX_BODY, Guard, policy

HOME = "http://127.0.0.1:8080"


async def everything(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An app that answers every request, as Chainlit's catch-all route does."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"public")]})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Guard(everything)), base_url=HOME) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/login", "/assets/index-1.js", "/public/discovery.css", "/user", "/health"])
async def test_what_the_page_needs_passes(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 200


@pytest.mark.parametrize("host", ["evil.example:8080", "127.0.0.1.evil.example", "192.168.1.5:8080", ""])
async def test_a_foreign_host_is_refused(browser: httpx.AsyncClient, host: str) -> None:
    answer = await browser.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "127.0.0.1" in answer.text


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:9000", "[::1]:8080", "localhost"])
async def test_every_name_of_this_computer_is_answered(browser: httpx.AsyncClient, host: str) -> None:
    assert (await browser.get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:3000", "http://localhost:8080"])
async def test_a_request_from_another_origin_is_refused(browser: httpx.AsyncClient, origin: str) -> None:
    assert (await browser.post("/auth/header", headers={"origin": origin})).status_code == 403


async def test_a_request_from_the_page_itself_passes(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/project/action", json={}, headers={"origin": HOME})).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/project/file?session_id=x"),
        ("GET", "/project/file/x?session_id=x"),
        ("PUT", "/project/element"),
        ("DELETE", "/project/element"),
        ("POST", "/project/threads"),
        ("GET", "/project/thread/x"),
        ("POST", "/mcp"),
        ("PUT", "/feedback"),
        ("POST", "/login"),
        ("POST", "/auth/jwt"),
        ("GET", "/auth/oauth/github"),
        ("GET", "/copilot/index.js"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("POST", "/public/x"),
    ],
)
async def test_routes_of_chainlit_that_nobody_needs_are_closed(
    browser: httpx.AsyncClient, method: str, path: str
) -> None:
    assert (await browser.request(method, path, headers={"origin": HOME})).status_code == 404


async def test_a_large_body_is_refused_before_it_is_read(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/project/action", content=b"x" * MAX_BODY)).status_code == 200
    assert (await browser.post("/project/action", content=b"x" * (MAX_BODY + 1))).status_code == 413


async def test_a_body_of_untold_length_is_refused(browser: httpx.AsyncClient) -> None:
    async def drops() -> AsyncIterator[bytes]:
        yield b"x"

    assert (await browser.post("/project/action", content=drops())).status_code == 411


async def test_answers_carry_the_policy_and_are_not_sniffed_or_framed(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    rules = answer.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "frame-ancestors 'none'" in rules
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert "immutable" in (await browser.get("/assets/index-1.js")).headers["cache-control"]


def test_the_policy_names_no_host_but_the_page_s_own() -> None:
    named = [word for word in policy("127.0.0.1:8080").replace(";", " ").split() if "." in word or "//" in word]
    assert set(named) == {"ws://127.0.0.1:8080", "wss://127.0.0.1:8080"}
    assert "'unsafe-inline'" not in policy("h").split("style-src")[0]


@pytest.mark.parametrize(
    ("headers", "path", "passes"),
    [
        ({"host": "127.0.0.1:8080", "origin": HOME}, "/ws/socket.io/", True),
        ({"host": "127.0.0.1:8080", "origin": "https://evil.example"}, "/ws/socket.io/", False),
        ({"host": "evil.example", "origin": "http://evil.example"}, "/ws/socket.io/", False),
        ({"host": "127.0.0.1:8080", "origin": HOME}, "/other", False),
    ],
)
async def test_sockets_are_held_to_the_same_rules(headers: dict[str, str], path: str, passes: bool) -> None:
    reached: list[str] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        reached.append(scope["path"])

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await Guard(app)({"type": "websocket", "path": path, "headers": pairs}, None, send)
    assert bool(reached) is passes
    assert sent == ([] if passes else [{"type": "websocket.close", "code": 1008}])
