"""Words and meaning, both in memory: nothing that could be searched ever lies on the disk."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts to unit vectors, float32 (n, 384)."""

NEAR = 0.35
"""Cosine from which an entry without the words counts as near in meaning."""

MOST_WORDS = 32

# Scripts written without spaces count by the character; signs outside punctuation (emoji) are words of their own.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+|[\u2190-\u2bff\U0001f000-\U0001faff]")


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _WORD.findall(text.casefold())


def padded(words: Iterable[str]) -> str:
    """Words as one string with a space on each side of every word, so that `" " + word` finds where one begins."""
    return " " + " ".join(words) + " "


def score(text: str, words: Sequence[str]) -> float:
    """How well a padded text holds all the `words`, each at the beginning of one of its own; 0 when one is missing.
    Whole words count double, repetition a little, and length takes some off."""
    total = 0.0
    for word in words:
        begins = text.count(f" {word}")
        if not begins:
            return 0.0
        total += (1 + math.log(begins)) * (2 if f" {word} " in text else 1)
    return total / (1 + math.log1p(len(text) / 500))


def rank(
    texts: Sequence[str], query: str, *, cosines: Sequence[float] | Vectors | None = None, limit: int = 20
) -> list[int]:
    """Positions of the best `texts` (padded), best first; of equals the earlier one. `cosines`, one a text, add those
    that come near in meaning."""
    words = list(dict.fromkeys(words_of(query)))[:MOST_WORDS]
    by_words = np.array([score(text, words) for text in texts], dtype=np.float64)
    found = by_words > 0
    # The best match by words weighs as much as a perfect match in meaning.
    totals = by_words / by_words.max() if found.any() else by_words
    if cosines is not None:
        near = np.asarray(cosines, dtype=np.float64)
        found |= near >= NEAR
        totals = totals + np.maximum(near, 0.0)
    positions = np.flatnonzero(found)
    return [int(p) for p in positions[np.argsort(-totals[positions], kind="stable")][:limit]]
