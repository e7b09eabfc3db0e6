"""The reviewed tables between emotions, their place in affect space, and Apple's State-of-Mind labels.

Valence (-1 unpleasant .. 1 pleasant) and energy (0 still .. 1 activated) follow the circumplex of affect (Russell,
1980); the numbers are our own reading of it, rounded to 0.05. Ekman groups are those of the GoEmotions paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agent.domain import EMOTIONS, Goal


class Affect(NamedTuple):
    """Where an emotion lies. `group` is an Ekman group or neutral; `labels` are State-of-Mind labels, nearest first."""

    valence: float
    energy: float
    group: str
    labels: tuple[str, ...]


AFFECT: dict[str, Affect] = {
    "admiration": Affect(0.65, 0.50, "joy", ("amazed", "content")),
    "amusement": Affect(0.70, 0.65, "joy", ("amused",)),
    "anger": Affect(-0.75, 0.85, "anger", ("angry",)),
    "annoyance": Affect(-0.50, 0.60, "anger", ("annoyed", "irritated", "frustrated")),
    "approval": Affect(0.45, 0.40, "joy", ("satisfied", "confident")),
    "caring": Affect(0.55, 0.35, "joy", ("passionate", "worried")),
    "confusion": Affect(-0.20, 0.50, "surprise", ("overwhelmed",)),
    "curiosity": Affect(0.30, 0.60, "surprise", ("excited",)),
    "desire": Affect(0.35, 0.65, "joy", ("passionate", "hopeful")),
    "disappointment": Affect(-0.60, 0.30, "sadness", ("disappointed", "discouraged")),
    "disapproval": Affect(-0.50, 0.50, "anger", ("annoyed", "frustrated")),
    "disgust": Affect(-0.70, 0.60, "disgust", ("disgusted",)),
    "embarrassment": Affect(-0.55, 0.55, "sadness", ("embarrassed", "ashamed")),
    "excitement": Affect(0.80, 0.90, "joy", ("excited",)),
    "fear": Affect(-0.75, 0.80, "fear", ("scared", "anxious")),
    "gratitude": Affect(0.75, 0.35, "joy", ("grateful",)),
    "grief": Affect(-0.90, 0.25, "sadness", ("sad", "hopeless")),
    "joy": Affect(0.85, 0.65, "joy", ("joyful", "happy")),
    "love": Affect(0.85, 0.45, "joy", ("passionate", "happy")),
    "nervousness": Affect(-0.50, 0.75, "fear", ("anxious", "stressed", "worried")),
    "optimism": Affect(0.60, 0.50, "joy", ("hopeful", "confident")),
    "pride": Affect(0.75, 0.60, "joy", ("proud", "brave")),
    "realization": Affect(0.05, 0.45, "surprise", ("surprised",)),
    "relief": Affect(0.60, 0.20, "joy", ("relieved", "peaceful")),
    "remorse": Affect(-0.65, 0.40, "sadness", ("guilty", "ashamed")),
    "sadness": Affect(-0.75, 0.25, "sadness", ("sad", "lonely", "drained")),
    "surprise": Affect(0.10, 0.75, "surprise", ("surprised", "amazed")),
    "neutral": Affect(0.0, 0.30, "neutral", ("calm", "indifferent")),
}

STATE_LABELS: tuple[str, ...] = (
    "amazed", "amused", "angry", "anxious", "ashamed", "brave", "calm", "content", "disappointed", "discouraged",
    "disgusted", "embarrassed", "excited", "frustrated", "grateful", "guilty", "happy", "hopeless", "irritated",
    "jealous", "joyful", "lonely", "passionate", "peaceful", "proud", "relieved", "sad", "scared", "stressed",
    "surprised", "worried", "annoyed", "confident", "drained", "hopeful", "indifferent", "overwhelmed", "satisfied",
)  # fmt: skip


class Place(NamedTuple):
    """Where a State-of-Mind label lies, and the one of the 28 emotions that comes nearest to it."""

    valence: float
    energy: float
    emotion: str


STATE: dict[str, Place] = {
    "amazed": Place(0.70, 0.75, "surprise"), "amused": Place(0.70, 0.60, "amusement"),
    "angry": Place(-0.75, 0.85, "anger"), "anxious": Place(-0.55, 0.75, "nervousness"),
    "ashamed": Place(-0.65, 0.40, "embarrassment"), "brave": Place(0.55, 0.65, "pride"),
    "calm": Place(0.45, 0.10, "relief"), "content": Place(0.55, 0.20, "approval"),
    "disappointed": Place(-0.55, 0.30, "disappointment"), "discouraged": Place(-0.60, 0.25, "disappointment"),
    "disgusted": Place(-0.70, 0.60, "disgust"), "embarrassed": Place(-0.50, 0.55, "embarrassment"),
    "excited": Place(0.75, 0.90, "excitement"), "frustrated": Place(-0.60, 0.70, "annoyance"),
    "grateful": Place(0.70, 0.35, "gratitude"), "guilty": Place(-0.60, 0.40, "remorse"),
    "happy": Place(0.80, 0.60, "joy"), "hopeless": Place(-0.90, 0.15, "grief"),
    "irritated": Place(-0.50, 0.65, "annoyance"), "jealous": Place(-0.55, 0.60, "desire"),
    "joyful": Place(0.85, 0.70, "joy"), "lonely": Place(-0.65, 0.20, "sadness"),
    "passionate": Place(0.65, 0.80, "love"), "peaceful": Place(0.60, 0.10, "relief"),
    "proud": Place(0.70, 0.60, "pride"), "relieved": Place(0.55, 0.20, "relief"),
    "sad": Place(-0.75, 0.20, "sadness"), "scared": Place(-0.70, 0.80, "fear"),
    "stressed": Place(-0.60, 0.80, "nervousness"), "surprised": Place(0.10, 0.75, "surprise"),
    "worried": Place(-0.50, 0.65, "nervousness"), "annoyed": Place(-0.45, 0.60, "annoyance"),
    "confident": Place(0.60, 0.55, "optimism"), "drained": Place(-0.50, 0.10, "sadness"),
    "hopeful": Place(0.55, 0.45, "optimism"), "indifferent": Place(-0.10, 0.10, "neutral"),
    "overwhelmed": Place(-0.55, 0.75, "confusion"), "satisfied": Place(0.60, 0.30, "approval"),
}  # fmt: skip
"""The 38 labels that a person may give a moment themselves."""

ASSOCIATIONS: tuple[str, ...] = (
    "community", "current_events", "dating", "education", "family", "fitness", "friends", "health", "hobbies",
    "identity", "money", "partner", "self_care", "spirituality", "tasks", "travel", "work", "weather",
)  # fmt: skip

GENTLE_GROUPS = frozenset({"fear", "sadness"})
"""Ekman groups whose entries never get harsh suggestions unless they are asked for by name."""


def centre(emotions: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Valence and energy of a mixture of (label, weight): the weighted mean; neutral's place for none at all."""
    total = sum(weight for _, weight in emotions)
    if total <= 0:
        return AFFECT["neutral"].valence, AFFECT["neutral"].energy
    valence = sum(AFFECT[label].valence * weight for label, weight in emotions) / total
    energy = sum(AFFECT[label].energy * weight for label, weight in emotions) / total
    return valence, energy


