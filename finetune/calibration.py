"""What turns logits into a reading, fitted on dev rows only: calibration, pooling of windows, thresholds.

GoEmotions dev and our own dev entries are fitted together, because both kinds of text are read by one model; the
figures of each are reported apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from finetune import metrics
from finetune.dataset import Rows
from finetune.mixing import joined
from finetune.pooling import choose_pooling, join_rows, read_windows
from reader.card import Pooling
from reader.emotion import calibrate, pool
from reader.session import TextSession

OWN_WEIGHT = 3.0
"""How much one of our own dev entries weighs against one comment: there are 25 times fewer of them."""


@dataclass(frozen=True)
class Fitted:
    """Temperatures, biases and thresholds, (28,) each; pooling; the shrinkage that thresholds were given."""

    temperatures: np.ndarray
    biases: np.ndarray
    thresholds: np.ndarray
    pooling: Pooling
    shrinkage: float

    def probabilities(self, session: TextSession, texts: list[str]) -> np.ndarray:
        """n texts as the reader would read them, float32 (n, 28)."""
        read = read_windows(session, texts, self.pooling.window_tokens)
        return np.stack([pool(calibrate(rows, self.temperatures, self.biases), self.pooling) for rows in read])


def fit(session: TextSession, dev: Rows, own: Rows | None) -> Fitted:
    """Everything from dev rows: `own` are our own entries, or None where a run has none."""
    both = joined(dev, own) if own else dev
    weight = np.r_[np.ones(len(dev)), np.full(len(both) - len(dev), OWN_WEIGHT)]
    temperatures, biases = metrics.fit_calibration(session.run(both.texts), both.labels, weight)
    pooling = choose_pooling(session, own or join_rows(dev), temperatures, biases)
    calibrated = Fitted(temperatures, biases, np.full(len(biases), 0.5), pooling, 0.0)
    thresholds, shrinkage = metrics.fit_thresholds(calibrated.probabilities(session, both.texts), both.labels)
    return Fitted(temperatures, biases, thresholds, pooling, shrinkage)
