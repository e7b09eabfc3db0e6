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


def test_meaning_is_found_once_it_was_embedded_and_words_before(tmp_path: Path) -> None:
    embed = Embedding()
    store = opened(tmp_path, embed=embed)
    left, pizza = store.add("ada", "I was abandoned").entry, store.add("ada", "pizza night").entry
    assert store.search("ada", "lonely") == [] and store.search("ada", "pizza") == [pizza]
    assert store.index("ada") == 2 and store.index("ada") == 0
    assert store.search("ada", "lonely") == [left]
    assert embed.asked == [["lonely"], ["pizza"], ["pizza night", "I was abandoned"], ["lonely"]]
    store.edit("ada", left.id, correction=Correction(valence=-0.5))
    assert [e.id for e in store.search("ada", "abandoned")] == [left.id] and store.index("ada") == 0
    store.edit("ada", left.id, text="more pizza")
    assert store.search("ada", "lonely") == []  # the old meaning went with the old words
    assert store.index("ada") == 1
    assert {e.id for e in store.search("ada", "pizza")} == {left.id, pizza.id}
    store.delete("ada", pizza.id)
    assert [e.id for e in store.search("ada", "pizza")] == [left.id] and store.index("ada") == 0
    store.close()


def test_vectors_are_kept_for_the_next_opening_and_made_anew_for_another_encoder(tmp_path: Path) -> None:
    first = opened(tmp_path, embed=Embedding(), encoder="one")
    left = first.add("ada", "I was abandoned").entry
    first.index("ada")
    first.close()
    embed = Embedding()
    again = opened(tmp_path, embed=embed, encoder="one")
    assert again.open_all("ada") == 1 and again.open_all("nobody") == 0 and embed.asked == []
    assert again.search("ada", "lonely") == [left] and again.index("ada") == 0
    again.close()
    other = opened(tmp_path, embed=embed, encoder="two")
    assert other.search("ada", "lonely") == [] and other.index("ada") == 1
    assert other.search("ada", "lonely") == [left]
    other.close()


def test_another_process_finds_what_this_one_embedded(tmp_path: Path) -> None:
    here, there = opened(tmp_path, embed=Embedding()), opened(tmp_path, embed=Embedding())
    left = here.add("ada", "I was abandoned").entry
    assert there.search("ada", "lonely") == []
    here.index("ada")
    assert there.search("ada", "lonely") == [left]
    here.close()
    there.close()


def test_what_is_edited_or_erased_while_it_is_embedded_keeps_no_vector(tmp_path: Path) -> None:
    meanwhile: list[Callable[[], object]] = []

    def embed(texts: Sequence[str]) -> Vectors:
        if meanwhile:
            meanwhile.pop()()
        return Embedding()(texts)

    store = opened(tmp_path, embed=embed)
    entry = store.add("ada", "abandoned").entry
    meanwhile.append(lambda: store.edit("ada", entry.id, text="pizza"))
    assert store.index("ada") == 1 and store.search("ada", "lonely") == []
    meanwhile.append(lambda: store.erase("ada"))
    assert store.index("ada") == 0
    store.close()


def test_a_search_may_be_narrowed_like_a_list(tmp_path: Path) -> None:
    store = opened(tmp_path, embed=Embedding())
    for text, tag in (("abandoned", "home"), ("lonely pizza", "home"), ("lonely", "work")):
        entry = store.add("ada", text, tags=[tag]).entry
        store.edit("ada", entry.id, correction=Correction(labels=("joy" if tag == "work" else "sadness",)))
    store.index("ada")
    found = store.search("ada", "lonely", tag="home")
    assert [e.text for e in found] == ["lonely pizza", "abandoned"]
    assert [e.text for e in store.search("ada", "lonely", emotion="joy")] == ["lonely"]
    assert store.search("ada", "lonely", emotion="anger") == []
    store.close()


def test_an_empty_journal_and_a_blank_query_ask_no_embedder(tmp_path: Path) -> None:
    embed = Embedding()
    store = opened(tmp_path, embed=embed)
    assert store.search("ada", "lonely") == [] and store.index("ada") == 0
    store.add("ada", "abandoned")
    assert store.search("ada", "  ") == [] and embed.asked == []
    store.close()


def test_many_entries_are_embedded_in_batches_newest_first(tmp_path: Path) -> None:
    embed = Embedding()
    store = opened(tmp_path, embed=embed)
    for number in range(10):
        store.add("ada", f"pizza {number}")
    assert [store.index("ada", most=4) for _ in range(4)] == [4, 4, 2, 0]
    assert embed.asked[0] == ["pizza 9", "pizza 8", "pizza 7", "pizza 6"]
    assert len(store.search("ada", "pizza", limit=20)) == 10
    store.close()


def test_while_the_encoder_is_down_the_words_alone_decide(tmp_path: Path) -> None:
    working = Embedding()
    faults = [Unavailable("the model is down"), Unavailable("still")]

    def embed(texts: Sequence[str]) -> Vectors:
        if faults:
            raise faults.pop()
        return working(texts)

    store = opened(tmp_path, embed=embed)
    entry = store.add("ada", "abandoned").entry
    with pytest.raises(Unavailable):
        store.index("ada")
    assert store.search("ada", "abandoned") == [entry]
    assert store.index("ada") == 1 and store.search("ada", "lonely") == [entry]
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


def test_figures_are_made_once_for_a_span_and_anew_after_every_change(open_store: Open) -> None:
    store, other = open_store(), open_store()
    entry = store.add("ada", "one").entry
    assert store.insights("ada") == store.insights("ada") and store.insights("ada")["counts"]["entries"] == 1
    assert store.insights("ada", until=entry.created_at)["counts"]["entries"] == 0
    other.add("ada", "two")  # by another process
    assert store.insights("ada")["counts"]["entries"] == 2 and store.insights("bob")["counts"]["entries"] == 0
    other.edit("ada", entry.id, correction=Correction(labels=("joy",)))
    assert store.insights("ada")["emotions"] == {"joy": 1}
    other.delete("ada", entry.id)
    assert store.insights("ada")["counts"]["entries"] == 1
    found = store.insights("ada")
    found.clear()  # somebody's own copy
    assert store.insights("ada")["counts"]["entries"] == 1
    for day in range(memory.MOST_SPANS + 5):
        store.insights("ada", since=entry.created_at.replace(microsecond=day))
    assert len(store._memory._place("ada").figures[1]) == memory.MOST_SPANS  # type: ignore[index]
