"""People who write entries one after the other while things break beneath them, and what they were told."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from agent.events import from_sse

Outcome = Literal["ended", "running", "again"]
"""Of one request: its turn has ended, its turn is still held by a request before it, or it must be sent again."""


@dataclass
class Told:
    """What the writers were told: ids of texts that are kept, what they have seen on the way, and the texts whose turn
    a dead process still holds."""

    kept: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    held: list[str] = field(default_factory=list)
    stop: bool = False

    def keep(self, text: str, entry_id: str) -> None:
        """Whatever was once acknowledged has one id for ever."""
        assert self.kept.setdefault(text, entry_id) == entry_id, f"{text!r} was stored twice"


async def write(url: str, writer: int, told: Told, *, wait: bool = True) -> None:
    """Writes one entry after the other, each until its turn has ended; a broken one is sent again under its key.
    Without `wait`, a text whose turn is held is put aside."""
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        number = 0
        while not told.stop:
            number += 1
            text = f"writer {writer} cried over entry {number}"
            while (outcome := await once(http, text, told, streamed=number % 2 == 0)) != "ended":
                if outcome == "running" and not wait:
                    told.held.append(text)
                    break
                await asyncio.sleep(0.05)


async def once(http: httpx.AsyncClient, text: str, told: Told, *, streamed: bool) -> Outcome:
    """Sends an entry. One text always comes under one key."""
    headers = {"Idempotency-Key": text.replace(" ", "-")} | ({"accept": "text/event-stream"} if streamed else {})
    request = http.build_request("POST", "/v1/entries", json={"text": text, "suggest": False}, headers=headers)
    try:
        answer = await http.send(request, stream=True)
        try:
            told.seen[str(answer.status_code)] += 1
            if answer.status_code != 201:
                return "running" if answer.status_code == 409 else "again"
            return await (_streamed(answer, text, told) if streamed else _whole(answer, text, told))
        finally:
            await answer.aclose()
    except httpx.ConnectError:
        pass  # nobody was there yet
    except httpx.HTTPError:
        told.seen["broken"] += 1
    return "again"


async def _whole(answer: httpx.Response, text: str, told: Told) -> Outcome:
    await answer.aread()
    told.keep(text, answer.json()["id"])
    return "ended"


async def _streamed(answer: httpx.Response, text: str, told: Told) -> Outcome:
    lines: list[str] = []
    async for line in answer.aiter_lines():
        lines.append(line)
        for event in from_sse(lines) if not line else ():
            if event.name == "saved":
                told.keep(text, event.data["id"])
            if event.last:
                told.seen[f"stream {event.name}"] += 1
                return "ended" if event.name == "done" else "again"
    return "again"


async def everything(http: httpx.AsyncClient) -> dict[str, list[str]]:
    """The ids under which each text is kept, asked for page by page."""
    found: dict[str, list[str]] = {}
    query: dict[str, Any] = {"limit": 200}
    while query.get("cursor", "first"):
        page = (await http.get("/v1/entries", params=query, timeout=60)).json()
        for entry in page["entries"]:
            found.setdefault(entry["text"], []).append(entry["id"])
        query["cursor"] = page["cursor"]
    return found
