"""Somebody at a terminal: runs the command line and looks at what came out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fakes.api import Api
from typer.testing import CliRunner, Result

from serving.cli import app

UNSAFE = {chr(code) for code in [*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F)]} - {"\n", "\t"}
"""What must never reach a terminal raw."""

CARD: dict[str, Any] = {
    "region": "ZZ",
    "message": "What you wrote sounds heavy to carry. People can help.",
    "lines": [
        {"name": "The Night Line", "phone": "000 111", "hours": "24/7", "languages": ["en", "fr"], "sources": ["a"]},
        {"name": "Words by Night", "text": "000222", "url": "https://example.org/night", "sources": ["a"]},
    ],
    "emergency": ["000"],
}  # fmt: skip
ITEM: dict[str, Any] = {
    "id": "quiet-game", "title": "Quiet Game", "kind": "game", "year": 2001, "url": "https://example.org/q",
    "minutes": 20, "free": True, "social": False, "reason": "It is as quiet as your evening.", "score": 0.5,
    "warnings": [],
}  # fmt: skip


def entry(number: int = 1, **more: Any) -> dict[str, Any]:
    """An entry as the API gives it, read as sadness."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}", "created_at": "2026-11-03T13:05:00+00:00",
        "text": "It rained all day.", "goal": None, "state_of_mind": None, "safety": {"level": "none"},
        "emotions": reading(sadness=0.71), "evidence": None, "explanation": None, "suggestions": None,
        "correction": None, "labels": ["sadness"],
    } | more  # fmt: skip


def reading(safety: str = "none", *, unsure: bool = False, **emotions: float) -> dict[str, Any]:
    """A classify result."""
    found = [{"label": label, "probability": probability} for label, probability in emotions.items()]
    return {"emotions": found, "unsure": unsure, "safety": safety}


def discovery(*arguments: str, api: Api | str = "", keys: str | bytes | None = None, **environment: str) -> Result:
    """Types `discovery ...` with `keys` as standard input. Whatever comes out is safe to show, and no traceback."""
    url = api.url if isinstance(api, Api) else api
    words = ["--api", url, *arguments] if url else list(arguments)
    seen = CliRunner(env={"COLUMNS": "80", "LC_ALL": "C", "DISCOVERY_API": None, **environment}).invoke(
        app, words, input=keys, prog_name="discovery"
    )
    assert isinstance(seen.exception, SystemExit | None), repr(seen.exception)
    for shown in (seen.stdout, seen.stderr):
        assert not UNSAFE & set(shown), ascii(shown)
        assert "Traceback" not in shown
    return seen


def complaint(seen: Result, code: int) -> str:
    """The one line of a failure."""
    assert seen.exit_code == code, (seen.exit_code, seen.output)
    [line] = seen.stderr.splitlines()
    return line


@contextmanager
def clock(zone: str) -> Iterator[None]:
    """Sets the clock of this machine to a time zone, and back."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
