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


def ranked(probabilities: Floats, labels: Floats) -> tuple[Floats, Floats]:
    """Average precision and area under the ROC curve of every label, (28,) each, NaN where a label has no row."""
    precision, area = np.full(labels.shape[1], np.nan), np.full(labels.shape[1], np.nan)
    for k in range(labels.shape[1]):
        order = np.argsort(-probabilities[:, k], kind="stable")
        truth = labels[order, k] > 0.5
        positives, negatives = int(truth.sum()), int((~truth).sum())
        if positives and negatives:
            hits = np.cumsum(truth)
            precision[k] = (hits[truth] / (np.flatnonzero(truth) + 1)).mean()
            area[k] = (np.cumsum(~truth)[truth] / negatives).mean() * -1 + 1
    return precision, area


def mean_average_precision(probabilities: Floats, labels: Floats) -> float:
    """The mean over the labels that have rows."""
    return float(np.nanmean(ranked(probabilities, labels)[0]))


def macro_auc(probabilities: Floats, labels: Floats) -> float:
    """The mean area under the ROC curve over the labels that have rows."""
    return float(np.nanmean(ranked(probabilities, labels)[1]))


def silence(predicted: NDArray[np.bool_], labels: Floats) -> tuple[float, float]:
    """Share of emotional rows that get no emotion, and share of rows that are neutral only that get one (neutral is
    the last label)."""
    spoken = predicted[:, :-1].any(1)
    emotional = labels[:, :-1].any(1)
    return float(1 - spoken[emotional].mean()), float(spoken[~emotional].mean())


def grouped(probabilities: Floats, groups: list[list[int]]) -> Floats:
    """Probabilities of groups of labels, (n, groups): that at least one of the labels holds, were they independent."""
    return np.stack([1 - np.prod(1 - probabilities[:, group], axis=1) for group in groups], axis=1)


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


def fit_calibration(logits: Floats, labels: Floats, weight: Floats | None = None) -> tuple[Floats, Floats]:
    """Temperature and bias of every label, (28,) each, so that sigmoid(logit / temperature + bias) is its probability.

    Logistic regression on one number (Platt, 1999), drawn towards temperature 1 and bias 0 so that a label with six
    rows cannot run away. `weight` (n,) weighs rows.
    """
    rows = np.ones(len(logits)) if weight is None else weight
    fitted = [_platt(logits[:, k].astype(float), labels[:, k], rows) for k in range(logits.shape[1])]
    slope, bias = np.asarray(fitted).T
    return 1.0 / np.clip(slope, 0.2, 5.0), bias


def _platt(x: Floats, y: Floats, weight: Floats, prior: float = 2.0) -> tuple[float, float]:
    """Slope and bias by Newton's method, each step halved until the loss falls: a whole one may diverge."""
    features, start = np.stack([x, np.ones_like(x)]), np.array([1.0, 0.0])

    def loss(theta: Floats) -> float:
        z = theta @ features
        return float((weight * (np.logaddexp(0, z) - y * z)).sum() + prior / 2 * ((theta - start) ** 2).sum())

    theta, least = start, loss(start)
    for _ in range(30):
        p = sigmoid(theta @ features)
        gradient = features @ (weight * (p - y)) + prior * (theta - start)
        curvature = (features * (weight * p * (1 - p))) @ features.T + prior * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        while (now := loss(theta - step)) > least and np.abs(step).max() > 1e-9:
            step = step / 2
        theta, least = theta - step, now
    return float(theta[0]), float(theta[1])


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
