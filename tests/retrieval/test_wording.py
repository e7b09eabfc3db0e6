"""The tables: complete, and every phrase fit for its place in a sentence."""

from __future__ import annotations

import pytest

from agent.domain import EMOTIONS, Goal
from retrieval import naming, wording
from retrieval.vocabulary import KINDS, WARNINGS

BANDED = [
    wording.ENERGY,
    wording.VALENCE_STILL,
    wording.VALENCE_MOVING,
    wording.DEMAND_PLAYED,
    wording.DEMAND_WATCHED,
]
LOOSE = [
    wording.COMIC, wording.EVEN_PLAYED, wording.TOGETHER_PLAYED, wording.TOGETHER_WATCHED, wording.HARMLESS,
    wording.NEAR, wording.LIGHTER, wording.PICKED, wording.FREE, wording.ABOUT,
]  # fmt: skip


@pytest.mark.parametrize("table", BANDED)
def test_bands_rise_to_the_end_of_the_scale(table: tuple[tuple[float, tuple[wording.Form, ...]], ...]) -> None:
    borders = [most for most, _ in table]
    assert borders == sorted(borders)
    assert borders[-1] == 1.0
    assert wording.band(table, borders[0]) == table[0][1]
    assert wording.band(table, 1.0) == table[-1][1]
    assert wording.band(table, -1.0) == table[0][1]


def test_every_phrase_fits_into_a_sentence() -> None:
    forms = [form for table in BANDED for _, some in table for form in some] + [f for some in LOOSE for f in some]
    for form in forms:
        for phrase in (form.after, form.verb, form.pre or "x"):
            assert phrase == phrase.strip() and phrase
            assert phrase[0].islower()
            # A comma or a full stop inside would break the series that the phrases are joined to.
            assert not set(phrase) & set(",.;:!?")


def test_every_emotion_goal_theme_and_kind_has_its_words() -> None:
    assert set(naming.FELT) == set(EMOTIONS) - {"neutral"}
    assert set(naming.GOAL) == set(Goal)
    assert set(naming.ASKED) == set(WARNINGS)
    assert set(naming.NOUNS) == set(KINDS)
