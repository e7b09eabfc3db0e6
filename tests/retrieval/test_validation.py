"""Looking a catalogue over: coverage, shortfalls, and rows that need a hand."""

from __future__ import annotations

import numpy as np
import pytest

from agent.domain import Goal, Item
from retrieval.build import Encode
from retrieval.validation import CELL, coverage, validate
from retrieval.vocabulary import GROUPS


def changed(item: Item, **fields: object) -> Item:
    return item.model_copy(update=fields)


def fields_of(items: list[Item]) -> list[str]:
    return [problem.field for problem in validate(items).problems]


def test_a_sound_catalogue_has_no_rows_to_look_at_but_is_too_small(items: list[Item]) -> None:
    report = validate(items)
    assert report.problems == ()
    assert not report.whole
    assert report.counts["items"] == 30
    assert report.counts["films and series"] == report.counts["films"] + report.counts["series"]
    assert "items: 30 of 600" in report.shortfalls


def test_every_goal_meets_every_group(items: list[Item]) -> None:
    cells = coverage(items)
    assert set(cells) == {(goal.value, group) for goal in Goal for group in GROUPS}
    assert cells["calm", "neutral"] > cells["energise", "neutral"] > 0


def test_coverage_counts_only_what_the_rules_let_through(items: list[Item]) -> None:
    winter = next(item for item in items if item.id == "the-long-winter-1988")
    assert coverage([winter])["stay", "anger"] == 1
    assert coverage([winter])["stay", "sadness"] == 0


def test_company_counts_only_what_is_shared(items: list[Item]) -> None:
    tea = next(item for item in items if item.id == "dice-and-tea-1995")
    assert coverage([tea])["connect", "sadness"] == 1
    assert coverage([changed(tea, social=False)])["connect", "sadness"] == 0


def test_a_catalogue_that_holds_what_it_promises_is_whole(items: list[Item]) -> None:
    report = validate(items)
    full = type(report)(
        counts=dict.fromkeys(report.counts, 1000), cells=dict.fromkeys(report.cells, CELL), problems=report.problems
    )
    assert full.whole
    assert full.shortfalls == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"description": "A fragment that never ends in a stop"}, "description"),
        ({"description": "One. Two is longer. Three is here. Four is too many."}, "description"),
        ({"description": "Ten minutes that cure anxiety for good."}, "description"),
        ({"url": "https://store.steampowered.com/search?term=harbour"}, "url"),
        ({"url": "https://www.netflix.com/title/1"}, "url"),
        ({"url": "https://localhost/harbour"}, "url"),
        ({"year": 2100}, "year"),
        ({"goals": ()}, "goals"),
        ({"goals": (Goal.CALM, Goal.CALM)}, "goals"),
        ({"goals": (Goal.ENERGISE,)}, "goals"),
        ({"energy": 0.9}, "goals"),
        ({"genres": ("puzzle", "puzzle")}, "genres"),
    ],
)
def test_a_row_that_needs_a_hand_is_named(items: list[Item], change: dict[str, object], field: str) -> None:
    assert field in fields_of([changed(items[0], **change)])


@pytest.mark.parametrize(
    "url",
    [
        "https://store.steampowered.com/app/1806840/",
        "https://en.wikipedia.org/wiki/Mad_Max",
        "https://en.wikipedia.org/w/index.php?search=Toem+video+game",
        "https://www.maxwellgames.org/",
    ],
)
def test_honest_links_pass(items: list[Item], url: str) -> None:
    assert fields_of([changed(items[0], url=url)]) == []


def test_the_same_title_kind_and_year_twice_is_one_too_many(items: list[Item]) -> None:
    twin = changed(items[0], id="another-id", title="quiet harbour!")
    assert fields_of([items[0], twin]) == ["title"]
    assert fields_of([items[0], changed(twin, year=1999)]) == []


def test_descriptions_that_say_the_same_are_named_with_their_cosine(items: list[Item], encode: Encode) -> None:
    vectors = encode([item.description for item in items])
    assert validate(items, vectors).problems == ()
    vectors[5] = vectors[2]
    (problem,) = validate(items, vectors).problems
    assert problem.id == items[5].id
    assert "cosine 1.00" in problem.message and items[2].id in problem.message


def test_an_empty_catalogue_is_looked_over_too() -> None:
    report = validate([], np.zeros((0, 384), dtype=np.float32))
    assert not report.whole
    assert "items: 0 of 600" in report.text()


def test_the_text_shows_every_goal_and_every_problem(items: list[Item]) -> None:
    text = validate([changed(items[0], goals=()), *items[1:]]).text()
    assert all(goal.value in text for goal in Goal)
    assert f"{items[0].id}: goals: found none" in text
