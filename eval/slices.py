"""Kinds of text that are judged apart: an average hides where a model fails people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS, NEUTRAL

_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|cannot|without|\w+n['\u2019]t)\b", re.IGNORECASE)
RARE = ("grief", "pride", "relief", "nervousness", "embarrassment", "remorse")
"""The labels with the fewest rows in GoEmotions."""

LEAST = 20
"""Slices with fewer rows say nothing and are left out."""

Mask = NDArray[np.bool_]


def _caps(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 4 and sum(c.isupper() for c in letters) > 0.7 * len(letters)


BY_TEXT: dict[str, Callable[[str], bool]] = {
    "short, up to 10 words": lambda text: len(text.split()) <= 10,
    "long, over 60 words": lambda text: len(text.split()) > 60,
    "negated": lambda text: bool(_NEGATION.search(text)),
    "with an emoji": lambda text: any(unicodedata.category(c) == "So" for c in text),
    "all caps": _caps,
}


def slices(texts: Sequence[str], labels: NDArray[np.float32], told: Sequence[str]) -> dict[str, Mask]:
    """Name -> which rows belong, (n,): by the text, by the labels (n, 28), and by how a feeling is told."""
    rare = [EMOTIONS.index(name) for name in RARE]
    masks = {name: np.asarray([belongs(text) for text in texts], bool) for name, belongs in BY_TEXT.items()}
    masks["mixed feelings"] = labels[:, :NEUTRAL].sum(1) > 1
    masks["rare labels"] = labels[:, rare].any(1)
    masks["told by events only"] = np.asarray([t == "event" for t in told], bool) & ~(labels[:, NEUTRAL] > 0)
    return {name: mask for name, mask in masks.items() if mask.sum() >= LEAST}
