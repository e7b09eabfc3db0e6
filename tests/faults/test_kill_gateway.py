"""kill -9 of the gateway under writes: nothing acknowledged is lost, nothing is doubled under the same key."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from support.gateway_process import CYCLES, RealGateway
from support.writers import Told, write

WRITERS = 4


@pytest.mark.timeout(120 + 10 * CYCLES)
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
