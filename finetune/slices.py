"""Kinds of text that a model card reports apart, and how right the model is where it is sure and where it is not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.domain import NEUTRAL
from finetune import metrics
from finetune.dataset import Rows

_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|cannot|without|\w+n't)\b", re.IGNORECASE)
_LEAST = 20


def _emoji(text: str) -> bool:
    return any(unicodedata.category(c) == "So" for c in text)


SLICES: dict[str, Callable[[str], bool]] = {
    "up to 10 words": lambda text: len(text.split()) <= 10,
    "11 to 30 words": lambda text: 10 < len(text.split()) <= 30,
    "31 to 100 words": lambda text: 30 < len(text.split()) <= 100,
    "more than 100 words": lambda text: len(text.split()) > 100,
    "with a negation": lambda text: bool(_NEGATION.search(text)),
    "with an emoji": _emoji,
}
"""Name of a slice -> whether a text belongs to it."""


def of_slice(predicted: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Rows, micro-F1, and silence of some rows; macro-F1 would hang on labels with two rows."""
    emotional = labels[:, :NEUTRAL].any(1)
    silent = float(1 - predicted[emotional][:, :NEUTRAL].any(1).mean()) if emotional.any() else None
    return {
        "rows": len(labels),
        "micro_f1": round(metrics.micro_f1(predicted, labels), 4),
        "silent": None if silent is None else round(silent, 4),
    }


def slices(
    rows: Rows, predicted: np.ndarray, more: dict[str, NDArray[np.bool_]] | None = None
) -> dict[str, dict[str, Any]]:
    """`of_slice` for every slice with 20 rows or more; `more` are masks (n,) that a text alone cannot tell."""
    masks = {name: np.asarray([belongs(text) for text in rows.texts]) for name, belongs in SLICES.items()}
    return {
        name: of_slice(predicted[mask], rows.labels[mask])
        for name, mask in (masks | (more or {})).items()
        if mask.sum() >= _LEAST
    }


def sureness(probabilities: np.ndarray, labels: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    """How often the most probable label is one of the true ones, where some label passed and where none did."""
    sure = predicted.any(1)
    right = labels[np.arange(len(labels)), probabilities.argmax(1)] > 0.5
    return {
        "unsure_share": round(float(1 - sure.mean()), 4),
        "right_where_sure": round(float(right[sure].mean()), 4) if sure.any() else None,
        "right_where_unsure": round(float(right[~sure].mean()), 4) if (~sure).any() else None,
    }


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> list[dict[str, float]]:
    """Mean probability and share of true labels over all (row, label) pairs, in equal-width bins."""
    which = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        {
            "probability": round(float(probabilities[which == b].mean()), 4),
            "true": round(float(labels[which == b].mean()), 4),
            "pairs": int((which == b).sum()),
        }
        for b in range(bins)
        if (which == b).any()
    ]
