"""Slices, sureness and reliability of known rows."""

from __future__ import annotations

import numpy as np
import pytest

from finetune.dataset import Rows
from finetune.slices import SLICES, reliability, slices, sureness


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Tired today.", "up to 10 words"),
        ("word " * 30, "11 to 30 words"),
        ("word " * 31, "31 to 100 words"),
        ("word " * 101, "more than 100 words"),
        ("I couldn't sleep", "with a negation"),
        ("good \U0001f600", "with an emoji"),
    ],
)
def test_a_text_belongs_where_it_should(text: str, name: str) -> None:
    assert SLICES[name](text)
    assert not SLICES["with a negation"]("Notes on knots and noses")


def test_slices_with_few_rows_say_nothing_and_masks_may_come_from_outside() -> None:
    rows = Rows(["one two"] * 40, np.eye(28)[np.zeros(40, int)])
    found = slices(rows, rows.labels > 0.5, {"event": np.arange(40) < 20, "few": np.arange(40) < 3})
    assert found == {
        name: {"rows": n, "micro_f1": 1.0, "silent": 0.0} for name, n in (("up to 10 words", 40), ("event", 20))
    }


def test_sure_and_unsure_are_scored_apart() -> None:
    labels = np.eye(28)[[0, 1, 2, 3]]
    p = np.full((4, 28), 0.01)
    p[0, 0], p[1, 1], p[2, 9], p[3, 3] = 0.9, 0.8, 0.2, 0.2
    found = sureness(p, labels, p >= 0.5)
    assert found == {"unsure_share": 0.5, "right_where_sure": 1.0, "right_where_unsure": 0.5}


def test_reliability_counts_every_pair_once() -> None:
    bins = reliability(np.full((10, 28), 0.25), np.zeros((10, 28)))
    assert bins == [{"probability": 0.25, "true": 0.0, "pairs": 280}]
