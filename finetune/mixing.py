"""Which rows one epoch sees: GoEmotions and our own entries together, each row as often as its weight says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agent.domain import NEUTRAL
from finetune.dataset import Rows

RARE_RATE = 0.012
"""A label that fewer rows carry is rare: grief, pride, relief, nervousness, remorse, embarrassment."""


def joined(first: Rows, second: Rows) -> Rows:
    """Both sets, one after the other."""
    return Rows(first.texts + second.texts, np.concatenate([first.labels, second.labels]))


def weights(goemotions: Rows, own: int, *, journal: float, neutral: float, rare: float) -> NDArray[np.float64]:
    """How often each row stands in an epoch on average, (rows + own,): plain neutral less, rare labels more."""
    labels = goemotions.labels
    weight = np.ones(len(goemotions) + own)
    plain = (labels[:, NEUTRAL] == 1) & (labels.sum(1) == 1)
    scarce = labels[:, labels.mean(0) < RARE_RATE].any(1)
    weight[: len(goemotions)][plain] = neutral
    weight[: len(goemotions)][scarce] = rare
    weight[len(goemotions) :] = journal
    return weight


def drawn(weight: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.intp]:
    """Row numbers of one epoch: the whole part of each weight for sure, the rest by chance."""
    whole = np.floor(weight).astype(int)
    return np.repeat(np.arange(len(weight)), whole + (rng.random(len(weight)) < weight - whole))
