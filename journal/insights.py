"""Figures about a span of time: pure functions from moments to plain JSON. They say what went together, never why."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit  # type: ignore[import-untyped]

from agent.affect import AFFECT, centre
from agent.domain import Entry

LEAST = 10
"""Entries with, and entries without, before a comparison is shown at all."""

TOO_EARLY = "too early to say"

Values = NDArray[np.float64]


class Moment(NamedTuple):
    """What the figures need of one entry. `valence` is None where nothing is known; `own` says that the person gave
    it; `associations` is None where they did not label the moment, which is not the same as naming none."""

    at: datetime
    labels: tuple[str, ...]
    valence: float | None
    own: bool
    associations: tuple[str, ...] | None

    @classmethod
    def of(cls, entry: Entry) -> Moment:
        """The moment of an entry; its day is the person's own local day."""
        own = _own_valence(entry)
        return cls(
            at=entry.created_at,
            labels=entry.labels,
            valence=own if own is not None else _read_valence(entry),
            own=own is not None,
            associations=entry.state_of_mind.associations if entry.state_of_mind else None,
        )


def summarise(
    moments: Iterable[Moment], *, since: datetime | None = None, until: datetime | None = None
) -> dict[str, Any]:
    """All figures for `since <= at < until`: `counts`, `emotions`, `valence`, `calendar`, `associations`."""
    kept = [m for m in moments if (since is None or m.at >= since) and (until is None or m.at < until)]
    days = _by_day(kept)
    return {
        "counts": {"entries": len(kept), "days": len(days)},
        "emotions": dict(Counter(label for m in kept for label in m.labels).most_common()),
        "valence": [
            {"date": day, "mean": _mean(known), "n": len(known)}
            for day, of_day in days.items()
            if (known := _valences(of_day))
        ],
        "calendar": {day: {"n": len(of_day), "valence": _mean(_valences(of_day))} for day, of_day in days.items()},
        "associations": associations(kept),
    }


def associations(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """Mean valence with and without each association and each emotion: the difference with its 95% interval (Welch),
    widened for how many were compared (Bonferroni). Only valence that the person gave counts, because a reading
    compared with its own emotions would confirm itself. Takes entries as independent of each other, so several entries
    about one event make an interval look surer than it is."""
    own = [m for m in moments if m.own]
    labelled = [m for m in own if m.associations is not None]
    pairs = _compared("association", labelled, lambda m: m.associations or ())
    pairs += _compared("emotion", own, lambda m: m.labels)
    tried = sum(1 for pair in pairs if pair.ready)
    return [pair.as_json(tried) for pair in sorted(pairs, key=lambda pair: (not pair.ready, pair.kind, pair.name))]


class _Pair(NamedTuple):
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

    def as_json(self, tried: int) -> dict[str, Any]:
        known = {
            "kind": self.kind, "name": self.name, "n_with": len(self.having), "n_without": len(self.lacking),
        }  # fmt: skip
        if not self.ready:
            return known | {"difference": None, "low": None, "high": None, "tried": tried, "says": TOO_EARLY}
        difference, half = _welch(self.having, self.lacking, 0.05 / tried)
        low, high = difference - half, difference + half
        says = "more pleasant with it" if low > 0 else "less pleasant with it" if high < 0 else "no clear difference"
        figures = {"difference": difference, "low": max(-2.0, low), "high": min(2.0, high)}
        return known | {k: round(v, 3) for k, v in figures.items()} | {"tried": tried, "says": says}


def _compared(kind: str, moments: Sequence[Moment], names_of: Callable[[Moment], Sequence[str]]) -> list[_Pair]:
    valences = np.array([m.valence for m in moments], dtype=np.float64)
    having: dict[str, set[int]] = defaultdict(set)
    for number, moment in enumerate(moments):
        for name in names_of(moment):
            having[name].add(number)
    pairs = []
    for name, numbers in having.items():
        present = np.zeros(len(moments), dtype=bool)
        present[list(numbers)] = True
        pairs.append(_Pair(kind, name, valences[present], valences[~present]))
    return pairs


def _welch(a: Values, b: Values, alpha: float) -> tuple[float, float]:
    """Difference of the means of a and b, and half the width of its interval at level 1 - alpha."""
    va, vb = float(np.var(a, ddof=1)) / len(a), float(np.var(b, ddof=1)) / len(b)
    degrees = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = float(stdtrit(degrees, 1 - alpha / 2)) * math.sqrt(va + vb)
    return float(np.mean(a) - np.mean(b)), half


def _own_valence(entry: Entry) -> float | None:
    if entry.correction and entry.correction.valence is not None:
        return entry.correction.valence
    return entry.state_of_mind.valence if entry.state_of_mind else None


def _read_valence(entry: Entry) -> float | None:
    """The place of the emotions that count for the entry; None for an unsure reading or none at all."""
    if entry.correction and entry.correction.labels is not None:
        weighted = [(label, 1.0) for label in entry.correction.labels if label in AFFECT]
    else:
        weighted = [(e.label, e.probability) for e in entry.reading.emotions] if entry.reading else []
    weighted = [(label, weight) for label, weight in weighted if weight > 0 and label in AFFECT]
    return centre(weighted)[0] if weighted else None


def _by_day(moments: Iterable[Moment]) -> dict[str, list[Moment]]:
    days: dict[str, list[Moment]] = defaultdict(list)
    for moment in moments:
        days[moment.at.date().isoformat()].append(moment)
    return dict(sorted(days.items()))


def _valences(moments: Iterable[Moment]) -> list[float]:
    return [m.valence for m in moments if m.valence is not None]


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None
