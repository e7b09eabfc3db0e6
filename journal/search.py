"""Words and meaning, both in memory: nothing that could be searched ever lies on the disk."""

from __future__ import annotations

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


_PLAIN = re.compile(r"[a-z0-9]+")
_ACCENTS = {point: None for point in range(0x300, 0x1F000) if unicodedata.combining(chr(point))}
_SIGNS = "\u2019\u2018\u201c\u201d\u2013\u2014\u2026"
"""Quotation marks and dashes of typeset English: without them most texts are ASCII, which is quicker to take apart."""


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents."""
    if not text.isascii():
        for sign in _SIGNS:
            text = text.replace(sign, " ")
    if text.isascii():
        return _PLAIN.findall(text.lower())
    return _WORD.findall(unicodedata.normalize("NFKD", text).translate(_ACCENTS).casefold())


def padded(words: Iterable[str]) -> str:
    """Words as one string with a space on each side of every word, so that `" " + word` finds where one begins."""
    return " " + " ".join(words) + " "


class Corpus:
    """Many padded texts, ready to be searched."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        lengths = np.fromiter(map(len, texts), dtype=np.float64, count=len(texts))
        self._shares = 1 / (1 + np.log1p(lengths / 500))

    def scores(self, words: Sequence[str]) -> NDArray[np.float64]:
        """How well each text holds all the `words`, float64 (n,), each at the beginning of one of its own; 0 when one
        is missing. Whole words count double, repetition a little, and length takes some off."""
        scored = np.zeros(len(self._texts))
        beginnings = [f" {word}" for word in sorted(words, key=len, reverse=True)]
        left = list(enumerate(self._texts)) if beginnings else []
        for begin in beginnings:  # the longest word first: it leaves the fewest texts for the others
            left = [(number, text) for number, text in left if begin in text]
        numbers, texts = [number for number, _ in left], [text for _, text in left]
        for begin in beginnings:
            whole = f"{begin} "
            counts = np.array([text.count(begin) for text in texts], dtype=np.float64)
            ends = np.array([whole in text for text in texts], dtype=bool)
            scored[numbers] += (1 + np.log(counts)) * (1 + ends)
        return scored * self._shares


def rank(
    corpus: Corpus,
    query: str,
    *,
    cosines: Sequence[float] | Vectors | None = None,
    allowed: Sequence[bool] | None = None,
    limit: int = 20,
) -> list[int]:
    """Positions of the best texts, best first; of equals the earlier one. `cosines`, one a text, add those that come
    near in meaning; `allowed`, one a text, says which of them may be found at all."""
    by_words = corpus.scores(list(dict.fromkeys(words_of(query)))[:MOST_WORDS])
    found = by_words > 0
    # The best match by words weighs as much as a perfect match in meaning.
    totals = by_words / by_words.max() if found.any() else by_words
    if cosines is not None:
        near = np.asarray(cosines, dtype=np.float64)
        found |= near >= NEAR
        totals = totals + np.maximum(near, 0.0)
    if allowed is not None:
        found &= np.asarray(allowed, dtype=bool)
    positions = np.flatnonzero(found)
    return [int(p) for p in positions[np.argsort(-totals[positions], kind="stable")][:limit]]
