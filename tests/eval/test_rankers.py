"""The rankers that are compared: each does what its name says, the simple ones no more than that."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.ranking import CATALOGUE, hashed

from agent.domain import Goal, Item
from eval import rankers
from eval.rankers import Case
from retrieval import catalog
from retrieval.build import build, document
from retrieval.recommender import Recommender

CASE = Case(id="r001", text="Rain on the roof all night.", labels=("sadness",), goal=Goal.CALM, split="tune")


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return catalog.load(CATALOGUE)


def test_ours_works_on_the_named_emotions_or_on_what_was_read(
    items: list[Item], tmp_path_factory: pytest.TempPathFactory
) -> None:
    index = build(items, hashed, tmp_path_factory.mktemp("index"), encoder="hashed")
    vectors = {CASE.id: hashed([CASE.text])[0]}
    recommender = Recommender(items, index)
    named = rankers.ours(recommender, vectors)(CASE, 5)
    misread = rankers.ours(recommender, vectors, {CASE.id: [("excitement", 0.9)]})(CASE, 5)
    assert len(named) == len(set(named)) == 5
    assert named != misread


def test_embedding_and_words_go_by_the_text_alone(items: list[Item]) -> None:
    wanted = items[3]
    case = CASE.model_copy(update={"text": document(wanted)})
    matrix = hashed([document(i) for i in items])
    by_vector = rankers.embedding(items, matrix, {case.id: hashed([case.text])[0]})
    assert by_vector(case, 3)[0] == wanted.id
    assert by_vector(case.model_copy(update={"goal": Goal.ENERGISE}), 3) == by_vector(case, 3)
    assert rankers.words(items)(case, 3)[0] == wanted.id


def test_the_table_keeps_to_its_genres_and_puts_the_famous_first(items: list[Item]) -> None:
    genres = set(rankers.GENRES["sadness"])
    fitting = [i.id for i in items if genres & set(i.genres)]
    last = sorted(fitting)[-1]
    found = rankers.table(items, [last])(CASE, 50)
    assert set(found) == set(fitting)
    assert found[0] == last


def test_chance_and_popularity_are_the_same_at_every_call(items: list[Item]) -> None:
    chance = rankers.chance(items)
    assert chance(CASE, 10) == chance(CASE, 10)
    assert chance(CASE, 10) != chance(CASE.model_copy(update={"id": "r002"}), 10)
    assert rankers.popular(["a", "b", "c"])(CASE, 2) == ["a", "b"]


def test_the_famous_are_of_the_catalogue_each_once() -> None:
    names = rankers.famous()
    assert len(names) == len(set(names)) >= 10
    assert set(names) <= {i.id for i in catalog.load(catalog.shipped())}


def test_named_emotions_share_one_weight() -> None:
    both = CASE.model_copy(update={"labels": ("joy", "grief")})
    assert np.isclose(sum(w for _, w in rankers.named(both)), 1.0)
