"""Which texts are read together."""

from __future__ import annotations

import numpy as np
import pytest

from reader.session import batches


@pytest.mark.parametrize("padding", [None, 0, 16])
@pytest.mark.parametrize("count", [0, 1, 2, 47, 200])
def test_every_text_is_read_once(count: int, padding: int | None) -> None:
    lengths = np.random.default_rng(count).integers(1, 256, count).tolist()
    found = batches(lengths, padding)
    assert sorted(row for batch in found for row in batch) == list(range(count))
    assert all(0 < len(batch) <= 48 for batch in found)


def test_a_short_window_is_not_padded_to_a_long_one() -> None:
    assert batches([190, 18], 16) == [[1], [0]]
    assert batches([18, 20, 19, 190], 16) == [[0, 2, 1], [3]]


def test_without_a_limit_batches_are_full() -> None:
    assert batches([190, 18]) == [[1, 0]]
    assert [len(batch) for batch in batches(list(range(1, 101)))] == [48, 48, 4]
