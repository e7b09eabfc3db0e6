"""A turn as a stream of server-sent events: numbered, with pings while it is quiet, and one last event always."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from agent.errors import DiscoveryError
from agent.events import Event, failed, to_sse

PING_SECONDS = 15.0
log = logging.getLogger("discovery.http")

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def lines(
    events: AsyncIterator[Event], ended: Callable[[bool], Awaitable[None]], ping: float = PING_SECONDS
) -> AsyncIterator[str]:
    """The events as they come. `ended` is told at the end whether the turn was whole; a client that leaves is not."""
    number, whole = 0, False
    try:
        async for event in _pinged(events, ping):
            if event is None:
                yield ": ping\n\n"
                continue
            number += 1
            whole = event.name == "done"
            if whole:
                await ended(True)
            yield to_sse(event, number)
    except DiscoveryError as error:
        yield to_sse(failed("journal", str(error), fatal=True), number + 1)
    except Exception as error:  # noqa: BLE001 - the edge: a stream must end properly whatever happened
        log.error("a turn broke with %s", type(error).__name__)
        yield to_sse(failed("turn", "Something went wrong on our side; the entry is kept.", fatal=True), number + 1)
    finally:
        if not whole:
            await asyncio.shield(ended(False))


async def _pinged(events: AsyncIterator[Event], ping: float) -> AsyncIterator[Event | None]:
    """The events, with None whenever nothing came for `ping` seconds."""
    upcoming: asyncio.Task[Event] | None = None
    try:
        while True:
            upcoming = upcoming or asyncio.ensure_future(anext(events))  # type: ignore[arg-type]
            done, _ = await asyncio.wait([upcoming], timeout=ping)
            if not done:
                yield None
                continue
            try:
                event = upcoming.result()
            except StopAsyncIteration:
                return
            upcoming = None
            yield event
    finally:
        if upcoming:
            upcoming.cancel()
