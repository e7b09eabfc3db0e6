"""Distillation: rows learn from what earlier models read in them as well as from their labels.

GoEmotions labels are noisy (its raters agree at a kappa of about 0.3); the probabilities of a model that was trained
on all of them say of each row which labels are likely to be missing or wrong (born-again networks, Furlanello et al.,
ICML 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reader.card import load_card
from reader.emotion import calibrate
from reader.session import TextSession


def soft_labels(
    texts: list[str], labels: NDArray[np.float32], teachers: Sequence[Path], share: float
) -> NDArray[np.float32]:
    """Targets (n, 28): `share` of the mean of the teachers' calibrated probabilities, the rest from `labels`.

    Raises `ArtifactError` where a teacher is not a folder of an emotion model.
    """
    read = np.mean([_probabilities(texts, teacher) for teacher in teachers], axis=0)
    return ((1 - share) * labels + share * read).astype(np.float32)


def _probabilities(texts: list[str], teacher: Path) -> NDArray[np.float32]:
    card = load_card(teacher)
    return calibrate(TextSession(teacher, threads=2).run(texts), card.temperatures, card.biases)
