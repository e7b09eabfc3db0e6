"""What went together with pleasant and unpleasant moments: effect sizes with intervals, corrected for the number tried.

Mean valence of the entries with something against those without it (Welch). Who tries many things finds some by chance,
so the intervals are widened by Holm's step-down method: of m comparisons ordered by their p, the i-th has the level
1 - 0.05 / (m - i + 1) until the first that is not clear; all later ones share its level. An interval therefore
excludes zero exactly where Holm's test rejects.

Entries count as independent of each other, so several about one event make an interval look surer than it is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit  # type: ignore[import-untyped]

from journal.insights.moments import Moment

LEAST = 10
"""Entries with, and entries without, before a comparison is shown at all."""

ALPHA = 0.05
MOST_EARLY = 60
"""Things too early to say of in one answer, the most frequent first."""

TOO_EARLY = "too early to say"
CORRECTION = "Holm"

Values = NDArray[np.float64]


class Pair(NamedTuple):
    """Valence of the entries that have something and of those that have not."""

    kind: str
    name: str
    having: Values
    lacking: Values

    @property
    def ready(self) -> bool:
        """True when both sides are large enough and vary at all: no spread, no interval."""
        sides = (self.having, self.lacking)
        return all(len(side) >= LEAST for side in sides) and any(np.ptp(side) > 0 for side in sides)


class Effect(NamedTuple):
    """A difference of means with its standard error, degrees of freedom, two-sided p, and Hedges' g."""

    pair: Pair
    difference: float
    error: float
    degrees: float
    p: float
    g: float


def associations(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """Every association, tag and emotion against valence, those that can be told first. Emotions are held against the
    valence that the person gave alone, because a reading compared with its own emotions would confirm itself."""
    own = [m for m in moments if m.own]
    known = [m for m in moments if m.valence is not None]
    pairs = _compared("association", [m for m in own if m.associations is not None], lambda m: m.associations or ())
    pairs += _compared("tag", known, lambda m: m.tags)
    pairs += _compared("emotion", own, lambda m: m.labels)
    told = corrected([effect(pair) for pair in pairs if pair.ready])
    early = sorted((p for p in pairs if not p.ready), key=lambda p: (-len(p.having), p.kind, p.name))
    early = sorted(early[:MOST_EARLY], key=lambda p: (p.kind, p.name))
    return told + [_counted(pair) | _NOTHING | {"tried": len(told), "says": TOO_EARLY} for pair in early]


_NOTHING: dict[str, Any] = dict.fromkeys(("difference", "low", "high", "effect", "p"))


def effect(pair: Pair) -> Effect:
    """Welch's comparison of the two sides of a pair."""
    a, b = pair.having, pair.lacking
    va, vb = float(np.var(a, ddof=1)), float(np.var(b, ddof=1))
    na, nb = len(a), len(b)
    error = math.sqrt(va / na + vb / nb)
    degrees = (va / na + vb / nb) ** 2 / ((va / na) ** 2 / (na - 1) + (vb / nb) ** 2 / (nb - 1))
    difference = float(np.mean(a) - np.mean(b))
    pooled = math.sqrt(((na - 1) * va + (nb - 1) * vb) / (na + nb - 2))
    small = 1 - 3 / (4 * (na + nb) - 9)  # Hedges' correction for small samples
    p = 2 * float(stdtr(degrees, -abs(difference) / error))
    return Effect(pair, difference, error, degrees, p, small * difference / pooled)


def corrected(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    """The effects as JSON with intervals and p after Holm, by kind and name."""
    ordered, m = sorted(effects, key=lambda one: one.p), len(effects)
    levels, adjusted, stopped, highest = {}, {}, 0, 0.0
    for rank, one in enumerate(ordered):
        tests = stopped or m - rank
        if one.p > ALPHA / tests:
            stopped = tests
        highest = max(highest, min(1.0, (m - rank) * one.p))
        levels[id(one)], adjusted[id(one)] = ALPHA / tests, highest
    shown = [_as_json(one, levels[id(one)], adjusted[id(one)], m) for one in effects]
    return sorted(shown, key=lambda one: (one["kind"], one["name"]))


def _as_json(one: Effect, alpha: float, p: float, tried: int) -> dict[str, Any]:
    half = float(stdtrit(one.degrees, 1 - alpha / 2)) * one.error
    low, high = one.difference - half, one.difference + half
    says = "more pleasant with it" if low > 0 else "less pleasant with it" if high < 0 else "no clear difference"
    figures = {"difference": one.difference, "low": max(-2.0, low), "high": min(2.0, high), "effect": one.g}
    rounded = {name: round(value, 3) for name, value in figures.items()} | {"p": round(p, 4)}
    return _counted(one.pair) | rounded | {"tried": tried, "says": says}


def _counted(pair: Pair) -> dict[str, Any]:
    return {"kind": pair.kind, "name": pair.name, "n_with": len(pair.having), "n_without": len(pair.lacking)}


def _compared(kind: str, moments: Sequence[Moment], names_of: Callable[[Moment], Sequence[str]]) -> list[Pair]:
    valences = np.array([m.valence for m in moments], dtype=np.float64)
    having: dict[str, set[int]] = defaultdict(set)
    for number, moment in enumerate(moments):
        for name in names_of(moment):
            having[name].add(number)
    pairs = []
    for name, numbers in having.items():
        present = np.zeros(len(moments), dtype=bool)
        present[list(numbers)] = True
        pairs.append(Pair(kind, name, valences[present], valences[~present]))
    return pairs
