"""Items to an index: built once, reused while it fits, mended when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.domain import Item
from retrieval.build import BATCH, Encode, build, document, embed


class Counting:
    """An encoder that counts the texts it was given."""

    def __init__(self, encode: Encode) -> None:
        self.encode, self.texts = encode, 0

    def __call__(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        self.texts += len(texts)
        return self.encode(texts)


@pytest.fixture
def counting(encode: Encode) -> Counting:
    return Counting(encode)


def test_an_item_is_read_with_title_genres_and_what_it_feels_like(items: list[Item]) -> None:
    assert document(items[0]) == f"Quiet Harbour. puzzle, cosy. {items[0].description}"


def test_an_index_that_fits_is_not_built_again(tmp_path: Path, items: list[Item], counting: Counting) -> None:
    first = build(items, counting, tmp_path, encoder="hashed")
    again = build(items[::-1], counting, tmp_path, encoder="hashed")
    assert counting.texts == len(items)
    assert again.manifest == first.manifest
    assert again.ids == tuple(item.id for item in items)


@pytest.mark.parametrize("change", ["row", "encoder"])
def test_another_catalogue_or_encoder_means_another_index(
    tmp_path: Path, items: list[Item], counting: Counting, change: str
) -> None:
    first = build(items, counting, tmp_path, encoder="hashed")
    changed = [items[0].model_copy(update={"minutes": 7}), *items[1:]] if change == "row" else items
    second = build(changed, counting, tmp_path, encoder="another" if change == "encoder" else "hashed")
    assert counting.texts == 2 * len(items)
    assert second.manifest.generation != first.manifest.generation


@pytest.mark.parametrize("pattern", ["index-*", "ids-*", "manifest.json"])
def test_a_damaged_index_is_built_anew(tmp_path: Path, items: list[Item], counting: Counting, pattern: str) -> None:
    build(items, counting, tmp_path, encoder="hashed")
    next(tmp_path.glob(pattern)).write_bytes(b"broken")
    assert len(build(items, counting, tmp_path, encoder="hashed")) == len(items)
    assert counting.texts == 2 * len(items)


def test_batches_keep_their_order_and_tell_how_far_they_are(items: list[Item], counting: Counting) -> None:
    many = [items[n % len(items)] for n in range(BATCH + 9)]
    heard: list[tuple[int, int]] = []
    vectors = embed(many, counting, progress=lambda done, all_of: heard.append((done, all_of)))
    assert heard == [(BATCH, BATCH + 9), (BATCH + 9, BATCH + 9)]
    assert np.allclose(vectors[0], vectors[len(items)])
    assert vectors.shape == (BATCH + 9, 384)


def test_an_encoder_that_loses_a_text_is_refused(items: list[Item], counting: Counting) -> None:
    with pytest.raises(ValueError, match="expected one vector each"):
        embed(items, lambda texts: counting(texts)[1:])


def test_an_empty_catalogue_builds_nothing(tmp_path: Path, counting: Counting) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        build([], counting, tmp_path, encoder="hashed")
