"""One wish for suggestions: what may be asked for, and what this room makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from agent.affect import Target
from agent.domain import Goal
from retrieval import mood, rules
from retrieval.mood import Feeling
from retrieval.rank import VECTORS, WEIGHTS, Weights
from retrieval.rules import Wishes

WISHED: dict[Goal | None, str] = {
    Goal.STAY: "Something to keep me company in this mood.",
    Goal.LIFT: "Something warm, kind and hopeful.",
    Goal.CALM: "Something calm, slow and quiet.",
    Goal.ENERGISE: "Something lively, fast and full of energy.",
    Goal.DISTRACT: "Something absorbing to get lost in.",
    Goal.CONNECT: "Something to share with other people.",
    None: "Something quiet and good to begin with.",
}
"""What the encoder reads where there is no text. Beside a text it only blurs the meaning: goals count elsewhere."""


class Wanted(TypedDict, total=False):
    """What may be asked for; all of it may be left out.

    `emotions` are (label, probability); `exclude`, `liked` and `disliked` are item ids; `gentle` keeps to items that
    ask little and carry no warning; `avoid` are warnings to keep away; `max_energy` and `social_only` are limits, too.
    """

    text: str
    emotions: Sequence[tuple[str, float]]
    goal: Goal | None
    kinds: Sequence[str]
    exclude: Sequence[str]
    gentle: bool
    liked: Sequence[str]
    disliked: Sequence[str]
    max_minutes: int | None
    max_energy: float | None
    free_only: bool
    social_only: bool
    avoid: Sequence[str]


@dataclass(frozen=True)
class Request:
    """What was asked for, checked, in this room's terms. `vector` is a unit vector (dimension,), or None without an
    encoder; `target` is the state to head for; `turn` counts on through the steps of a path."""

    vector: VECTORS | None
    text: str
    felt: tuple[Feeling, ...]
    goal: Goal | None
    target: Target
    wishes: Wishes
    limit: int
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    turn: int = 0
    weights: Weights = WEIGHTS


def query(text: str, goal: Goal | None) -> str:
    """What to embed for a request: the person's own words, or the wish alone where there are none."""
    return text if text.strip() else WISHED[goal]


def read(vector: VECTORS | None, dimension: int, limit: int, wanted: Wanted, weights: Weights = WEIGHTS) -> Request:
    """Checks what was asked for. Raises `agent.errors.Invalid` for strange emotions, kinds or warnings, `ValueError`
    for a vector that is no unit vector of this dimension. An item both liked and disliked counts as disliked."""
    felt = mood.feelings(wanted.get("emotions", ()))
    goal, text = wanted.get("goal"), wanted.get("text", "")
    disliked, exclude = tuple(wanted.get("disliked", ())), tuple(wanted.get("exclude", ()))
    return Request(
        vector=_unit(vector, dimension),
        text=text,
        felt=felt,
        goal=goal,
        target=_within(mood.towards(felt, goal), wanted),
        wishes=rules.wishes(
            text=text,
            felt=felt,
            kinds=wanted.get("kinds", ()),
            max_minutes=wanted.get("max_minutes"),
            max_energy=wanted.get("max_energy"),
            free_only=wanted.get("free_only", False),
            social_only=wanted.get("social_only", False),
            exclude=exclude,
            disliked=disliked,
            gentle=wanted.get("gentle", False),
            avoid=wanted.get("avoid", ()),
        ),
        limit=limit,
        liked=tuple(i for i in wanted.get("liked", ()) if i not in disliked),
        disliked=disliked,
        shown=exclude,
        weights=weights,
    )


def _within(to: Target, wanted: Wanted) -> Target:
    """The target where the limits leave it: nobody who asked for calmer is led to the liveliest of the calm."""
    most = wanted.get("max_energy")
    if most is not None and to.energy > most:
        to = to._replace(energy=max(0.05, most - 0.05))
    return to._replace(social=True) if wanted.get("social_only") else to


def _unit(vector: VECTORS | None, dimension: int) -> VECTORS | None:
    if vector is None:
        return None
    length = float(np.linalg.norm(vector))
    if vector.shape != (dimension,) or not abs(length - 1.0) <= 0.01:
        raise ValueError(f"vector: found shape {vector.shape} of length {length}, expected ({dimension},) of length 1")
    return vector
