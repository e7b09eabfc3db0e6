"""From the items that may be suggested to the few worth taking: a score that a person can read, then variety.

Every part of a score is a number with a name, and the parts sum to the score. Arrays run over the same n items.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.affect import Target
from agent.domain import Goal, Item
from retrieval.mood import FLOAT, distance
from retrieval.rules import Wishes as Wishes
from retrieval.rules import allowed as allowed

PARTS: tuple[str, ...] = ("meaning", "mood", "goal", "feedback", "novelty", "warnings", "variety")
"""The names of the parts, in the order they are shown."""

VECTORS = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part can move a score.

    For whoever is afraid or sad, `severity` of a warning doubles (`warned` scales all of it), and an item darker than
    the target loses `below` for each unit of valence: missing on that side hurts more. `long` is lost for each doubling
    of minutes beyond `AN_EVENING_HAS`, twice at most. `sore` and `dear` are what is left of meaning for somebody who
    wants a distraction from a bad feeling, or from a good one; `soft` for somebody who wants calm after a bad feeling.
    """

    meaning: float = 0.65
    mood: float = 0.43
    below: float = 0.1
    listed: float = 0.26
    social: float = 0.065
    demand: float = 0.2
    asked: float = 0.5
    long: float = 0.03
    sore: float = 0.15
    dear: float = 0.24
    soft: float = 0.6
    warned: float = 1.4
    feedback: float = 0.4
    known: float = 0.2
    repeated: float = 0.3
    variety: float = 0.08
    severity: tuple[tuple[str, float], ...] = (
        ("violence", 0.05), ("horror", 0.06), ("self-harm", 0.1), ("grief", 0.05), ("gambling", 0.04),
        ("sexual content", 0.03), ("drugs", 0.04), ("abuse", 0.08), ("flashing lights", 0.03),
        ("strong language", 0.01),
    )  # fmt: skip


WEIGHTS = Weights()

AN_EVENING_HAS = 45
"""Minutes that anybody can begin and enjoy tonight."""

UNASKED = (Goal.STAY, Goal.LIFT, Goal.CALM)
"""The goals that also serve somebody who picked none."""

