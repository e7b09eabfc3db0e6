"""The catalogue that ships: every row loads, and the rules and the reasons hold over all of it."""

from __future__ import annotations

import re

import pytest

from agent.affect import AFFECT, GENTLE_GROUPS
from agent.domain import EMOTIONS, Goal, Item
from retrieval import catalog
from retrieval.build import Encode, build
from retrieval.recommender import Recommender
from retrieval.validation import validate
from retrieval.vocabulary import HARSH


@pytest.fixture(scope="module")
def all_items() -> list[Item]:
    return catalog.load(catalog.shipped())


@pytest.fixture(scope="module")
def whole(all_items: list[Item], encode: Encode, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    return Recommender(all_items, build(all_items, encode, tmp_path_factory.mktemp("whole"), encoder="hashed"))


def test_the_catalogue_holds_what_it_promises(all_items: list[Item]) -> None:
    assert validate(all_items).shortfalls == []


@pytest.mark.parametrize("goal", [*Goal, None])
def test_the_rules_and_the_reasons_hold_for_every_emotion(whole: Recommender, goal: Goal | None) -> None:
    for emotion in EMOTIONS:
        found = whole.suggest(emotions=[(emotion, 0.8)], goal=goal, limit=12)
        assert len(found) == 12
        if AFFECT[emotion].group in GENTLE_GROUPS:
            assert all(HARSH.isdisjoint(s.item.warnings) for s in found)
        for suggestion in found:
            assert re.fullmatch(r"[A-Z][^.!?]{20,220}\.", suggestion.reason), suggestion.reason
            assert "None" not in suggestion.reason


def test_a_gentle_request_is_met_with_nothing_but_gentle_items(whole: Recommender) -> None:
    for goal in [*Goal, None]:
        found = whole.suggest(emotions=[("sadness", 0.9)], goal=goal, gentle=True, limit=20)
        assert len(found) == 20
        assert all(not s.item.warnings and max(s.item.energy, s.item.demand) <= 0.5 for s in found)
