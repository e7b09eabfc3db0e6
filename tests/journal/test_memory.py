from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from agent.domain import Correction
from agent.errors import Unavailable
from journal import memory
from journal.search import Vectors
from journal.store import Store

Open = Callable[..., Store]
AXES = {"lonely": 0, "abandoned": 0, "pizza": 1}


class Embedding:
    """Texts to unit vectors along an axis a word; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(list(texts))
        vectors = np.zeros((len(texts), 384), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, next((axis for word, axis in AXES.items() if word in text), 2)] = 1
        return vectors


def opened(tmp_path: Path, **arguments: object) -> Store:
    return Store(f"sqlite:///{tmp_path}/data/journal.db", tmp_path / "k", **arguments)  # type: ignore[arg-type]


def test_meaning_is_searched_and_embedded_once(tmp_path: Path) -> None:
    embed = Embedding()
    store = opened(tmp_path, embed=embed)
    left, pizza = store.add("ada", "I was abandoned").entry, store.add("ada", "pizza night").entry
    assert store.search("ada", "lonely") == [left]
    assert embed.asked == [["pizza night", "I was abandoned"], ["lonely"]]
    store.edit("ada", left.id, correction=Correction(valence=-0.5))
    assert [e.id for e in store.search("ada", "pizza")] == [pizza.id]
    assert embed.asked[2:] == [["pizza"]]
    store.edit("ada", left.id, text="more pizza")
    assert {e.id for e in store.search("ada", "pizza")} == {left.id, pizza.id}
    assert embed.asked[3:] == [["more pizza"], ["pizza"]]
    store.delete("ada", pizza.id)
    assert [e.id for e in store.search("ada", "pizza")] == [left.id]
    store.close()


def test_blank_queries_and_empty_journals_ask_no_embedder(tmp_path: Path) -> None:
    embed = Embedding()
    store = opened(tmp_path, embed=embed)
    assert store.search("ada", "lonely") == []
    store.add("ada", "abandoned")
    assert store.search("ada", "  ") == [] and embed.asked == []
    store.close()


def test_many_entries_are_embedded_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "EMBED_BATCH", 4)
    embed = Embedding()
    store = opened(tmp_path, embed=embed)
    for number in range(10):
        store.add("ada", f"pizza {number}")
    assert len(store.search("ada", "pizza", limit=20)) == 10
    assert [len(batch) for batch in embed.asked] == [4, 4, 2, 1]
    store.close()


def test_a_broken_embedder_does_not_break_the_next_search(tmp_path: Path) -> None:
    working = Embedding()
    faults = [Unavailable("the model is down")]

    def embed(texts: Sequence[str]) -> Vectors:
        if faults:
            raise faults.pop()
        return working(texts)

    store = opened(tmp_path, embed=embed)
    entry = store.add("ada", "abandoned").entry
    with pytest.raises(Unavailable):
        store.search("ada", "lonely")
    assert store.search("ada", "lonely") == [entry]
    store.close()


def test_the_journal_used_longest_ago_leaves_memory_and_comes_back(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_PERSONS", 2)
    store = open_store()
    for person in ("ada", "bob", "cy"):
        store.add(person, f"I am {person}")
        assert len(store.entries(person)[0]) == 1
    assert list(store._memory._places) == ["bob", "cy"]
    assert [e.text for e in store.search("ada", "ada")] == ["I am ada"]
