"""The journal's deployment: `journal.store` on threads, so that one slow disk does not hold up the others' reads."""

from __future__ import annotations

import asyncio
from typing import Any

from agent.config import JournalConfig
from agent.ports import Journal
from journal.store import Store
from serving.artifacts import data_folder

METHODS = frozenset(name for name in vars(Journal) if not name.startswith("_"))
"""What may be called from outside: the methods of `agent.ports.Journal`."""


def open_store(config: JournalConfig) -> Store:
    """The store of a configuration; migrations run on open."""
    folder = data_folder()
    url = config.resolved_url() or f"sqlite:///{folder / 'journal.db'}"
    return Store(url, config.key_file or folder / "master.key")


class JournalServer:
    """Keeps entries. With SQLite there is exactly one of these."""

    def __init__(self, config: JournalConfig) -> None:
        self._store = open_store(config)

    async def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Runs one method of the journal port by name."""
        if method not in METHODS:
            raise AttributeError(f"the journal has no method {method!r}")
        return await asyncio.to_thread(getattr(self._store, method), *args, **kwargs)

    async def check_health(self) -> None:
        """Asks the database a question; an error here makes Serve replace the replica."""
        await asyncio.to_thread(self._store.check)
