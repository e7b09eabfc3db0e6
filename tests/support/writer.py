"""A process that writes into a journal until somebody kills it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from agent.domain import Correction, Idempotency
from journal.store import Store


def write(folder: Path, cycle: int, acknowledge: Connection) -> None:
    """Writes, corrects and deletes until it is killed; says which entries are kept, one by one."""
    store = Store(f"sqlite:///{folder}/data/journal.db", folder / "k")
    acknowledge.send("ready")
    number = 0
    while True:
        number += 1
        key = Idempotency(key=f"{cycle}-{number}", body="a" * 64)
        entry = store.add("ada", f"entry {number} " * 200, idempotency=key).entry
        acknowledge.send(entry.id)
        store.edit("ada", entry.id, correction=Correction(valence=0.5))
        if number % 7 == 0:
            gone = store.add("ada", "to be deleted").entry
            store.delete("ada", gone.id)
