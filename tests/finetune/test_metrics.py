"""Figures against hand-made cases and against themselves."""

from __future__ import annotations

import numpy as np
import pytest

from finetune import metrics


def test_f1_by_hand() -> None:
    labels = np.zeros((4, 28), np.float32)
    labels[:2, 0] = 1
    predicted = np.zeros((4, 28), bool)
    predicted[1:3, 0] = True
    assert metrics.f1_per_label(predicted, labels)[0] == pytest.approx(0.5)
    assert metrics.micro_f1(predicted, labels) == pytest.approx(0.5)
    assert metrics.macro_f1(predicted, labels) == pytest.approx(0.5 / 28)


def random_case(seed: int = 0, rows: int = 600) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    logits = rng.normal(-1.5, 2, (rows, 28))
    return (rng.random((rows, 28)) < metrics.sigmoid(logits)).astype(np.float32), logits


def test_temperatures_mend_logits_that_are_too_sure() -> None:
    labels, logits = random_case()
    found = metrics.fit_temperatures(logits * 2, labels)
    assert (found > 1).mean() > 0.9
    before = metrics.expected_calibration_error(metrics.sigmoid(logits * 2), labels)
    after = metrics.expected_calibration_error(metrics.sigmoid(logits * 2 / found), labels)
    assert after < before


def test_thresholds_are_shrunk_and_beat_a_foolish_one() -> None:
    labels, logits = random_case()
    p = metrics.sigmoid(logits)
    thresholds, shrinkage = metrics.fit_thresholds(p, labels)
    assert thresholds.shape == (28,) and ((thresholds > 0) & (thresholds < 1)).all() and shrinkage >= 0
    assert metrics.macro_f1(p >= thresholds, labels) > metrics.macro_f1(p >= 0.9, labels)


def test_intervals_hold_the_figure_and_perfect_is_perfect() -> None:
    labels, logits = random_case()
    predicted = logits > -1
    low, high = metrics.bootstrap_interval(predicted, labels, repeats=100)
    assert low < metrics.macro_f1(predicted, labels) < high
    assert metrics.expected_calibration_error(labels, labels) == pytest.approx(0)
    assert metrics.brier_skill(labels, labels) == pytest.approx(np.ones(28))
    assert metrics.sigmoid(np.array([-1000.0, 0.0, 1000.0])) == pytest.approx([0, 0.5, 1])
