"""What is mixed: rows of one epoch (GoEmotions and our own entries, each as often as its weight says), and weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

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


def blended(origin: dict[str, Tensor], learned: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` of what was learned, the rest from where it started: a network on the line between the two keeps most of
    what both know (Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022)."""
    return {
        name: origin[name].lerp(weight, share) if weight.is_floating_point() else weight
        for name, weight in learned.items()
    }