ORDINARY = 0.3
"""Cosine below which two items have nothing particular in common."""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of n items as arrays (n,), made once so that a request does arithmetic only."""

    items: tuple[Item, ...]
    valence: FLOAT
    energy: FLOAT
    demand: FLOAT
    social: NDArray[np.bool_]
    listed: dict[Goal, NDArray[np.bool_]]
    severity: FLOAT
    length: FLOAT

    @classmethod
    def of(cls, items: Sequence[Item], weights: Weights = WEIGHTS) -> Table:
        """The table of these items, in their order."""
        severity = dict(weights.severity)
        return cls(
            items=tuple(items),
            valence=np.array([i.valence for i in items], dtype=np.float64),
            energy=np.array([i.energy for i in items], dtype=np.float64),
            demand=np.array([i.demand for i in items], dtype=np.float64),
            social=np.array([i.social for i in items], dtype=np.bool_),
            listed={goal: np.array([goal in i.goals for i in items], dtype=np.bool_) for goal in Goal},
            severity=np.array([sum(severity.get(w, 0.1) for w in set(i.warnings)) for i in items], dtype=np.float64),
            length=np.array([min(2.0, max(0.0, math.log2(i.minutes / AN_EVENING_HAS))) for i in items]),
        )

    def take(self, positions: NDArray[np.intp]) -> Table:
        """The same table of some items only."""
        return Table(
            items=tuple(self.items[p] for p in positions),
            valence=self.valence[positions],
            energy=self.energy[positions],
            demand=self.demand[positions],
            social=self.social[positions],
            listed={goal: mask[positions] for goal, mask in self.listed.items()},
            severity=self.severity[positions],
            length=self.length[positions],
        )


class Taste(NamedTuple):
    """What the person has said and seen, as cosines (n, m) of the n items to the m liked, disliked and shown ones."""

    liked: VECTORS
    disliked: VECTORS
    shown: VECTORS
    known: NDArray[np.bool_]


def no_taste(count: int) -> Taste:
    """The taste of somebody of whom nothing is known yet, over `count` items."""
    empty = np.zeros((count, 0), dtype=np.float32)
    return Taste(empty, empty, empty, np.zeros(count, dtype=np.bool_))


def score(
    table: Table,
    meaning: FLOAT,
    target: Target,
    goal: Goal | None,
    taste: Taste,
    *,
    careful: bool,
    troubled: bool = False,
    asked: frozenset[str] = frozenset(),
    weights: Weights = WEIGHTS,
) -> dict[str, FLOAT]:
    """The parts of every score but variety, each (n,). `meaning` is the cosine of query and item; `troubled` says that
    the person feels bad rather than good; `asked` are the warnings whose theme the person asked for by name: an item
    that has one is neither too dark nor warned of."""
    named = _has(table, asked)
    care = np.where(named, 0.0, float(careful))
    darker = weights.below * care * np.maximum(0.0, target.valence - table.valence)
    return {
        "meaning": weights.meaning * heeded(goal, troubled, weights) * np.maximum(0.0, meaning),
        "mood": weights.mood * (1.0 - distance(table.valence, table.energy, target)) - darker,
        "goal": _goal(table, target, goal, careful, weights) + weights.asked * named,
        "feedback": weights.feedback * (_nearest(taste.liked) - _nearest(taste.disliked)),
        "novelty": -weights.repeated * _nearest(taste.shown) - weights.known * taste.known,
        "warnings": -weights.warned * table.severity * (1.0 + care) * ~named,
    }


def heeded(goal: Goal | None, troubled: bool, weights: Weights = WEIGHTS) -> float:
    """How much of its weight meaning keeps: who wants to forget a trouble does not want more of its subject."""
    if goal is Goal.DISTRACT:
        return weights.sore if troubled else weights.dear
    return weights.soft if goal is Goal.CALM and troubled else 1.0


def _goal(table: Table, target: Target, goal: Goal | None, careful: bool, weights: Weights) -> FLOAT:
    """What the goal makes of an item; nobody afraid or sad is asked for much effort they did not ask for."""
    part: FLOAT = -weights.long * table.length
    # Without a goal the wish is to stay near and go gently lighter; what only excites or tests serves neither.
    serves = table.listed[goal] if goal is not None else np.any([table.listed[g] for g in UNASKED], axis=0)
    part += weights.listed * serves
    if target.social is not None:
        part += weights.social * np.where(table.social == target.social, 1.0, -0.5)
    if target.demand is not None:
        part += weights.demand * (0.5 - np.abs(table.demand - target.demand))
    elif careful:
        part -= weights.demand * np.maximum(0.0, table.demand - 0.5)
    return part


def _has(table: Table, asked: frozenset[str]) -> NDArray[np.bool_]:
    """Where an item carries a warning that was asked for; (n,)."""
    if not asked:
        return np.zeros(len(table.items), dtype=np.bool_)
    return np.array([not asked.isdisjoint(item.warnings) for item in table.items], dtype=np.bool_)


def _nearest(cosines: VECTORS) -> FLOAT:
    """How far the nearest of m neighbours rises above the ordinary, 0..1; cosines (n, m) to (n,)."""
    if not cosines.shape[1]:
        return np.zeros(cosines.shape[0])
    above: FLOAT = np.maximum(0.0, cosines.max(axis=1).astype(np.float64) - ORDINARY) / (1.0 - ORDINARY)
    return above


def vary(
    table: Table, totals: FLOAT, vectors: VECTORS, limit: int, weights: Weights = WEIGHTS
) -> list[tuple[int, float]]:
    """At most `limit` positions with what likeness to the earlier ones took from each, best first.

    Maximal marginal relevance: each step takes the item with the best total less its likeness to the chosen ones.
    What is taken only grows, so the resulting scores never rise along the list.
    """
    alike = _likeness(table, vectors)
    penalty = np.zeros(len(totals))
    left = np.ones(len(totals), dtype=np.bool_)
    chosen: list[tuple[int, float]] = []
    while len(chosen) < min(limit, len(totals)):
        # Ties fall to the earlier position, so the same request has the same answer everywhere.
        best = int(np.argmax(np.where(left, totals - penalty, -np.inf)))
        chosen.append((best, -float(penalty[best])))
        left[best] = False
        penalty = np.maximum(penalty, weights.variety * alike[best])
    return chosen


def _likeness(table: Table, vectors: VECTORS) -> FLOAT:
    """How alike items are, (n, n) in 0..1: half meaning, the rest kind and mood."""
    cosine = np.maximum(0.0, (vectors @ vectors.T).astype(np.float64))
    kinds = np.array([item.kind for item in table.items])
    same_kind = kinds[:, None] == kinds[None, :]
    mood = np.hypot(table.valence[:, None] - table.valence, table.energy[:, None] - table.energy)
    likeness: FLOAT = 0.5 * cosine + 0.3 * same_kind + 0.2 * np.maximum(0.0, 1.0 - mood)
    return likeness
