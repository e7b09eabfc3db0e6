"""How a command reaches the API: one client, one piece of work, then closed."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

from agent.errors import Invalid
from serving.client import DEFAULT_URL, Client

T = TypeVar("T")

_LANGUAGE = re.compile(r"([A-Za-z]{2,3}[_-][A-Za-z]{2})(?:[.@].*)?")


def ask(url: str | None, work: Callable[[Client], Awaitable[T]]) -> T:
    """Does a piece of work with a client of the API at `url` (None: where `make run` puts it), with the session or API
    key in `DISCOVERY_TOKEN` if there is one.
    Raises `Invalid` for an address that is none, and `serving.client.ClientError`."""
    address = _address(url or DEFAULT_URL)

    async def work_and_close() -> T:
        async with Client(address, language=language(), token=os.environ.get("DISCOVERY_TOKEN")) as client:
            return await work(client)

    return asyncio.run(work_and_close())


def language() -> str | None:
    """The language and region this terminal is set to, such as de-AT: it says whose helplines to show."""
    setting = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    found = _LANGUAGE.fullmatch(setting)
    return found.group(1).replace("_", "-") if found else None


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not re.fullmatch(r"[!-~]+", url):
        raise Invalid("--api", f"found {url!r}, expected an address like http://127.0.0.1:8000")
    return url
