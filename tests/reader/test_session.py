"""Which texts are read together."""

from __future__ import annotations

import numpy as np
import pytest

from reader import session


@pytest.mark.parametrize("count", [0, 1, 2, 47, 200])
def test_every_text_is_read_once(count: int) -> None:
    lengths = np.random.default_rng(count).integers(1, 256, count).tolist()
    found = session.batches(lengths)
    assert sorted(row for batch in found for row in batch) == list(range(count))
    assert all(0 < len(batch) <= 48 for batch in found)


def test_a_short_window_is_not_padded_to_a_long_one() -> None:
    assert session.batches([190, 18]) == [[1], [0]]
    assert session.batches([18, 20, 19, 190]) == [[0, 2, 1], [3]]


def test_texts_of_one_length_share_batches() -> None:
    assert [len(batch) for batch in session.batches([12] * 100)] == [48, 48, 4]
