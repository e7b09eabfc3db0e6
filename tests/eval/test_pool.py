"""The pool: every emotion is there, every ranker is heard, and nobody can see which one offered what."""

from __future__ import annotations

from collections import Counter

from fakes.ranking import CATALOGUE

from agent.domain import EMOTIONS, Goal
from eval.pool import GOALS, KEYS, choose, pool, sheet
from eval.rankers import Case
from retrieval import catalog

ROWS = [{"text": f"Day {n}.", "labels": [EMOTIONS[n % len(EMOTIONS)]]} for n in range(300)]


def a_case(number: int = 1) -> Case:
    return Case(id=f"r{number:03}", text="A day.", labels=("joy",), goal=Goal.LIFT, split="tune")


def test_every_emotion_and_every_goal_comes_as_often_as_the_others() -> None:
    cases = choose(ROWS, count=56)
    assert Counter(label for case in cases for label in case.labels) == dict.fromkeys(EMOTIONS, 2)
    assert Counter(case.goal for case in cases) == dict.fromkeys(GOALS, 8)
    assert Counter(case.split for case in cases) == {"tune": 28, "report": 28}
    assert choose(ROWS, count=56) == cases


def test_an_entry_in_danger_is_no_case() -> None:
    rows = [{"text": "I want to kill myself tonight.", "labels": ["sadness"]}, *ROWS]
    assert all("kill" not in case.text for case in choose(rows, count=56))


def test_the_pool_goes_rank_by_rank_to_each_depth_and_stops_at_most() -> None:
    offered = [(lambda _, n: ["a", "b", "c", "d"][:n], 3), (lambda _, n: ["b", "x", "y"][:n], 2)]
    assert set(pool(a_case(), offered)) == {"a", "b", "c", "x"}
    assert set(pool(a_case(), offered, most=3)) == {"a", "b", "x"}


def test_the_order_of_a_sheet_tells_nothing_of_the_ranks() -> None:
    names = [f"item-{n:02}" for n in range(20)]
    orders = {tuple(pool(a_case(n), [(lambda _, k: names[:k], 20)])) for n in range(1, 6)}
    assert len(orders) == 5
    assert tuple(names) not in orders


def test_a_sheet_shows_the_item_and_not_its_ranker() -> None:
    items = {i.id: i for i in catalog.load(CATALOGUE)}
    line = sheet(a_case(), list(items)[:2], items)
    assert line["goal"] == "lift"
    assert set(line) == {"id", "entry", "goal", "items"}
    assert all(set(row) == {"id", *KEYS} for row in line["items"])
