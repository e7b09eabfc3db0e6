"""What a request must pass before any route sees it: host, origin, size, kind of body; and its line in the log."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.metrics import REQUEST_SECONDS, REQUESTS
from serving.problems import problem, unexpected

MOST_BYTES = 1_000_000
"""Largest body in bytes; imports may be larger, see `MOST_IMPORT_BYTES`."""

MOST_IMPORT_BYTES = 200_000_000
_IMPORT = "/v1/import"
_FILES = ("application/zip", "application/octet-stream", "application/json", "application/xml", "text/csv")
"""Kinds of files; none of them can be sent across sites by a plain form."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

log = logging.getLogger("discovery.http")


class TooLarge(HTTPException):
    """The body passed its limit while it was read. FastAPI takes any other exception there for broken JSON."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"body: at most {most} bytes are allowed")
        self.title, self.field = "The body is too large", "body"


class BrokenOff(Exception):
    """An answer ended in an error that is logged already."""


def host_of(authority: str) -> str:
    """The host of a `Host` header or an origin, without port and brackets."""
    return (urlsplit(f"//{authority}").hostname or "").lower()


class Guard:
    """ASGI middleware for everything that holds for every request alike.

    A page of another site that resolves its own name to 127.0.0.1 (DNS rebinding), or posts here across sites, shows
    a foreign `Host` or `Origin` and is refused.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app, self._hosts = app, _LOOPBACK | frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or passes on and logs."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, began = Headers(scope=scope), time.perf_counter()
        status, request_id, began_answer = 500, str(uuid.uuid4()), False

        async def sending(message: Message) -> None:
            nonlocal status, began_answer
            if message["type"] == "http.response.start":
                status, began_answer = message["status"], True
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            if refusal := self._refusal(scope, headers):
                await refusal(scope, receive, sending)
            else:
                await self._limited(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - whoever serves us would log its message, and with it a person's words
            answer = unexpected(error, getattr(scope.get("route"), "path", "other"))
            if began_answer:  # too late for another one: the connection has to break, and it does without a word
                raise BrokenOff from None
            await answer(scope, receive, sending)
        finally:
            self._record(scope, status, request_id, time.perf_counter() - began)

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        host, origin = host_of(headers.get("host", "")), headers.get("origin")
        if host not in self._hosts:
            return problem(
                403, "Foreign host", f"Host: found {host!r}, allowed are {sorted(self._hosts)}", field="Host"
            )
        if origin and origin != "null" and host_of(urlsplit(origin).netloc) not in self._hosts:
            return problem(403, "Foreign origin", f"Origin: found {origin!r}, allowed is this machine", field="Origin")
        if origin == "null" or headers.get("sec-fetch-site") == "cross-site":
            return problem(403, "Foreign origin", "Origin: requests across sites are refused", field="Origin")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most(scope):
            return _too_large(self._most(scope))
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        wanted = _FILES if scope["path"] == _IMPORT else ("application/json",)
        if length != "0" and kind not in wanted:
            detail = f"Content-Type: found {kind or 'nothing'!r}, allowed is {' or '.join(wanted)}"
            return problem(415, "Unsupported body", detail, field="Content-Type")
        return None

    def _most(self, scope: Scope) -> int:
        return MOST_IMPORT_BYTES if scope["path"] == _IMPORT else MOST_BYTES

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        most, seen = self._most(scope), 0

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLarge(most)
            return message

        try:
            await self._app(scope, receiving, send)
        except TooLarge:
            await _too_large(most)(scope, receive, send)

    @staticmethod
    def _record(scope: Scope, status: int, request_id: str, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        REQUESTS.labels(route, scope["method"], str(status)).inc()
        REQUEST_SECONDS.labels(route).observe(seconds)
        line = {"request": request_id, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.info(json.dumps(line))


def _too_large(most: int) -> ASGIApp:
    return problem(413, "The body is too large", f"body: at most {most} bytes are allowed", field="body")
