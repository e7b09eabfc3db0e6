"""A judged run in figures: overall, per label, per slice, how right it is where it is sure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS
from eval.judged import Judged
from eval.slices import slices
from finetune import metrics
from reader.card import Card, load_card


@dataclass(frozen=True)
class Judgement:
    """A run and the model that made it; `predicted` (n, 28) are the labels that it tells."""

    run: Judged
    card: Card
    folder: Path
    predicted: NDArray[np.bool_]


def judge(run: Judged, model: Path) -> Judgement:
    """Applies the decision of the model's card."""
    card = load_card(model)
    return Judgement(run, card, model, card.passed(run.probabilities))


def overall(judgement: Judgement) -> dict[str, Any]:
    """The figures of all rows together."""
    run, predicted = judgement.run, judgement.predicted
    low, high = metrics.bootstrap_interval(predicted, run.labels)
    silent, talks = metrics.silence(predicted, run.labels)
    return {
        "rows": len(run.rows),
        "macro_f1": round(metrics.macro_f1(predicted, run.labels), 4),
        "macro_f1_interval_95": [round(low, 4), round(high, 4)],
        "micro_f1": round(metrics.micro_f1(predicted, run.labels), 4),
        "macro_auc": _number(metrics.macro_auc(run.probabilities, run.labels)),
        "ece": round(metrics.expected_calibration_error(run.probabilities, run.labels), 4),
        "silent": _number(silent),
        "talks_where_neutral": _number(talks),
    }


def per_label(judgement: Judgement) -> dict[str, dict[str, float]]:
    """Rows, precision, recall and F1 of every label."""
    tp, fp, fn = metrics.counts(judgement.predicted, judgement.run.labels)
    return {
        label: {
            "rows": int(tp[i] + fn[i]),
            "precision": round(float(tp[i] / max(tp[i] + fp[i], 1)), 3),
            "recall": round(float(tp[i] / max(tp[i] + fn[i], 1)), 3),
            "f1": round(float(2 * tp[i] / max(2 * tp[i] + fp[i] + fn[i], 1)), 3),
        }
        for i, label in enumerate(EMOTIONS)
    }


def per_slice(judgement: Judgement) -> dict[str, dict[str, Any]]:
    """Rows, micro-F1 and silence of every slice with rows enough; macro-F1 would hang on labels with two rows."""
    run, predicted = judgement.run, judgement.predicted
    found = {}
    for name, mask in slices(run.texts, run.labels, run.told).items():
        silent, _ = metrics.silence(predicted[mask], run.labels[mask])
        found[name] = {
            "rows": int(mask.sum()),
            "micro_f1": round(metrics.micro_f1(predicted[mask], run.labels[mask]), 4),
            "silent": _number(silent),
        }
    return found


def reliability(judgement: Judgement, bins: int = 10) -> list[dict[str, float]]:
    """Mean probability and share of true labels over all (row, label) pairs, in equal-width bins."""
    p, y = judgement.run.probabilities.ravel(), judgement.run.labels.ravel()
    which = np.minimum((p * bins).astype(int), bins - 1)
    return [
        {"said": round(float(p[which == b].mean()), 4), "true": round(float(y[which == b].mean()), 4),
         "pairs": int((which == b).sum())}
        for b in range(bins)
        if (which == b).any()
    ]  # fmt: skip


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
