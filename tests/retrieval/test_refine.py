"""What one click on a list means for the next one."""

from __future__ import annotations

import pytest

from agent.domain import Item
from retrieval.recommender import Recommender
from retrieval.refine import LEAST_ENERGY, LEAST_MINUTES, Limits, Refinement, refine


def named(items: list[Item], **fields: object) -> list[Item]:
    return [item.model_copy(update=fields) for item in items[:3]]


def test_calmer_is_calmer_than_the_list_on_the_screen_and_never_out_of_reach(items: list[Item]) -> None:
    limits = refine(Limits(), Refinement.CALMER, named(items, energy=0.6))
    assert limits.max_energy == 0.5
    assert refine(limits, Refinement.CALMER, named(items, energy=0.9)).max_energy == 0.5
    assert refine(limits, Refinement.CALMER, named(items, energy=0.05)).max_energy == LEAST_ENERGY


def test_shorter_is_shorter_than_the_list_on_the_screen(items: list[Item]) -> None:
    limits = refine(Limits(), Refinement.SHORTER, named(items, minutes=100))
    assert limits.max_minutes == 60
    assert refine(limits, Refinement.SHORTER, named(items, minutes=400)).max_minutes == 60
    assert refine(limits, Refinement.SHORTER, named(items, minutes=2)).max_minutes == LEAST_MINUTES


def test_refinements_add_up(items: list[Item]) -> None:
    limits = Limits(exclude=("seen",))
    for wish in (Refinement.FREE, Refinement.WITH_FRIENDS, Refinement.SOMETHING_ELSE):
        limits = refine(limits, wish, items[:2])
    assert limits.free_only and limits.social_only
    assert limits.exclude == ("seen", items[0].id, items[1].id)


@pytest.mark.parametrize("wish", list(Refinement))
def test_every_refinement_holds_for_the_whole_next_list(wish: Refinement, recommender: Recommender) -> None:
    first = [s.item for s in recommender.suggest(emotions=[("joy", 1.0)], limit=4)]
    limits = refine(Limits(), wish, first)
    second = recommender.suggest(
        emotions=[("joy", 1.0)],
        limit=4,
        max_minutes=limits.max_minutes,
        max_energy=limits.max_energy,
        free_only=limits.free_only,
        social_only=limits.social_only,
        exclude=limits.exclude,
    )
    assert second
    for item in (s.item for s in second):
        assert limits.max_energy is None or item.energy <= limits.max_energy
        assert limits.max_minutes is None or item.minutes <= limits.max_minutes
        assert item.free or not limits.free_only
        assert item.social or not limits.social_only
        assert item.id not in limits.exclude
