"""kill -9 under the real Ray Serve, while people write: every entry that was acknowledged is there, exactly once.

Its module sorts before those of the shared product: two Rays on one machine disturb each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from pathlib import Path

import httpx
import psutil
import pytest
import yaml
from support.product import ROOT, Product, start, stop
from support.writers import Told, everything, once, write

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
WRITERS = 4
VICTIMS = ("ServeReplica:discovery:gateway", "ServeReplica:discovery:journal", "ProxyActor") * 2
"""Who is killed, in this order. On one machine the gateway is the ingress itself; Serve's proxy stands beside it."""


def without_a_language_model(folder: Path) -> Path:
    """The configuration of a laptop, less what plays no part in keeping an entry."""
    config = yaml.safe_load((ROOT / "configs" / "local.yaml").read_text())
    config["applications"] = config["applications"][:1]
    config["applications"][0]["args"]["llm"] = "none"
    path = folder / "alone.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def kill(product: Product, name: str, seconds: float = 60) -> None:
    """kill -9 of one process of this product's own, by what Ray calls it, once it is there."""
    end = time.monotonic() + seconds
    while not (found := [p for p in psutil.Process(product.process.pid).children(recursive=True) if called(p, name)]):
        assert time.monotonic() < end, f"there is no {name}"
        time.sleep(0.2)
    [victim] = found
    victim.kill()
    victim.wait(30)


def called(process: psutil.Process, name: str) -> bool:
    """Whether a process that is alive has this in its title."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return any(name in word for word in process.cmdline()[:1])
    return False


async def some_more(told: Told, wanted: int = 8, seconds: float = 60) -> None:
    """Until so many more texts are acknowledged."""
    enough, end = len(told.kept) + wanted, time.monotonic() + seconds
    while len(told.kept) < enough:
        assert time.monotonic() < end, f"nobody could write any more: {told.seen}"
        await asyncio.sleep(0.01)


async def ended(http: httpx.AsyncClient, text: str, told: Told) -> None:
    """Sends a text again until its turn has ended; that of a killed process is free after a minute."""
    while await once(http, text, told, streamed=False) != "ended":
        await asyncio.sleep(1)


async def test_whoever_is_killed_no_acknowledged_entry_is_lost_or_doubled(tmp_path: Path) -> None:
    chance, told = random.Random(8), Told()
    product = start(tmp_path, "--config", str(without_a_language_model(tmp_path)))
    try:
        product.wait("journal", "classifier")
        writers = [asyncio.create_task(write(product.api, n, told, wait=False)) for n in range(WRITERS)]
        for victim in VICTIMS:
            await some_more(told)
            await asyncio.sleep(chance.uniform(0, 0.3))
            await asyncio.to_thread(kill, product, victim)
        await some_more(told)
        told.stop = True
        await asyncio.wait_for(asyncio.gather(*writers), 60)
        hit = told.seen["broken"] + told.seen["503"] + told.seen["stream failed"]
        assert hit >= 2, told.seen  # the kills did meet what was on its way
        assert set(told.seen) <= {"201", "409", "500", "503", "broken", "stream done", "stream failed"}, told.seen
        async with httpx.AsyncClient(base_url=product.api, timeout=30, trust_env=False) as http:
            stored = await everything(http)
            assert {text: [entry_id] for text, entry_id in told.kept.items()}.items() <= stored.items()
            # Everything again under its key, acknowledged or not: one id for one text, as it was.
            await asyncio.gather(*(ended(http, text, told) for text in {*told.kept, *told.held}))
            again = await everything(http)
        assert again == {text: [entry_id] for text, entry_id in told.kept.items()}
    finally:
        stop(product)
        if product.process.poll() is None:
            product.process.kill()
    with sqlite3.connect(next((tmp_path / "data").rglob("journal.db"))) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
