"""Which parts answer: asked by doing a little of their real work, with a deadline, and remembered for a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from agent.errors import DiscoveryError

Probe = Callable[[], Awaitable[object]]

FRESH_SECONDS = 5.0
"""How long an answer counts: a poller must not become a load."""


class Readiness:
    """`probes` by part name; a part that has never answered is `starting`, one that did and stopped is `down`."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = dict(probes)
        self._asked: dict[str, float] = {}
        self._state = dict.fromkeys(self._probes, "starting")
        self._locks = {name: asyncio.Lock() for name in self._probes}

    async def report(self) -> dict[str, Any]:
        """`{status: starting|degraded|ready, parts: {name: starting|down|ready}}`."""
        await asyncio.gather(*(self._ask(name) for name in self._probes))
        states = set(self._state.values())
        status = "ready" if states == {"ready"} else "degraded" if "down" in states else "starting"
        return {"status": status, "parts": dict(self._state)}

    async def _ask(self, name: str) -> None:
        async with self._locks[name]:
            if time.monotonic() - self._asked.get(name, -FRESH_SECONDS) < FRESH_SECONDS:
                return
            try:
                await self._probes[name]()
                self._state[name] = "ready"
            except DiscoveryError:
                if self._state[name] == "ready":
                    self._state[name] = "down"
            self._asked[name] = time.monotonic()
