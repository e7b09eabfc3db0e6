"""A process that makes one new master key after the other until somebody kills it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from journal.store import Store


def rotate(url: str, key_file: Path, said: Connection) -> None:
    """Says a word before each rotation."""
    store = Store(url, key_file)
    while True:
        said.send("going")
        store.rotate()
