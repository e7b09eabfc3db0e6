"""kill -9 of the gateway under writes: nothing acknowledged is lost, nothing is doubled under the same key."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from support.gateway_process import CYCLES, RealGateway

from agent.events import from_sse

WRITERS = 4


@dataclass
class Told:
    """What the writers were told: ids of texts that are kept, and what they have seen on the way."""

    kept: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    stop: bool = False


async def write(url: str, writer: int, told: Told) -> None:
    """Writes one entry after the other, each until its turn has ended; a broken one is sent again under its key."""
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        number = 0
        while not told.stop:
            number += 1
            text = f"writer {writer} cried over entry {number}"
            while not await once(http, text, told, streamed=number % 2 == 0):
                await asyncio.sleep(0.05)


async def once(http: httpx.AsyncClient, text: str, told: Told, *, streamed: bool) -> bool:
    """Sends an entry; true when its turn has ended. One text always comes under one key."""
    headers = {"Idempotency-Key": text.replace(" ", "-")} | ({"accept": "text/event-stream"} if streamed else {})
    body = {"text": text, "suggest": False}
    try:
        if not streamed:
            answer = await http.post("/v1/entries", json=body, headers=headers)
            told.seen[str(answer.status_code)] += 1
            if answer.status_code == 201:
                keep(told, text, answer.json()["id"])
            return answer.status_code == 201
        async with http.stream("POST", "/v1/entries", json=body, headers=headers) as answer:
            told.seen[f"stream {answer.status_code}"] += 1
            lines: list[str] = []
            async for line in answer.aiter_lines():
                lines.append(line)
                for event in from_sse(lines) if not line else ():
                    if event.name == "saved":
                        keep(told, text, event.data["id"])
                    if event.last:
                        return event.name == "done"
    except httpx.ConnectError:
        pass  # nobody was there yet
    except httpx.HTTPError:
        told.seen["broken"] += 1
    return False


def keep(told: Told, text: str, entry_id: str) -> None:
    """Whatever was once acknowledged has one id for ever."""
    assert told.kept.setdefault(text, entry_id) == entry_id, f"{text!r} was stored twice"


@pytest.mark.timeout(120 + 5 * CYCLES)
async def test_kill_9_of_the_gateway_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance, told, gateway = random.Random(7), Told(), RealGateway(tmp_path)
    await asyncio.to_thread(gateway.start)
    writers = [asyncio.create_task(write(gateway.url, n, told)) for n in range(WRITERS)]
    for _ in range(CYCLES):
        before, deadline = len(told.kept), time.monotonic() + 20
        while len(told.kept) == before and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        await asyncio.sleep(chance.uniform(0, 0.1))
        gateway.kill()
        await asyncio.to_thread(gateway.start)
    told.stop = True
    await asyncio.wait_for(asyncio.gather(*writers), 60)
    stored = await asyncio.to_thread(gateway.texts)
    gateway.kill()
    assert told.seen["broken"] >= CYCLES / 5, told.seen  # the kills did hit what was on its way
    assert len(told.kept) >= CYCLES
    assert Counter(stored) == Counter(told.kept.keys())
    with sqlite3.connect(tmp_path / "data" / "journal.db") as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        # Every turn has ended, and its key will answer with what is stored.
        assert {state for (state,) in conn.execute("SELECT state FROM idempotency")} == {"done"}


async def test_one_request_sent_forty_times_at_once_is_one_entry(gateway: RealGateway) -> None:
    headers, body = {"Idempotency-Key": "the same"}, {"text": "I sang once", "suggest": False}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30, trust_env=False) as http:
        answers = await asyncio.gather(*(http.post("/v1/entries", json=body, headers=headers) for _ in range(40)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status_code == 409)
        again = [await http.post("/v1/entries", json=body, headers=headers) for _ in range(3)]
        first = next(answer for answer in answers if answer.status_code == 201)
        assert {answer.text for answer in again} == {first.text}
        other = await http.post("/v1/entries", json=body | {"text": "I sang twice"}, headers=headers)
        assert other.status_code == 422
    assert await asyncio.to_thread(gateway.texts) == ["I sang once"]
