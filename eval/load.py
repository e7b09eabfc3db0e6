"""Load on an HTTP route: a closed loop for capacity, an open loop for latency.

In an open loop requests come at a rate whatever the server does, and a latency counts from when its request was due: a
server that falls behind is seen to (a closed loop would wait politely and hide it).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np

Body = dict[str, Any]


@dataclass(frozen=True)
class Latency:
    """Milliseconds of every answer, how many were asked, and how many of them failed."""

    took: list[float]
    asked: int
    failed: int


async def _closed(url: str, bodies: Sequence[Body], clients: int, seconds: float) -> float:
    end, done = time.perf_counter() + seconds, 0

    async def client(http: httpx.AsyncClient, number: int) -> None:
        nonlocal done
        while time.perf_counter() < end:
            (await http.post(url, json=bodies[number % len(bodies)])).raise_for_status()
            number, done = number + 1, done + 1

    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as http:
        await asyncio.gather(*(client(http, i * 7) for i in range(clients)))
    return done / seconds


def capacity(
    url: str, bodies: Sequence[Body], *, clients: int = 8, seconds: float = 5.0, repeats: int = 3
) -> list[float]:
    """Requests a second of `clients`, each asking as soon as it was answered, one figure a repeat; after two seconds to
    warm up."""
    asyncio.run(_closed(url, bodies, clients, min(2.0, seconds)))
    return [asyncio.run(_closed(url, bodies, clients, seconds)) for _ in range(repeats)]


async def _open(url: str, bodies: Sequence[Body], rate: float, seconds: float) -> Latency:
    gaps = np.random.default_rng(0).exponential(1.0 / rate, max(1, round(rate * seconds)))
    due, took, failed = np.cumsum(gaps), list[float](), 0
    began = time.perf_counter()

    async def one(http: httpx.AsyncClient, number: int) -> None:
        nonlocal failed
        await asyncio.sleep(max(0.0, began + due[number] - time.perf_counter()))
        try:
            (await http.post(url, json=bodies[number % len(bodies)])).raise_for_status()
        except httpx.HTTPError:
            failed += 1
            return
        took.append(1000 * (time.perf_counter() - began - due[number]))

    limits = httpx.Limits(max_connections=256)
    async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as http:
        await asyncio.gather(*(one(http, number) for number in range(len(due))))
    return Latency(took, len(due), failed)


def latency(url: str, bodies: Sequence[Body], rate: float, seconds: float = 10.0) -> Latency:
    """Latencies at `rate` requests a second, which come at random as people do (Poisson, a fixed seed)."""
    return asyncio.run(_open(url, bodies, rate, seconds))
