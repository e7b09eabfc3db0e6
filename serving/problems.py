"""Errors as problem documents (RFC 9457): what went wrong, in which field, what was found and what is allowed."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from agent.errors import (
    ArtifactError,
    Conflict,
    DiscoveryError,
    Invalid,
    KeyReused,
    NotAllowed,
    NotFound,
    NotSignedIn,
    StorageFull,
    TooMany,
    Unavailable,
)

log = logging.getLogger("discovery.http")

_STATUS: tuple[tuple[type[DiscoveryError], int, str], ...] = (
    (Invalid, 422, "Something in the request cannot be used"),
    (NotFound, 404, "Not found"),
    (NotSignedIn, 401, "Sign in first"),
    (NotAllowed, 403, "This credential does not reach so far"),
    (TooMany, 429, "Too many attempts"),
    (Conflict, 409, "The same request is still running"),
    (KeyReused, 422, "The idempotency key was used for another request"),
    (StorageFull, 507, "The disk is full"),
    (Unavailable, 503, "A part of Discovery cannot answer now"),
    (ArtifactError, 503, "A model file is not what it should be"),
)
_MOST_SHOWN = 80


def problem(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document. `more` are extra members such as `field`."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, media_type="application/problem+json")


def from_error(error: DiscoveryError, **more: Any) -> JSONResponse:
    """The problem document of one of our errors. `more` are extra members."""
    status, title = next(((s, t) for kind, s, t in _STATUS if isinstance(error, kind)), (500, "Something went wrong"))
    named = {"field": error.field} if isinstance(error, Invalid) else {}
    response = problem(status, title, str(error), **named, **more)
    if isinstance(error, NotSignedIn):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Unavailable | TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Conflict):
        response.headers["Retry-After"] = "1"
    return response


def _shown(value: Any) -> str:
    """What was received, shortened, and never a person's text at length."""
    shown = ascii(value)
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}... ({len(shown)} characters)"


def from_validation(error: RequestValidationError) -> JSONResponse:
    """422 (or 400 for what is not JSON at all), naming each field, what was received and what is allowed."""
    first = error.errors()[0]
    if first["type"] in ("json_invalid", "missing") and first["loc"] == ("body",):
        return problem(400, "The body is not JSON", f"body: {first['msg']}", field="body")
    faults = [
        {"field": ".".join(str(p) for p in e["loc"] if p != "body") or "body",
         "allowed": e["msg"].removeprefix("Value error, "),
         "received": "(not shown)" if "password" in e["loc"] else _shown(e.get("input"))}
        for e in error.errors()
    ]  # fmt: skip
    status = 400 if first["type"] == "json_invalid" else 422
    detail = "; ".join(f"{f['field']}: {f['allowed']}, received {f['received']}" for f in faults[:5])
    return problem(status, _STATUS[0][2], detail, field=faults[0]["field"], errors=faults[:20])


def install(app: FastAPI) -> None:
    """Answers every error of the app with a problem document."""

    @app.exception_handler(DiscoveryError)
    async def _ours(request: Request, error: DiscoveryError) -> JSONResponse:
        return from_error(error)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        return from_validation(error)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        if (field := getattr(error, "field", None)) is not None:  # one of ours: see `serving.guard`
            response = problem(error.status_code, error.title, str(error.detail), field=field)  # type: ignore[attr-defined]
        else:
            response = problem(error.status_code, str(error.detail), f"{request.method} {request.url.path}")
        response.headers.update(error.headers or {})
        return response


def unexpected(error: Exception, route: str) -> JSONResponse:
    """The problem document of an error that nobody foresaw. Its type and place are logged and nothing else: the message
    of an unknown error may hold a person's words."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f"{Path(last[0].filename).name}:{last[0].lineno}" if last else "nowhere"
    log.error("unexpected %s at %s", type(error).__name__, place, extra={"route": route})
    return problem(500, "Something went wrong on our side", "The error was logged; nothing was half stored.")
