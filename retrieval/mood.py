"""Where a person is in affect space, where a goal leads from there, and how far an item lies from it.

Emotions come in as (label, weight), the label one of the 28 that are read or one of the 38 State-of-Mind labels that
people choose themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.affect import AFFECT, GENTLE_GROUPS, STATE_LABELS, Target, centre, target
from agent.domain import EMOTIONS, Goal
from agent.errors import Invalid

FLOAT = NDArray[np.float64]

STATE_EMOTION: dict[str, str] = {
    "amazed": "admiration", "amused": "amusement", "angry": "anger", "annoyed": "annoyance", "anxious": "nervousness",
    "ashamed": "embarrassment", "brave": "pride", "calm": "relief", "confident": "optimism", "content": "approval",
    "disappointed": "disappointment", "discouraged": "disappointment", "disgusted": "disgust", "drained": "sadness",
    "embarrassed": "embarrassment", "excited": "excitement", "frustrated": "annoyance", "grateful": "gratitude",
    "guilty": "remorse", "happy": "joy", "hopeful": "optimism", "hopeless": "sadness", "indifferent": "neutral",
    "irritated": "annoyance", "jealous": "disapproval", "joyful": "joy", "lonely": "sadness",
    "overwhelmed": "nervousness", "passionate": "love", "peaceful": "relief", "proud": "pride", "relieved": "relief",
    "sad": "sadness", "satisfied": "approval", "scared": "fear", "stressed": "nervousness", "surprised": "surprise",
    "worried": "nervousness",
}  # fmt: skip
"""Every label a person may choose to the emotion it lies nearest to; where two are near, the one to be gentler with."""

REACH = 0.35
"""An item lies within reach of a target when it is no farther off than this, on the scale of `distance`."""

DARKEST = {Goal.STAY: 0.1, None: 0.3}
"""Least valence of the target, by goal, for somebody who wants to stay with a bad feeling, or near it."""

MOST_AGITATED = 0.35
"""Most energy of such a target."""

_VALENCE_SCALE = 0.5
"""Valence spans 2 and energy 1: this makes both span 1."""


class Feeling(NamedTuple):
    """One emotion of an entry: the label as it came, the emotion of the 28 it stands for, and its weight, 0..1."""

    label: str
    emotion: str
    weight: float


def feelings(emotions: Iterable[tuple[str, float]]) -> tuple[Feeling, ...]:
    """The emotions of an entry, strongest first, none without weight. Raises `Invalid` for a strange label."""
    found = []
    for label, weight in emotions:
        emotion = label if label in AFFECT else STATE_EMOTION.get(label)
        if emotion is None:
            allowed = f"one of {', '.join(EMOTIONS)}; or a State-of-Mind label ({', '.join(STATE_LABELS)})"
            raise Invalid("emotions", f"found {label!r}; allowed: {allowed}")
        if not math.isfinite(weight) or weight > 1:
            raise Invalid("emotions", f"found weight {weight} for {label!r}; allowed: 0 to 1")
        if weight > 0:
            found.append(Feeling(label, emotion, weight))
    return tuple(sorted(found, key=lambda f: -f.weight))


def tender(felt: Sequence[Feeling]) -> bool:
    """Whether care comes first: an emotion of the fear or sadness group is there, or nothing is known at all."""
    return not felt or any(AFFECT[f.emotion].group in GENTLE_GROUPS for f in felt)


def here(felt: Sequence[Feeling]) -> tuple[float, float]:
    """Valence and energy of where the person is now."""
    return centre([(f.emotion, f.weight) for f in felt])


def troubled(felt: Sequence[Feeling]) -> bool:
    """Whether the person feels bad rather than good, or nothing is known of it."""
    return not felt or here(felt)[0] < 0


def towards(felt: Sequence[Feeling], goal: Goal | None) -> Target:
    """The state a suggestion should help towards.

    To stay with a bad feeling, or near it, is to have company in it, not to have it doubled: what sits beside fear
    need not be frightening, so that company is never darker or more agitated than these limits.
    """
    valence, energy = here(felt)
    to = target(valence, energy, goal)
    if valence >= 0 or goal not in DARKEST:
        return to
    return to._replace(valence=max(to.valence, DARKEST[goal]), energy=min(to.energy, MOST_AGITATED))


def steps(felt: Sequence[Feeling], goal: Goal | None, count: int = 3) -> list[Target]:
    """`count` targets on the straight way from here to the goal, the last one being the goal itself."""
    end = towards(felt, goal)
    # The way begins in company, not in the middle of a bad feeling: what lies there is as dark as the feeling itself.
    valence, energy, *_ = towards(felt, Goal.STAY)
    return [
        end._replace(
            valence=valence + (end.valence - valence) * step / count,
            energy=energy + (end.energy - energy) * step / count,
        )
        for step in range(1, count + 1)
    ]


def distance(valence: FLOAT, energy: FLOAT, to: Target) -> FLOAT:
    """How far items lie from a target in valence and energy: 0 is there, 1 is worlds apart. Arrays (n,) to (n,)."""
    far: FLOAT = np.minimum(1.0, np.hypot(_VALENCE_SCALE * (valence - to.valence), energy - to.energy))
    return far


assert set(STATE_EMOTION) == set(STATE_LABELS), "every State-of-Mind label has its emotion"
