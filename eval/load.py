"""Load on an HTTP route: a closed loop for capacity, an open loop for latency.

In an open loop requests come at a rate whatever the server does, and a latency counts from when its request was due: a
server that falls behind is seen to (a closed loop would wait politely and hide it).
"""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np

Body = dict[str, Any]

_STUDENT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}
"""Two-sided 95% quantiles of Student's t, by the number of values."""


@dataclass(frozen=True)
class Spread:
    """A mean with its 95% interval over repeats (Student's t); one repeat has none."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of 1 to 10 values. Raises `ValueError` for none, or more."""
        if not 1 <= len(values) <= 10:
            raise ValueError(f"expected 1 to 10 repeats, found {len(values)}")
        mean = statistics.fmean(values)
        if len(values) == 1:
            return cls(mean, math.nan, math.nan)
        half = _STUDENT[len(values)] * statistics.stdev(values) / math.sqrt(len(values))
        return cls(mean, mean - half, mean + half)

    def __str__(self) -> str:
        return (
            f"{self.mean:.0f}" if math.isnan(self.low) else f"{self.mean:.0f} [{max(self.low, 0):.0f}, {self.high:.0f}]"
        )


@dataclass(frozen=True)
class Latency:
    """Milliseconds at these percentiles, how many were asked, and how many of them failed."""

    p50: float
    p99: float
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


def capacity(url: str, bodies: Sequence[Body], *, clients: int = 8, seconds: float = 5.0, repeats: int = 3) -> Spread:
    """Requests a second of `clients`, each asking as soon as it was answered; after two seconds to warm up."""
    asyncio.run(_closed(url, bodies, clients, min(2.0, seconds)))
    return Spread.of([asyncio.run(_closed(url, bodies, clients, seconds)) for _ in range(repeats)])


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
    p50, p99 = np.percentile(took, [50, 99]) if took else (math.nan, math.nan)
    return Latency(float(p50), float(p99), len(due), failed)


def latency(url: str, bodies: Sequence[Body], rate: float, seconds: float = 10.0) -> Latency:
    """Latencies at `rate` requests a second, which come at random as people do (Poisson, a fixed seed)."""
    return asyncio.run(_open(url, bodies, rate, seconds))
