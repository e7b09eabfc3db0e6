from __future__ import annotations

from agent.domain import EMOTIONS
from retrieval.vocabulary import GROUPS, HARSH, WARNINGS


def test_the_groups_hold_every_emotion_once() -> None:
    assert sorted(e for emotions in GROUPS.values() for e in emotions) == sorted(EMOTIONS)
    assert set(GROUPS) == {"anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral"}


def test_what_is_harsh_is_a_warning() -> None:
    assert set(WARNINGS) > HARSH
