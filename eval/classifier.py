"""The emotion classifier over a stream of rows: one reader an actor, rows in, probabilities out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS
from reader.emotion import EmotionClassifier

Batch = dict[str, Any]


class Reads:
    """Loads a model folder once an actor, and reads one batch of rows after another."""

    def __init__(self, folder: str, threads: int) -> None:
        self._classifier = EmotionClassifier(Path(folder), threads=threads)

    def __call__(self, batch: Batch) -> Batch:
        """Adds `probabilities`, float16 (n, 28), and `windows`; broken rows get zeros and are never read."""
        whole = np.asarray([not reason for reason in batch["broken"]], bool)
        rows = np.zeros((len(whole), len(EMOTIONS)), np.float16)
        windows = np.zeros(len(whole), np.int64)
        if whole.any():
            texts = [str(text) for text, keep in zip(batch["text"], whole, strict=True) if keep]
            rows[whole], windows[whole] = self._classifier.rows(texts)
        return {**batch, "probabilities": rows, "windows": windows}


def one_hot(labels: str) -> NDArray[np.float32]:
    """Comma-separated names -> ones and zeros, (28,)."""
    row = np.zeros(len(EMOTIONS), np.float32)
    row[[EMOTIONS.index(name) for name in labels.split(",")]] = 1.0
    return row
