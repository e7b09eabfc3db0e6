"""The journal with 10,000 entries: `python -m eval.bench_insights`, about two minutes on two cores.

The store alone, as its deployment calls it: no HTTP, no model. Entries are composed from a fixed seed; their vectors
are random, for only the arithmetic over them is measured. The second figure is the time that the processor worked: on a
busy machine it says more than the first, which a person waits for.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from agent.affect import ASSOCIATIONS
from agent.domain import EMOTIONS, Emotion, Entry, Reading, StateOfMind
from eval.machine import machine
from journal.store import Store

WORDS = (
    "morning train late rain garden sister soup letter quiet walk river work meeting slept badly call friend laughed "
    "tired proud kitchen window music long evening hospital waiting news cold hands bread dog park old photo"
).split()
TAGS = ("sleep", "coffee", "running", "office", "family dinner", "therapy")
Took = tuple[float, float]
"""Median milliseconds on the clock, and of the processor."""

Row = tuple[str, Took, str]


def composed(count: int, seed: int = 6) -> list[Entry]:
    """Entries over three years, three in ten with a state of mind of the person's own."""
    chance, start = random.Random(seed), datetime(2023, 1, 1, 8, tzinfo=UTC)
    return [_entry(chance, start + timedelta(hours=2.6 * number)) for number in range(count)]


def _entry(chance: random.Random, at: datetime) -> Entry:
    labels = chance.sample(EMOTIONS, chance.randint(1, 3))
    found = tuple(Emotion(label=label, probability=round(chance.uniform(0.35, 0.95), 3)) for label in labels)
    mind = StateOfMind(
        valence=round(chance.uniform(-1, 1), 2), associations=tuple(chance.sample(ASSOCIATIONS, chance.randint(0, 2)))
    )
    return Entry(
        id=str(_uuid(chance)),
        person="ada",
        text=" ".join(chance.choices(WORDS, k=60)) + ".",
        created_at=at,
        tags=tuple(chance.sample(TAGS, chance.randint(0, 2))),
        state_of_mind=mind if chance.random() < 0.3 else None,
        reading=Reading(emotions=found, model="bench"),
    )


def _uuid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def embed(texts: Any) -> np.ndarray:
    """Random unit vectors, float32 (n, 384)."""
    made = np.random.default_rng(len(texts)).standard_normal((len(texts), 384)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))


def _ms(work: Callable[[], object], times: int, before: Callable[[], object] = lambda: None) -> Took:
    """What `work` takes; `before` is done each time and not measured."""
    clock, worked = [], []
    for _ in range(times):
        before()
        began, busy = time.perf_counter(), time.process_time()
        work()
        clock.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return median(clock), median(worked)


def measure(folder: Path, count: int, times: int = 15) -> list[Row]:
    """What is asked of a journal of `count` entries, in milliseconds, with what was asked for."""
    where = f"sqlite:///{folder}/data/journal.db", folder / "key"
    store = Store(*where, embed=embed, encoder="bench")
    entries = composed(count)
    store.take_in("ada", entries, format_name="csv")
    while store.index("ada", most=512):
        pass
    export = _ms(lambda: store.export("ada"), 1)
    store.close()
    store = Store(*where, embed=embed, encoder="bench")
    opened = _ms(lambda: store.open_all("ada"), 1)
    changed = [store.entries("ada", limit=1)[0][0].id]

    def touch() -> None:
        store.add("ada", "something new", created_at=datetime(2026, 1, 1, tzinfo=UTC))

    since = datetime(2024, 6, 1, tzinfo=UTC)
    rows = [
        ("open: index in memory", opened, "<= 3000"),
        ("insights, after something was written", _ms(lambda: store.insights("ada"), times, touch), "<= 150"),
        ("insights, asked again", _ms(lambda: store.insights("ada"), times), "<= 150"),
        ("insights of a span, asked for the first time", _spans(store, since, times), "<= 150"),
        ("list, page of 50, after something was written", _ms(lambda: store.entries("ada"), times, touch), "<= 50"),
        ("list, by emotion", _ms(lambda: store.entries("ada", emotion="joy"), times), "<= 50"),
        ("search by words and meaning", _ms(lambda: store.search("ada", "quiet river"), times), "<= 50"),
        ("search, after something was written", _ms(lambda: store.search("ada", "old photo"), times, touch), "<= 50"),
        ("moments like one", _ms(lambda: store.similar("ada", entry_id=changed[0]), times), ""),
        ("export, the whole archive", export, "<= 20000"),
    ]  # fmt: skip
    store.close()
    return rows


def _spans(store: Store, since: datetime, times: int) -> Took:
    number = iter(range(times))
    return _ms(lambda: store.insights("ada", since=since + timedelta(seconds=next(number))), times)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), options.entries)
    print(f"{options.entries:,} entries, {machine()}\n\n| what | ms | ms of work | asked for |\n|---|---|---|---|")
    print("\n".join(f"| {what} | {clock:,.1f} | {work:,.1f} | {limit} |" for what, (clock, work), limit in rows))


if __name__ == "__main__":
    main()
