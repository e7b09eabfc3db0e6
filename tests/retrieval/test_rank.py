"""The score in its parts, and the variety among the best."""

from __future__ import annotations

import numpy as np
import pytest

from agent.domain import Goal, Item
from retrieval import mood
from retrieval.build import Encode
from retrieval.mood import FLOAT
from retrieval.rank import PARTS, Table, Taste, Weights, heeded, no_taste, score, vary

FEAR = mood.feelings([("fear", 0.9)])


def parts_for(
    items: list[Item], goal: Goal | None, *, careful: bool = False, asked: frozenset[str] = frozenset()
) -> dict[str, FLOAT]:
    table = Table.of(items)
    meaning = np.zeros(len(items))
    return score(table, meaning, mood.towards(FEAR, goal), goal, no_taste(len(items)), careful=careful, asked=asked)


def at(items: list[Item], item_id: str) -> int:
    return [item.id for item in items].index(item_id)


def test_the_parts_have_their_names_and_one_value_an_item(items: list[Item]) -> None:
    parts = parts_for(items, Goal.CALM)
    assert tuple(parts) == PARTS[:-1]
    assert all(values.shape == (len(items),) and np.isfinite(values).all() for values in parts.values())


def test_calm_prefers_rain_on_a_roof_to_a_dance_in_a_stairwell(items: list[Item]) -> None:
    parts = parts_for(items, Goal.CALM)
    rain, dance = at(items, "rain-on-slate-2012"), at(items, "stairwell-dance-2014")
    assert parts["mood"][rain] > parts["mood"][dance]
    assert parts["goal"][rain] > parts["goal"][dance]


def test_company_prefers_what_is_shared_and_distraction_what_asks_for_thought(items: list[Item]) -> None:
    tea, garden = at(items, "dice-and-tea-1995"), at(items, "number-garden-2021")
    assert parts_for(items, Goal.CONNECT)["goal"][tea] > parts_for(items, Goal.CONNECT)["goal"][garden]
    assert parts_for(items, Goal.DISTRACT)["goal"][garden] > parts_for(items, Goal.DISTRACT)["goal"][tea]


def test_warnings_cost_and_cost_double_where_care_comes_first(items: list[Item]) -> None:
    plain, careful = parts_for(items, None)["warnings"], parts_for(items, None, careful=True)["warnings"]
    money, harbour = at(items, "fast-money-1985"), at(items, "quiet-harbour-2011")
    assert plain[harbour] == 0
    assert careful[money] == 2 * plain[money] < 0


def test_missing_on_the_dark_side_costs_more_where_care_comes_first(items: list[Item]) -> None:
    blues, harbour = at(items, "blues-for-nobody-1962"), at(items, "quiet-harbour-2011")
    plain, careful = parts_for(items, Goal.LIFT)["mood"], parts_for(items, Goal.LIFT, careful=True)["mood"]
    assert careful[blues] < plain[blues]
    assert careful[harbour] == plain[harbour]


def test_a_theme_that_was_asked_for_counts(items: list[Item]) -> None:
    house = at(items, "last-light-2016")
    assert parts_for(items, None, asked=frozenset({"horror"}))["goal"][house] > parts_for(items, None)["goal"][house]


def test_whoever_wants_a_distraction_is_not_led_back_to_what_they_wrote(items: list[Item]) -> None:
    table, meaning = Table.of(items), np.full(len(items), 0.4)
    taste = no_taste(len(items))
    plain = score(table, meaning, mood.towards(FEAR, None), None, taste, careful=False)["meaning"]
    away = score(table, meaning, mood.towards(FEAR, Goal.DISTRACT), Goal.DISTRACT, taste, careful=False)["meaning"]
    assert np.all(away < plain / 2)
    against = score(table, -meaning, mood.towards(FEAR, None), None, taste, careful=False)["meaning"]
    assert np.all(against == 0)


def test_likes_draw_dislikes_push_and_what_was_shown_wears_off(items: list[Item]) -> None:
    table, count = Table.of(items), len(items)
    none = np.zeros((count, 0), dtype=np.float32)
    near = np.zeros((count, 1), dtype=np.float32)
    near[3] = 0.8
    known = np.zeros(count, dtype=np.bool_)
    known[5] = True

    def of(taste: Taste) -> dict[str, np.ndarray]:
        return score(table, np.zeros(count), mood.towards(FEAR, None), None, taste, careful=False)

    liked, disliked = of(Taste(near, none, none, known)), of(Taste(none, near, none, known))
    assert liked["feedback"][3] > 0 == liked["feedback"][4]
    assert disliked["feedback"][3] == -liked["feedback"][3]
    assert of(Taste(none, none, near, known))["novelty"][3] < 0
    assert liked["novelty"][5] < 0 == liked["novelty"][4]


def test_variety_takes_the_best_first_and_never_raises_a_score(items: list[Item], encode: Encode) -> None:
    table, vectors = Table.of(items), encode([item.description for item in items])
    totals = np.linspace(1.0, 0.9, len(items))
    chosen = vary(table, totals, vectors, len(items))
    assert chosen[0] == (0, 0.0)
    assert sorted(place for place, _ in chosen) == list(range(len(items)))
    values = [totals[place] + taken for place, taken in chosen]
    assert values == sorted(values, reverse=True)


def test_variety_mixes_kinds_among_equals(items: list[Item], encode: Encode) -> None:
    vectors = encode([item.description for item in items])
    chosen = vary(Table.of(items), np.ones(len(items)), vectors, 4)
    assert len({items[place].kind for place, _ in chosen}) >= 3
    flat = vary(Table.of(items), np.ones(len(items)), vectors, 4, Weights(variety=0.0))
    assert [place for place, _ in flat] == [0, 1, 2, 3]


@pytest.mark.parametrize("limit", [0, 1, 99])
def test_variety_gives_no_more_than_there_is(items: list[Item], encode: Encode, limit: int) -> None:
    few = items[:3]
    assert len(vary(Table.of(few), np.ones(3), encode([i.title for i in few]), limit)) == min(limit, 3)


def test_a_part_of_a_table_is_the_table_of_the_part(items: list[Item]) -> None:
    places = np.array([4, 1, 7])
    taken, made = Table.of(items).take(places), Table.of([items[p] for p in places])
    assert taken.items == made.items
    for name in ("valence", "energy", "demand", "social", "severity"):
        assert np.array_equal(getattr(taken, name), getattr(made, name))
    assert all(np.array_equal(taken.listed[goal], made.listed[goal]) for goal in Goal)


def test_meaning_counts_less_where_its_subject_is_the_trouble() -> None:
    weights = Weights()
    assert heeded(Goal.DISTRACT, True, weights) < heeded(Goal.DISTRACT, False, weights) < 1
    assert heeded(Goal.CALM, True, weights) < heeded(Goal.CALM, False, weights) == 1
    assert heeded(None, True, weights) == heeded(Goal.LIFT, True, weights) == 1


def test_what_takes_longer_than_an_evening_has_costs_a_little(items: list[Item]) -> None:
    short, long, longest = (items[0].model_copy(update={"minutes": m}) for m in (45, 90, 6000))
    goal = parts_for([short, long, longest], Goal.STAY)["goal"]
    assert goal[0] - goal[1] == pytest.approx(Weights().long)
    assert goal[0] - goal[2] == pytest.approx(2 * Weights().long)
