"""When did I last feel like this: entries that come near in meaning, in feeling, or in both."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from journal.insights.moments import Moment

BY_MEANING = 0.4
"""How much the meaning of the words counts beside the feeling, where both are known: less, so that the same words about
an opposite feeling are not taken for like it."""

LEAST_NEAR = 0.45
"""Nearness (0 to 1) below which an entry is not like another."""


def nearest(
    moments: Sequence[Moment], like: Moment, cosines: NDArray[np.float32] | None, *, limit: int
) -> list[tuple[int, float]]:
    """Positions and nearness (0 to 1) of the `limit` moments most like another, best first, of equals the first; `like`
    itself, by its id, is left out. `cosines` of their texts to its text may be missing."""
    feeling = np.array([alike(m, like) for m in moments], dtype=np.float64)
    near = feeling
    if cosines is not None:
        meaning = np.clip(np.asarray(cosines, dtype=np.float64), 0.0, 1.0)
        known = ~np.isnan(feeling)
        near = np.where(known, BY_MEANING * meaning + (1 - BY_MEANING) * np.nan_to_num(feeling), meaning)
    near = np.nan_to_num(near)
    order = np.argsort(-near, kind="stable")
    found = [(int(i), round(float(near[i]), 3)) for i in order if near[i] >= LEAST_NEAR and moments[i].id != like.id]
    return found[:limit]


def alike(one: Moment, other: Moment) -> float:
    """How alike two moments felt, 0 to 1: half by the labels they share, half by how near they lie; not a number
    where nothing is known of one of them."""
    if one.valence is None or other.valence is None:
        return math.nan
    a, b = set(one.labels), set(other.labels)
    shared = len(a & b) / len(a | b) if a | b else 0.0
    energy = (one.energy - other.energy) if one.energy is not None and other.energy is not None else 0.0
    distance = math.hypot((one.valence - other.valence) / 2, energy) / math.sqrt(2)
    return 0.5 * shared + 0.5 * (1 - min(1.0, 2 * distance))
