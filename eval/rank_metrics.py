"""Figures of ranked lists: how good, how varied, how much of the catalogue, how steady, and how sure all that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

GOOD = 2.0
"""Mean grade from which an item counts as good."""

FLOAT = NDArray[np.float64]


def ndcg(ids: Sequence[str], grades: Mapping[str, float], depth: int, *, condensed: bool = False) -> float:
    """Normalised discounted cumulative gain of the first `depth`, 0..1, with gain 2 ** grade - 1.

    What nobody graded counts as 0; `condensed` leaves it out and closes the gap, which is kind to a ranker whose list
    was not pooled as deeply. A case without a good item is 0 for everybody.
    """
    kept = [i for i in ids if i in grades] if condensed else list(ids)
    gains = [2.0 ** grades.get(i, 0.0) - 1.0 for i in kept[:depth]]
    best = sorted((2.0**g - 1.0 for g in grades.values()), reverse=True)[:depth]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(place + 2) for place, gain in enumerate(gains)))


def reciprocal_rank(ids: Sequence[str], grades: Mapping[str, float]) -> float:
    """One over the place of the first good item; 0 without one."""
    return next((1.0 / place for place, i in enumerate(ids, start=1) if grades.get(i, 0.0) >= GOOD), 0.0)


def diversity(vectors: NDArray[np.float32]) -> float:
    """Mean distance (1 - cosine) between any two of a list's unit vectors (k, dimension); 0 for fewer than two."""
    count = len(vectors)
    if count < 2:
        return 0.0
    cosines = vectors @ vectors.T
    return float(1.0 - (cosines.sum() - np.trace(cosines)) / (count * (count - 1)))


def coverage(lists: Sequence[Sequence[str]], catalogue: int) -> float:
    """The share of a catalogue of that many items that is in any of the lists."""
    return len({i for ids in lists for i in ids}) / catalogue


def gini(lists: Sequence[Sequence[str]], catalogue: int) -> float:
    """How unevenly the places of the lists fall on the catalogue: 0 evenly, near 1 all on the same few."""
    shown = Counter(i for ids in lists for i in ids)
    counts = np.sort(np.array([*shown.values(), *[0] * (catalogue - len(shown))], dtype=np.float64))
    if not counts.sum():
        return 0.0
    place = np.arange(1, catalogue + 1)
    return float((2 * place - catalogue - 1) @ counts / (catalogue * counts.sum()))


def share_of(lists: Sequence[Sequence[str]], names: Sequence[str]) -> float:
    """The share of all places that fall on `names`."""
    known = set(names)
    places = [i in known for ids in lists for i in ids]
    return sum(places) / len(places) if places else 0.0


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of the longer list that is in both, 0..1; 1 for two empty ones."""
    longer = max(len(one), len(other))
    return len(set(one) & set(other)) / longer if longer else 1.0


def interval(values: FLOAT, rounds: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95% interval of the mean of (n,) values over cases, by the bootstrap."""
    chosen = np.random.default_rng(seed).integers(len(values), size=(rounds, len(values)))
    low, high = np.percentile(values[chosen].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def ratio(ours: FLOAT, theirs: FLOAT, rounds: int = 2000, seed: int = 0) -> tuple[float, float, float]:
    """Mean of (n,) over mean of (n,), of the same cases, with its 95% interval by the paired bootstrap."""
    chosen = np.random.default_rng(seed).integers(len(ours), size=(rounds, len(ours)))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.percentile(ours[chosen].mean(axis=1) / theirs[chosen].mean(axis=1), [2.5, 97.5])
        return float(ours.mean() / theirs.mean()), float(low), float(high)
