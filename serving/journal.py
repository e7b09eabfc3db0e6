"""The journal's deployment: `journal.store` on threads. Readers have threads of their own: writers who wait for a lock
or for a slow disk do not hold them up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from agent.access import Accounts
from agent.config import ROOT, JournalConfig
from agent.errors import Unavailable
from agent.ports import Journal
from journal.search import Embed, Vectors
from journal.store import Store
from serving import passphrase
from serving.artifacts import data_folder, load_sources
from serving.handles import Remote
from serving.indexer import Indexer

METHODS = frozenset(name for port in (Journal, Accounts) for name in vars(port) if not name.startswith("_"))
"""What may be called from outside: the methods of `agent.ports.Journal` and of `agent.access.Accounts`."""


READING = frozenset(
    {"get", "entries", "history", "search", "settings", "verdicts", "kept", "insights", "week", "similar", "imports"}
)
"""Methods that only look, quickly, and never wait for a writer."""

_WRITERS, _READERS = 32, 8
"""Threads: as many writers as Serve hands to one replica at a time, so that none waits for another's deadline."""

_TOUCHING = frozenset({"add", "edit", "import_archive", "take_in"})
_ENCODER_SECONDS = 60.0


def open_store(config: JournalConfig, embed: Embed | None = None) -> Store:
    """The store of a configuration; migrations run on open."""
    url = config.resolved_url() or f"sqlite:///{data_folder() / 'journal.db'}"
    encoder = "-".join(load_sources(ROOT / "configs" / "artifacts.yaml")["encoder"].files.values())
    return Store(url, passphrase.key_path(config), embed=embed, encoder=encoder, passphrase=passphrase.given())


class JournalServer:
    """Keeps entries. With SQLite there is exactly one of these. `recommender` is the deployment that has the encoder;
    without it, or while it is down, search goes by words."""

    def __init__(self, config: JournalConfig, recommender: Any = None) -> None:
        self._encoder = Remote(recommender, "encoder", _ENCODER_SECONDS)
        self._store = open_store(config, self._embed if recommender is not None else None)
        self._indexer = Indexer(self._store)
        self._writers = ThreadPoolExecutor(_WRITERS, "journal-write")
        self._readers = ThreadPoolExecutor(_READERS, "journal-read")
        self._loop: asyncio.AbstractEventLoop | None = None

    def _embed(self, texts: Sequence[str]) -> Vectors:
        """For the store's threads: asks the encoder on the loop of this replica, which its handle belongs to."""
        if self._loop is None:
            raise Unavailable("the encoder is not there yet")
        vectors: Vectors = asyncio.run_coroutine_threadsafe(self._encoder.embed(list(texts)), self._loop).result()
        return vectors

    async def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Runs one method of the journal port by name."""
        if method not in METHODS:
            raise AttributeError(f"the journal has no method {method!r}")
        threads = self._readers if method in READING else self._writers
        work = partial(getattr(self._store, method), *args, **kwargs)
        result = await asyncio.get_running_loop().run_in_executor(threads, work)
        if method in _TOUCHING:
            self._begin()
            self._indexer.touch(args[0])
        return result

    async def check_health(self) -> None:
        """Asks the database a question; an error here makes Serve replace the replica."""
        self._begin()
        await asyncio.get_running_loop().run_in_executor(self._readers, self._store.check)

    def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._indexer.begin()
