"""When in the day and the week entries stand, how pleasant they were then, and where they lie on the map of affect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit  # type: ignore[import-untyped]

from journal.insights.factors import LEAST
from journal.insights.moments import Moment

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STEP = 0.1
"""Width and height of a cell of the map."""

QUADRANTS = ("pleasant, energetic", "pleasant, still", "unpleasant, energetic", "unpleasant, still")


def rhythm(moments: Sequence[Moment]) -> dict[str, Any]:
    """`hours` and `weekdays`: how many entries, and from ten known valences on their mean with its 95% interval."""
    at = np.array([(m.at.hour, m.at.weekday()) for m in moments], dtype=np.int64).reshape(-1, 2)
    valence = np.array([math.nan if m.valence is None else m.valence for m in moments], dtype=np.float64)
    return {
        "hours": [{"hour": hour} | _told(valence[at[:, 0] == hour]) for hour in range(24)],
        "weekdays": [{"day": name} | _told(valence[at[:, 1] == day]) for day, name in enumerate(WEEKDAYS)],
    }


def _told(values: NDArray[np.float64]) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    if len(known) < LEAST:
        return {"n": len(values), "mean": None, "low": None, "high": None}
    middle = float(np.mean(known))
    half = float(stdtrit(len(known) - 1, 0.975)) * float(np.std(known, ddof=1)) / math.sqrt(len(known))
    low, high = max(-1.0, middle - half), min(1.0, middle + half)
    return {"n": len(values), "mean": round(middle, 3), "low": round(low, 3), "high": round(high, 3)}


def plane(moments: Sequence[Moment]) -> dict[str, Any]:
    """`cells` of the map of energy (0 still to 1 activated) and valence, each by its middle, and `quadrants`."""
    places = [(m.valence, m.energy) for m in moments if m.valence is not None and m.energy is not None]
    known = np.array(places, dtype=np.float64).reshape(-1, 2)
    columns, rows = _cells(known[:, 0], -1.0), _cells(known[:, 1], 0.0)
    found, counts = np.unique(np.stack([columns, rows], axis=1), axis=0, return_counts=True)
    sides = np.bincount((known[:, 0] < 0) * 2 + (known[:, 1] < 0.5), minlength=len(QUADRANTS))
    return {
        "cells": [
            {"valence": _middle(c, -1.0), "energy": _middle(r, 0.0), "n": int(n)}
            for (c, r), n in zip(found.tolist(), counts, strict=True)
        ],
        "quadrants": dict(zip(QUADRANTS, sides.tolist(), strict=True)),
    }


def quadrant(valence: float, energy: float) -> str:
    """The quadrant of a place; the middle counts as pleasant and as energetic."""
    return QUADRANTS[(valence < 0) * 2 + (energy < 0.5)]


def _cells(values: NDArray[np.float64], least: float) -> NDArray[np.int64]:
    """The number of the cell that each value lies in; the upper edge belongs to the last one."""
    numbers = ((values - least) / STEP + 1e-9).astype(np.int64)
    return np.minimum(numbers, round((1 - least) / STEP) - 1)


def _middle(number: int, least: float) -> float:
    return round(least + (number + 0.5) * STEP, 2)
