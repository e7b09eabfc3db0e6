"""Thresholds, and the fallback of texts that none of them catches."""

from __future__ import annotations

import numpy as np
import pytest

from agent.domain import EMOTIONS, NEUTRAL
from reader.decision import Fallback, passed

THRESHOLDS = np.full(28, 0.4)
SAD = EMOTIONS.index("sadness")


def row(**given: float) -> np.ndarray:
    probabilities = np.full((1, 28), 0.01)
    for label, p in given.items():
        probabilities[0, EMOTIONS.index(label)] = p
    return probabilities


def told(probabilities: np.ndarray, fallback: Fallback) -> list[str]:
    return [EMOTIONS[i] for i in np.flatnonzero(passed(probabilities, THRESHOLDS, fallback)[0])]


def test_without_a_fallback_the_thresholds_decide() -> None:
    assert told(row(sadness=0.39), Fallback()) == []
    assert told(row(sadness=0.41, neutral=0.5), Fallback()) == ["sadness", "neutral"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"sadness": 0.3, "neutral": 0.1}, ["sadness"]),
        ({"sadness": 0.3, "fear": 0.2, "neutral": 0.1}, ["sadness"]),
        ({"sadness": 0.3, "neutral": 0.3}, []),
        ({"sadness": 0.1, "neutral": 0.1}, []),
        ({"sadness": 0.3, "joy": 0.5, "neutral": 0.1}, ["joy"]),
    ],
)
def test_the_nearest_emotion_is_told_where_neutral_is_weak(given: dict[str, float], expected: list[str]) -> None:
    assert told(row(**given), Fallback(neutral=0.25, ratio=0.5)) == expected


def test_nearest_is_measured_by_each_label_s_own_threshold() -> None:
    thresholds = THRESHOLDS.copy()
    thresholds[SAD] = 0.8
    found = passed(row(sadness=0.35, fear=0.3), thresholds, Fallback(neutral=0.25, ratio=0.5))
    assert [EMOTIONS[i] for i in np.flatnonzero(found[0])] == ["fear"]
    assert not found[0, NEUTRAL]
