"""Where a person is, where a goal leads, and how far an item lies off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.affect import AFFECT, STATE_LABELS, Target, target
from agent.domain import EMOTIONS, Goal
from agent.errors import Invalid
from retrieval import mood

mixtures = st.lists(st.tuples(st.sampled_from(EMOTIONS), st.floats(0, 1)), max_size=4)


def test_feelings_are_sorted_by_weight_and_nothing_weightless_stays() -> None:
    felt = mood.feelings([("joy", 0.4), ("sadness", 0.0), ("fear", 0.9), ("anger", -0.1)])
    assert [(f.label, f.weight) for f in felt] == [("fear", 0.9), ("joy", 0.4)]


@pytest.mark.parametrize("label", STATE_LABELS)
def test_every_label_a_person_may_choose_has_an_emotion_of_like_sign(label: str) -> None:
    (feeling,) = mood.feelings([(label, 1.0)])
    assert feeling.label == label
    assert feeling.emotion in EMOTIONS


@pytest.mark.parametrize("label", ["lonely", "anxious", "worried", "overwhelmed", "guilty", "hopeless", "drained"])
def test_hard_labels_call_for_care(label: str) -> None:
    assert mood.tender(mood.feelings([(label, 1.0)]))


@pytest.mark.parametrize(("label", "weight"), [("melancholy", 0.5), ("", 0.5), ("joy", math.nan), ("joy", 1.5)])
def test_a_strange_label_or_weight_is_refused(label: str, weight: float) -> None:
    with pytest.raises(Invalid, match="emotions: found"):
        mood.feelings([(label, weight)])


def test_care_comes_first_when_nothing_is_known() -> None:
    assert mood.tender(())
    assert mood.tender(mood.feelings([("joy", 0.9), ("remorse", 0.31)]))
    assert not mood.tender(mood.feelings([("neutral", 0.9)]))
    assert not mood.tender(mood.feelings([("anger", 0.9)]))


@given(mixtures, st.sampled_from([*Goal, None]))
def test_no_target_for_company_is_as_dark_or_agitated_as_the_feeling(
    mixture: list[tuple[str, float]], goal: Goal | None
) -> None:
    felt = mood.feelings(mixture)
    valence, energy = mood.here(felt)
    to = mood.towards(felt, goal)
    if valence < 0 and goal in (Goal.STAY, None):
        assert to.valence >= mood.DARKEST[goal]
        assert to.energy <= mood.MOST_AGITATED
    else:
        assert to == target(valence, energy, goal)


def test_a_path_ends_at_the_goal_and_goes_straight() -> None:
    felt = mood.feelings([("fear", 0.8)])
    way = mood.steps(felt, Goal.CALM)
    assert len(way) == 3
    assert way[-1] == pytest.approx(mood.towards(felt, Goal.CALM))
    assert [s.valence for s in way] == sorted(s.valence for s in way)
    assert [s.energy for s in way] == sorted((s.energy for s in way), reverse=True)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1))
def test_distance_is_zero_at_the_target_and_never_more_than_one(v: float, e: float, tv: float, te: float) -> None:
    far = mood.distance(np.array([v, tv]), np.array([e, te]), Target(tv, te))
    assert 0.0 <= far[0] <= 1.0
    assert far[1] == 0.0


def test_every_emotion_reaches_itself() -> None:
    for name, place in AFFECT.items():
        assert mood.here(mood.feelings([(name, 0.7)])) == pytest.approx((place.valence, place.energy))


@pytest.mark.parametrize("emotion", ["fear", "grief", "anger", "disgust", "remorse"])
def test_company_in_a_bad_feeling_is_neither_dark_nor_loud_and_asks_for_little(emotion: str) -> None:
    to = mood.towards(mood.feelings([(emotion, 0.9)]), Goal.STAY)
    assert to.valence >= mood.DARKEST[Goal.STAY]
    assert to.energy <= mood.MOST_AGITATED
    assert to.demand is not None and to.demand < 0.5


def test_troubled_is_whoever_feels_bad_or_of_whom_nothing_is_known() -> None:
    assert mood.troubled(())
    assert mood.troubled(mood.feelings([("anger", 0.9), ("amusement", 0.2)]))
    assert not mood.troubled(mood.feelings([("joy", 0.9), ("sadness", 0.2)]))
