"""What turns logits into a reading, fitted on dev rows only: calibration, pooling of windows, thresholds, fallback.

GoEmotions dev and our own dev entries are fitted together, because both kinds of text are read by one model; the
figures of each are reported apart.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from finetune import metrics
from finetune.dataset import Rows
from finetune.mixing import joined
from finetune.pooling import choose_pooling, join_rows, read_windows
from reader.card import Pooling
from reader.decision import Fallback, passed
from reader.emotion import calibrate, pool
from reader.session import TextSession

OWN_WEIGHT = 3.0
"""How much one of our own dev entries weighs against one comment: there are 25 times fewer of them."""

MOST_TALK = 0.46
"""Share of neutral comments of dev that may be given an emotion; 0.47 is what a plain fine-tune does."""

F1_GIVEN = 0.004
"""How much macro-F1 on dev may be given for entries that are heard."""

_SCALES = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5)
_NEUTRALS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
_RATIOS = (0.9, 0.75, 0.6, 0.45, 0.3, 0.15)


@dataclass(frozen=True)
class Fitted:
    """Temperatures, biases and thresholds, (28,) each; pooling; the shrinkage that thresholds were given; fallback."""

    temperatures: np.ndarray
    biases: np.ndarray
    thresholds: np.ndarray
    pooling: Pooling
    shrinkage: float
    fallback: Fallback = field(default_factory=Fallback)

    def probabilities(self, session: TextSession, texts: list[str]) -> np.ndarray:
        """n texts as the reader would read them, float32 (n, 28)."""
        read = read_windows(session, texts, self.pooling.window_tokens)
        return np.stack([pool(calibrate(rows, self.temperatures, self.biases), self.pooling) for rows in read])

    def told(self, probabilities: np.ndarray) -> NDArray[np.bool_]:
        """Which labels are told, bool (n, 28)."""
        return passed(probabilities, self.thresholds, self.fallback)


def fit(session: TextSession, dev: Rows, own: Rows | None) -> Fitted:
    """Everything from dev rows: `own` are our own entries, or None where a run has none."""
    both = joined(dev, own) if own else dev
    weight = np.r_[np.ones(len(dev)), np.full(len(both) - len(dev), OWN_WEIGHT)]
    temperatures, biases = metrics.fit_calibration(session.run(both.texts), both.labels, weight)
    pooling = choose_pooling(session, own or join_rows(dev), temperatures, biases)
    calibrated = Fitted(temperatures, biases, np.full(len(biases), 0.5), pooling, 0.0)
    read = calibrated.probabilities(session, both.texts)
    # Labels are rarer among comments than among entries: thresholds for both together would serve neither.
    thresholds, shrinkage = metrics.fit_thresholds(read[: len(dev)], dev.labels)
    fitted = replace(calibrated, thresholds=thresholds, shrinkage=shrinkage)
    return heard(fitted, (read[: len(dev)], dev.labels), (read[len(dev) :], own.labels)) if own else fitted


def heard(fitted: Fitted, comments: tuple[np.ndarray, np.ndarray], entries: tuple[np.ndarray, np.ndarray]) -> Fitted:
    """Thresholds scaled together, and a fallback, so that as few entries as can be stay without an emotion.

    `comments` and `entries` are probabilities and labels of dev. Of the choices that talk of at most `MOST_TALK` of
    neutral comments and keep macro-F1 within `F1_GIVEN` of the best such choice, the one with the fewest silent
    entries; where none keeps the talk, the thresholds stay.
    """
    tried = []
    for scale, neutral, ratio in itertools.product(_SCALES, _NEUTRALS, _RATIOS):
        choice = replace(fitted, thresholds=fitted.thresholds * scale, fallback=Fallback(neutral=neutral, ratio=ratio))
        told = choice.told(comments[0])
        if metrics.silence(told, comments[1])[1] > MOST_TALK:
            continue
        silent = metrics.silence(choice.told(entries[0]), entries[1])[0]
        tried.append((metrics.macro_f1(told, comments[1]), silent, choice))
    if not tried:
        return fitted
    floor = max(score for score, _, _ in tried) - F1_GIVEN
    return min((row for row in tried if row[0] >= floor), key=lambda row: (row[1], -row[0]))[2]
