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
    found, bias = metrics.fit_calibration(logits * 2, labels)
    assert (found > 1).mean() > 0.9
    before = metrics.expected_calibration_error(metrics.sigmoid(logits * 2), labels)
    after = metrics.expected_calibration_error(metrics.sigmoid(logits * 2 / found + bias), labels)
    assert after < before


def test_a_bias_moves_what_is_said_too_often_and_rare_labels_stay_near_the_prior() -> None:
    labels, logits = random_case()
    _, bias = metrics.fit_calibration(logits + 1.5, labels)
    assert bias.mean() == pytest.approx(-1.5, abs=0.3)
    none = np.zeros_like(labels)
    temperature, bias = metrics.fit_calibration(np.zeros_like(logits), none)
    assert np.isfinite(temperature).all() and np.isfinite(bias).all()


def test_ranking_knows_order_and_says_nothing_of_labels_without_rows() -> None:
    labels = np.zeros((4, 28))
    labels[:2, 0] = 1
    p = np.zeros((4, 28))
    p[:, 0] = [0.9, 0.4, 0.6, 0.1]
    precision, area = metrics.ranked(p, labels)
    assert precision[0] == pytest.approx((1 + 2 / 3) / 2) and area[0] == pytest.approx(0.75)
    assert np.isnan(precision[1:]).all()
    assert metrics.macro_auc(p, labels) == pytest.approx(0.75)
    assert metrics.mean_average_precision(labels, labels) == pytest.approx(1.0)


def test_silence_and_talk_are_counted_apart() -> None:
    labels = np.zeros((4, 28))
    labels[[0, 1], 3], labels[[2, 3], 27] = 1, 1
    predicted = np.zeros((4, 28), bool)
    predicted[0, 5] = predicted[1, 27] = predicted[2, 27] = predicted[3, 1] = True
    assert metrics.silence(predicted, labels) == (0.5, 0.5)


def test_groups_hold_when_one_of_theirs_holds() -> None:
    p = np.array([[0.5, 0.5, 0.0]])
    assert metrics.grouped(p, [[0, 1], [2]]) == pytest.approx(np.array([[0.75, 0.0]]))


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
