"""The door of the chat: who may ask, for what, and what the page may load.

Chainlit signs the person of this computer in without a password, so the door must keep everybody else out: another
website that points its name at 127.0.0.1 (DNS rebinding) or asks from a foreign page. It also closes every route of
Chainlit that Discovery does not use (files, MCP, threads, feedback), where past holes were found.
What it does not protect from: another account on the same computer, which can reach loopback as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Scope = dict[str, Any]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names that mean this computer."""

PAGES = frozenset({"/", "/login", "/login/callback"})
"""What a browser may open; all of them are the same page."""

ROUTES: dict[str, frozenset[str]] = {
    "/favicon": frozenset({"GET"}),
    "/logo": frozenset({"GET"}),
    "/health": frozenset({"GET"}),
    "/user": frozenset({"GET"}),
    "/auth/config": frozenset({"GET"}),
    "/auth/header": frozenset({"POST"}),
    "/logout": frozenset({"POST"}),
    "/set-session-cookie": frozenset({"POST"}),
    "/project/translations": frozenset({"GET"}),
    "/project/settings": frozenset({"GET"}),
    "/project/action": frozenset({"POST"}),
}
"""Chainlit's routes that the page needs, with the methods it uses."""

FOLDERS = ("/public/", "/assets/", "/avatars/")
"""Folders of files, read only."""

SOCKET = "/ws/socket.io"
"""Where the browser's socket connects; long polling comes here over HTTP first."""

MAX_BODY = 256 * 1024
"""Bytes a request may carry: an entry of 20,000 characters of four bytes fits, escaped, with room."""


class Guard:
    """ASGI middleware. Raises nothing: what is refused gets a plain 400, 403, 404, 411 or 413."""

    def __init__(self, app: Any, hosts: Iterable[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Lets a request through with safe headers on its answer, or refuses it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self.refusal(scope)
        if refusal is None:
            await self.app(scope, receive, _with_headers(scope, send) if scope["type"] == "http" else send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _refuse(send, *refusal)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Why a request is turned away, as status and sentence; None when it may pass."""
        host, origin = header(scope, b"host"), header(scope, b"origin")
        if _name(host) not in self.hosts:
            return 400, f"This page answers to {', '.join(sorted(self.hosts))} only, not to {host!r}."
        if origin and origin not in (f"http://{host}", f"https://{host}"):
            return 403, f"Requests from {origin!r} are refused."
        if not _known(scope):
            return 404, "There is nothing here."
        length = header(scope, b"content-length") or "0"
        if header(scope, b"transfer-encoding"):
            return 411, "A request must say how long it is."
        if not length.isdigit() or int(length) > MAX_BODY:
            return 413, f"A request may carry at most {MAX_BODY} bytes; this one says {length}."
        return None


def header(scope: Scope, name: bytes) -> str:
    """The last value of a header, or the empty string."""
    return next((value.decode("latin-1") for key, value in reversed(scope["headers"]) if key == name), "")


def policy(host: str) -> str:
    """The content-security policy of the page. Chainlit compiles its custom elements in the browser, which needs
    'unsafe-eval'; scripts still come from here only, and nothing can be sent elsewhere."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' ws://{host} wss://{host}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _name(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] or host


def _known(scope: Scope) -> bool:
    path: str = scope["path"]
    if path == SOCKET or path.startswith(f"{SOCKET}/"):
        return True
    if scope["type"] == "websocket":
        return False
    method: str = scope["method"]
    if path in PAGES or path.startswith(FOLDERS):
        return method in ("GET", "HEAD")
    return method in ROUTES.get(path, frozenset())


def _with_headers(scope: Scope, send: Any) -> Any:
    safe = (
        (b"content-security-policy", policy(header(scope, b"host")).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        # Bundles carry their hash in their name; everything else may change with the next version.
        (b"cache-control", b"max-age=31536000, immutable" if scope["path"].startswith("/assets/") else b"no-cache"),
    )
    replaced = {name for name, _ in safe}

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in replaced]
            message = {**message, "headers": [*kept, *safe]}
        await send(message)

    return sending


async def _refuse(send: Any, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
