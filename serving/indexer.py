"""What the journal does when nobody waits: opens journals in memory, and embeds what was written, a few at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from agent.errors import DiscoveryError

log = logging.getLogger("discovery.journal")


class Indexed(Protocol):
    """What of the store the indexer works with."""

    def persons(self) -> list[str]:
        """The ids of all persons."""
        ...

    def open_all(self, person: str) -> int:
        """Brings a journal into memory."""
        ...

    def index(self, person: str, *, most: int) -> int:
        """Embeds up to `most` entries; returns how many were."""
        ...


class Indexer:
    """Embeds behind the backs of readers and writers. `settle` is how many seconds a new entry waits, so that its turn
    is over first; `retry` how many the encoder is left alone after it failed; `most` how many texts go to it at once.
    """

    def __init__(self, store: Indexed, *, settle: float = 2.0, retry: float = 15.0, most: int = 16) -> None:
        self._store, self._settle, self._retry, self._most = store, settle, retry, most
        self._waiting: dict[str, None] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Starts the work on the running loop, once."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    def touch(self, person: str) -> None:
        """Something of this person was written."""
        self._waiting[person] = None
        self._news.set()

    async def _work(self) -> None:
        await self._patiently(self._open)
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(self._settle)
            await self._patiently(self._index)

    async def _open(self) -> None:
        for person in await asyncio.to_thread(self._store.persons):
            await asyncio.to_thread(self._store.open_all, person)
            self.touch(person)

    async def _index(self) -> None:
        while self._waiting:
            person = next(iter(self._waiting))
            while await asyncio.to_thread(self._store.index, person, most=self._most):
                await asyncio.sleep(0)
            self._waiting.pop(person, None)

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except DiscoveryError as error:
            log.warning("indexing waits: %s", type(error).__name__)
            asyncio.get_running_loop().call_later(self._retry, self._news.set)
