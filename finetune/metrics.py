"""Figures for multi-label reading, and what is fitted on dev: temperatures and thresholds.

Shapes: `probabilities` float (n, 28) in 0..1, `labels` {0, 1} (n, 28), `thresholds` float (28,).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

_GRID = np.round(np.arange(0.05, 0.801, 0.01), 2)
_SHRINKAGES = (0.0, 10.0, 25.0, 50.0, 100.0, 200.0, 400.0, 1e9)


def sigmoid(logits: Floats) -> Floats:
    """The logistic function, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits))


def counts(predicted: NDArray[np.bool_], labels: Floats) -> tuple[Floats, Floats, Floats]:
    """True positives, false positives, false negatives for every label, each (28,)."""
    truth = labels > 0.5
    return (predicted & truth).sum(0), (predicted & ~truth).sum(0), (~predicted & truth).sum(0)


def f1_per_label(predicted: NDArray[np.bool_], labels: Floats) -> Floats:
    """F1 for every label, 0 where nothing was predicted and nothing true."""
    tp, fp, fn = counts(predicted, labels)
    return 2 * tp / np.maximum(2 * tp + fp + fn, 1)


def macro_f1(predicted: NDArray[np.bool_], labels: Floats) -> float:
    """The mean of the labels' F1."""
    return float(f1_per_label(predicted, labels).mean())


def micro_f1(predicted: NDArray[np.bool_], labels: Floats) -> float:
    """F1 over all (row, label) pairs together."""
    tp, fp, fn = (float(c.sum()) for c in counts(predicted, labels))
    return 2 * tp / max(2 * tp + fp + fn, 1.0)


def bootstrap_interval(
    predicted: NDArray[np.bool_], labels: Floats, repeats: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The 95% percentile interval of macro-F1 under resampling of rows."""
    rng = np.random.default_rng(seed)
    draws = (rng.integers(0, len(labels), len(labels)) for _ in range(repeats))
    scores = [macro_f1(predicted[index], labels[index]) for index in draws]
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(low), float(high)


def expected_calibration_error(probabilities: Floats, labels: Floats, floor: float = 0.1, bins: int = 15) -> float:
    """ECE over all (row, label) pairs predicted with at least `floor`, in equal-width bins."""
    kept = probabilities >= floor
    p, y = probabilities[kept], labels[kept]
    if not len(p):
        return 0.0
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        (which == b).mean() * abs(p[which == b].mean() - y[which == b].mean())
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps))


def brier_skill(probabilities: Floats, labels: Floats) -> Floats:
    """Brier skill of every label against always saying its base rate, (28,); above 0 is better than that."""
    base = labels.mean(0, keepdims=True)
    reference = ((base - labels) ** 2).mean(0)
    return 1.0 - ((probabilities - labels) ** 2).mean(0) / np.maximum(reference, 1e-12)


def fit_temperatures(logits: Floats, labels: Floats) -> Floats:
    """One temperature a label, (28,), that minimises the negative log-likelihood on these rows."""
    grid = np.exp(np.linspace(np.log(0.4), np.log(2.5), 61))
    losses = []
    for temperature in grid:
        p = np.clip(sigmoid(logits / temperature), 1e-7, 1 - 1e-7)
        losses.append(-(labels * np.log(p) + (1 - labels) * np.log(1 - p)).mean(0))
    return grid[np.argmin(losses, axis=0)]


def _one_threshold(probabilities: Floats, labels: Floats) -> float:
    scores = [macro_f1(probabilities >= t, labels) for t in _GRID]
    return float(_GRID[int(np.argmax(scores))])


def _raw_thresholds(probabilities: Floats, labels: Floats) -> Floats:
    scores = np.stack([f1_per_label(probabilities >= t, labels) for t in _GRID])
    return _GRID[np.argmax(scores, axis=0)]


def _shrunk(probabilities: Floats, labels: Floats, shrinkage: float) -> Floats:
    one, raw = _one_threshold(probabilities, labels), _raw_thresholds(probabilities, labels)
    weight = labels.sum(0) / np.maximum(labels.sum(0) + shrinkage, 1e-9)
    return weight * raw + (1 - weight) * one


def fit_thresholds(probabilities: Floats, labels: Floats, folds: int = 5, seed: int = 0) -> tuple[Floats, float]:
    """Thresholds (28,) shrunk towards one for all, and the shrinkage chosen out of fold on these rows.

    A label's own best threshold weighs n / (n + shrinkage) for n positive rows: raw thresholds overfit rare labels.
    """
    fold = np.random.default_rng(seed).permutation(len(labels)) % folds

    def out_of_fold(shrinkage: float) -> float:
        predicted = np.zeros(labels.shape, bool)
        for k in range(folds):
            fitted = _shrunk(probabilities[fold != k], labels[fold != k], shrinkage)
            predicted[fold == k] = probabilities[fold == k] >= fitted
        return macro_f1(predicted, labels)

    best = max(_SHRINKAGES, key=out_of_fold)
    return _shrunk(probabilities, labels, best), best
