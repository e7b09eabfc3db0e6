"""A rebuilt index is taken under requests, whole or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.domain import Item
from agent.errors import ArtifactError
from retrieval.build import Encode, build
from retrieval.index import MANIFEST
from retrieval.live import Live


def wait(until: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.01)


def test_a_rebuilt_index_is_taken_under_requests(items: list[Item], encode: Encode, tmp_path: Path) -> None:
    build(items, encode, tmp_path, encoder="hashed")
    live, stop = Live(tmp_path), threading.Event()
    fresh = items[0].model_copy(update={"id": "brand-new", "title": "Brand New"})
    seen: set[tuple[str, bool]] = set()
    troubles: list[Exception] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                current = live.current
                assert len(current.suggest(emotions=[("joy", 1.0)], limit=5)) == 5
                seen.add((current.generation, bool(current.items(["brand-new"]))))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
                troubles.append(error)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    before = live.current.generation
    build([*items, fresh], encode, tmp_path, encoder="hashed")
    try:
        wait(lambda: any(new for _, new in seen))
    finally:
        stop.set()
        for asker in askers:
            asker.join()
    assert not troubles
    assert {generation for generation, new in seen if not new} == {before}
    assert len({generation for generation, new in seen if new}) == 1


def test_a_damaged_index_is_passed_over_and_a_mended_one_taken(
    items: list[Item], encode: Encode, tmp_path: Path
) -> None:
    build(items, encode, tmp_path, encoder="hashed")
    live = Live(tmp_path)
    before = live.current.generation
    (tmp_path / MANIFEST).write_text("{}")
    assert live.current.generation == before
    build(items[:-1], encode, tmp_path, encoder="hashed")
    wait(lambda: live.current.generation != before)
    assert not live.current.items([items[-1].id])


def test_nothing_to_open_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="discovery catalog build"):
        Live(tmp_path)
