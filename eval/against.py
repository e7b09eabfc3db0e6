"""Two runs over the same rows: differences with intervals, from paired resampling of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune import metrics

REPEATS = 1000
Predicted = NDArray[np.bool_]
Score = Callable[[Predicted, NDArray[np.float32]], float]

SCORES: dict[str, Score] = {"macro_f1": metrics.macro_f1, "micro_f1": metrics.micro_f1}


def paired(
    ours: Predicted, theirs: Predicted, labels: NDArray[np.float32], score: Score, repeats: int = REPEATS, seed: int = 0
) -> dict[str, Any]:
    """`ours` minus `theirs`, both (n, 28), with the 95% percentile interval over rows drawn again."""
    rng = np.random.default_rng(seed)
    draws = [rng.integers(0, len(labels), len(labels)) for _ in range(repeats)]
    differences = [score(ours[i], labels[i]) - score(theirs[i], labels[i]) for i in draws]
    low, high = np.percentile(differences, [2.5, 97.5])
    return {
        "difference": round(score(ours, labels) - score(theirs, labels), 4),
        "interval_95": [round(float(low), 4), round(float(high), 4)],
        "clear": bool(low > 0 or high < 0),
    }


def compare(ours: Predicted, theirs: Predicted, labels: NDArray[np.float32]) -> dict[str, Any]:
    """Every score of two models on the same rows."""
    return {name: paired(ours, theirs, labels, score) for name, score in SCORES.items()}