class Target(NamedTuple):
    """The state a suggestion should help towards. `demand` and `social` are None where the goal does not care."""

    valence: float
    energy: float
    demand: float | None = None
    social: bool | None = None


def target(valence: float, energy: float, goal: Goal | None) -> Target:
    """Where to head from here. Small steps: what lies far from the present mood feels like being told to cheer up."""

    def clip(value: float, low: float, high: float) -> float:
        return max(low, min(high, value))

    match goal:
        case Goal.STAY:
            return Target(valence, energy, demand=0.25)
        case Goal.LIFT:
            return Target(clip(valence + 0.7, 0.4, 0.9), clip(energy + 0.05, 0.3, 0.6))
        case Goal.CALM:
            return Target(clip(valence + 0.5, 0.4, 0.75), 0.1, demand=0.2)
        case Goal.ENERGISE:
            return Target(clip(valence + 0.5, 0.3, 0.9), 0.85)
        case Goal.DISTRACT:
            return Target(clip(valence + 0.5, 0.35, 0.8), clip(energy, 0.4, 0.6), demand=0.6)
        case Goal.CONNECT:
            return Target(clip(valence + 0.6, 0.4, 0.9), clip(energy, 0.3, 0.65), social=True)
        case None:
            return Target(clip(valence + 0.35, -0.3, 0.9), clip(energy, 0.2, 0.6))


assert tuple(AFFECT) == EMOTIONS, "every emotion has its place, in label order"
assert tuple(STATE) == STATE_LABELS, "every label has its place, in Apple's order"
