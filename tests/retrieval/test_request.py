"""Requests: checked once, at the door."""

from __future__ import annotations

import numpy as np
import pytest

from agent.domain import Goal
from agent.errors import Invalid
from retrieval import mood, request


def test_nothing_wanted_is_a_request_too() -> None:
    wish = request.read(None, 384, 3, {})
    assert wish.felt == () and wish.goal is None and wish.liked == ()
    assert wish.wishes.kinds == frozenset()
    assert "horror" in wish.wishes.barred


def test_everything_wanted_reaches_its_place() -> None:
    wish = request.read(
        None,
        384,
        5,
        {
            "text": "no gambling please",
            "emotions": [("sad", 0.9)],
            "goal": Goal.LIFT,
            "kinds": ["film"],
            "exclude": ["shown-one"],
            "gentle": True,
            "liked": ["liked-one", "both-ways"],
            "disliked": ["both-ways"],
            "max_minutes": 90,
            "free_only": True,
            "avoid": ["violence"],
        },
    )
    assert wish.felt[0].emotion == "sadness"
    assert wish.target == mood.towards(wish.felt, Goal.LIFT)
    assert wish.liked == ("liked-one",) and wish.disliked == ("both-ways",) and wish.shown == ("shown-one",)
    assert wish.wishes.excluded == {"shown-one", "both-ways"}
    assert wish.wishes.barred >= {"gambling", "violence", "grief"}
    assert wish.wishes.gentle and wish.wishes.free_only and wish.wishes.max_minutes == 90
    assert wish.wishes.kinds == {"film"}


@pytest.mark.parametrize(
    "vector",
    [np.zeros(384), np.ones(384), np.ones(10) / np.sqrt(10), np.full(384, np.nan), np.ones((1, 384)) / np.sqrt(384)],
)
def test_a_vector_that_is_no_unit_vector_is_refused(vector: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected \(384,\) of length 1"):
        request.read(vector.astype(np.float32), 384, 3, {})


def test_a_strange_emotion_is_refused() -> None:
    with pytest.raises(Invalid, match="emotions: found 'hunger'"):
        request.read(None, 384, 3, {"emotions": [("hunger", 0.5)]})


def test_the_encoder_reads_the_words_or_else_the_wish() -> None:
    assert request.query("I miss the sea.", Goal.CALM) == "I miss the sea."
    assert request.query("  \n", Goal.CALM) == request.WISHED[Goal.CALM]
    assert set(request.WISHED) == {*Goal, None}
