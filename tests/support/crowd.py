"""One of several processes that use one journal at the same time, each with a crowd of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from agent.domain import Emotion, Idempotency, Reading
from agent.errors import Conflict, Unavailable
from agent.revision import Changes
from journal.store import Store

THREADS, ROUNDS = 8, 6
T = TypeVar("T")
READING = Reading(emotions=(Emotion(label="joy", probability=0.9),), model="emotion-1")


def patiently(work: Callable[[], T]) -> T:
    """What a client does with a busy journal: asks again."""
    for _ in range(30):
        try:
            return work()
        except Unavailable:
            continue
    raise AssertionError("the journal was busy thirty times in a row")


def use(url: str, key_file: Path, process: int, common: str, pipe: Connection) -> None:
    """Opens the journal, waits for the start, and lets everybody in. Sends what came of it: entries of one's own by
    key, what was answered under keys that all processes share, and how often the entry `common` was edited."""
    store = Store(url, key_file)
    pipe.send("ready")
    pipe.recv()
    with ThreadPoolExecutor(THREADS) as crowd:
        pipe.send(list(crowd.map(lambda thread: one(store, f"{process}-{thread}", common), range(THREADS))))
    store.close()


def one(store: Store, name: str, common: str) -> dict[str, Any]:
    """One of the crowd."""
    own, shared, edits = {}, [], 0
    for number in range(ROUNDS):
        key = f"{name}-{number}"
        mine = patiently(lambda key=key: store.add("ada", key, idempotency=Idempotency(key=key, body="a" * 64)))
        own[key] = mine.entry.id
        patiently(lambda mine=mine: store.attach("ada", mine.entry.id, "reading", READING))
        patiently(lambda key=key: store.finish("ada", key, whole=True))
        shared.append((number, *together(store, number)))
        changes = Changes(tags=(key,))
        patiently(lambda changes=changes: store.edit("ada", common, changes=changes))
        edits += 1
        gone = patiently(lambda: store.add("ada", "to be deleted")).entry.id
        patiently(lambda gone=gone: store.delete("ada", gone))
        assert store.get("ada", mine.entry.id).labels == ("joy",)
    return {"own": own, "shared": shared, "edits": edits}


def together(store: Store, number: int) -> tuple[str, str | None]:
    """The answer to a request that everybody sends at the same time under the same key."""
    promise = Idempotency(key=f"shared-{number}", body="a" * 64)
    try:
        added = patiently(lambda: store.add("ada", f"shared {number}", idempotency=promise))
    except Conflict:
        return "conflict", None
    if added.state == "new":
        patiently(lambda: store.finish("ada", promise.key, whole=True))
    return added.state, added.entry.id
