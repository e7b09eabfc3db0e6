"""Figures of ranked lists, against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval import rank_metrics as metrics

GRADED = {"a": 3.0, "b": 2.0, "c": 0.0}


def test_the_best_order_is_one_and_a_worse_one_less() -> None:
    assert metrics.ndcg(["a", "b", "c"], GRADED, 10) == pytest.approx(1.0)
    ideal = 7 + 3 / math.log2(3)
    assert metrics.ndcg(["c", "b", "a"], GRADED, 10) == pytest.approx((3 / math.log2(3) + 7 / 2) / ideal)
    assert metrics.ndcg(["c", "b", "a"], GRADED, 1) == 0


def test_what_nobody_graded_counts_as_nothing_or_is_left_out() -> None:
    assert metrics.ndcg(["x", "a", "b"], GRADED, 10) < 1
    assert metrics.ndcg(["x", "a", "b"], GRADED, 10, condensed=True) == pytest.approx(1.0)
    assert metrics.ndcg(["a"], {"a": 0.0}, 10) == 0


def test_the_first_good_item_counts_by_its_place() -> None:
    assert metrics.reciprocal_rank(["c", "x", "b"], GRADED) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(["c"], GRADED) == 0
    assert metrics.reciprocal_rank(["m"], {"m": 1.5}) == 0


def test_diversity_is_the_mean_distance_of_pairs() -> None:
    x, y = np.eye(2, dtype=np.float32)
    assert metrics.diversity(np.stack([x, x])) == pytest.approx(0.0)
    assert metrics.diversity(np.stack([x, x, y])) == pytest.approx(2 / 3)
    assert metrics.diversity(x[None]) == 0


def test_how_much_of_the_catalogue_is_shown_and_how_evenly() -> None:
    assert metrics.coverage([["a", "b"], ["b", "c"]], 6) == 0.5
    assert metrics.gini([["a", "b"], ["c", "d"]], 4) == pytest.approx(0.0)
    assert metrics.gini([["a"], ["a"]], 4) == pytest.approx(0.75)
    assert metrics.gini([], 4) == 0
    assert metrics.share_of([["a", "b"], ["a", "c"]], ["a"]) == 0.5
    assert metrics.share_of([], ["a"]) == 0


def test_overlap_is_of_the_longer_list() -> None:
    assert metrics.overlap(["a", "b", "c", "d"], ["a", "b"]) == 0.5
    assert metrics.overlap([], []) == 1


def test_intervals_hold_the_mean_and_are_paired() -> None:
    values = np.random.default_rng(1).uniform(0.2, 0.8, 60)
    low, high = metrics.interval(values)
    assert low < values.mean() < high < low + 0.2
    # Twice as good in every single case: pairing leaves no doubt at all.
    assert metrics.ratio(2 * values, values) == pytest.approx((2.0, 2.0, 2.0))
