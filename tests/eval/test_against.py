"""Paired differences: nothing between a model and itself, something between a good one and a bad one."""

from __future__ import annotations

import numpy as np

from eval.against import compare
from eval.slices import slices


def case(rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    labels = (rng.random((rows, 28)) < 0.1).astype(np.float32)
    return labels, rng.random((rows, 28)) < 0.1


def test_a_model_against_itself_is_no_difference() -> None:
    labels, guess = case()
    for found in compare(guess, guess, labels).values():
        assert found == {"difference": 0.0, "interval_95": [0.0, 0.0], "clear": False}


def test_truth_against_a_guess_is_a_clear_difference_and_the_other_way_round() -> None:
    labels, guess = case()
    truth = labels > 0.5
    better, worse = compare(truth, guess, labels), compare(guess, truth, labels)
    assert better["macro_f1"]["clear"] and better["macro_f1"]["interval_95"][0] > 0
    assert worse["macro_f1"]["difference"] == -better["macro_f1"]["difference"]


def test_slices_hold_the_rows_they_name() -> None:
    texts = ["I am not sure"] * 25 + ["STOP SHOUTING AT ME"] * 25 + ["fine \U0001f600"] * 3 + ["word " * 80] * 22
    labels = np.zeros((75, 28), np.float32)
    labels[:25, [3, 25]] = 1
    labels[25:, 27] = 1
    masks = slices(texts, labels, ["event"] * 25 + [""] * 50)
    assert masks["negated"].sum() == 25 and masks["all caps"].sum() == 25 and masks["long, over 60 words"].sum() == 22
    assert masks["mixed feelings"].sum() == 25 and masks["told by events only"][:25].all()
    assert "with an emoji" not in masks and "rare labels" not in masks
