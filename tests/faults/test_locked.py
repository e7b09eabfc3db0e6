"""Another program holds the journal's file: writers are told so in time, readers notice nothing, no thread is stuck."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time

import httpx
import pytest
from support.gateway_process import RealGateway

SECONDS = float(os.environ.get("DISCOVERY_LOCKED_SECONDS", "8"))
"""How long it is held; `make soak` asks for 30."""
WRITERS = 24


async def read(http: httpx.AsyncClient, until: float) -> list[float]:
    """Seconds of each read while the lock is held."""
    took = []
    while time.monotonic() < until:
        began = time.monotonic()
        assert (await http.get("/v1/entries")).status_code == 200
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.1)
    return took


@pytest.mark.timeout(120 + 2 * SECONDS)
async def test_a_locked_journal_answers_503_and_reads_go_on(gateway: RealGateway) -> None:
    # A connection idle for as long as the server keeps it may be closed under the next request: drop it before.
    limits = httpx.Limits(max_connections=WRITERS + 4, keepalive_expiry=1)
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60, trust_env=False, limits=limits) as http:

        async def write(number: int) -> httpx.Response:
            body, headers = {"text": f"I sang {number}", "suggest": False}, {"Idempotency-Key": str(number)}
            return await http.post("/v1/entries", json=body, headers=headers)

        assert (await write(-1)).status_code == 201
        other = sqlite3.connect(gateway.folder / "data" / "journal.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        until, began = time.monotonic() + SECONDS, time.monotonic()
        reading = asyncio.create_task(read(http, until))
        answers = await asyncio.gather(*(write(number) for number in range(WRITERS)))
        waited = time.monotonic() - began
        assert waited < SECONDS + 5
        took = await reading
        other.rollback()
        other.close()
        assert {answer.status_code for answer in answers} == {503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
        assert all("Nothing was stored" in answer.json()["detail"] for answer in answers)
        assert sorted(took)[len(took) // 2] < 0.3 and max(took) < 2, took
        began = time.monotonic()
        after = await asyncio.gather(*(write(number) for number in range(WRITERS)))
        assert {answer.status_code for answer in after} == {201} and time.monotonic() - began < 20
    texts = await asyncio.to_thread(gateway.texts)
    assert sorted(texts) == sorted(f"I sang {number}" for number in range(-1, WRITERS))
