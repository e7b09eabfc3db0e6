"""Distillation: rows learn from what an earlier model read in them as well as from their labels.

GoEmotions labels are noisy (its raters agree at a kappa of about 0.3); the probabilities of a model that was trained
on all of them say of each row which labels are likely to be missing or wrong (born-again networks, Furlanello et al.,
ICML 2018).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reader.card import load_card
from reader.emotion import calibrate
from reader.session import TextSession


def soft_labels(texts: list[str], labels: NDArray[np.float32], teacher: Path, share: float) -> NDArray[np.float32]:
    """Targets (n, 28): `share` of the teacher's calibrated probabilities, the rest from `labels`.

    Raises `ArtifactError` where `teacher` is not a folder of an emotion model.
    """
    card = load_card(teacher)
    logits = TextSession(teacher, threads=2).run(texts)
    read = calibrate(logits, card.temperatures, card.biases)
    return ((1 - share) * labels + share * read).astype(np.float32)
