"""Rankers to compare: ours, and what others would do, each a function from a case to item ids, best first.

The simple ones know the entry, or its emotions, and nothing of goals, warnings or limits: that is the point of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
from pydantic import BaseModel, ConfigDict

from agent.affect import AFFECT
from agent.config import ROOT
from agent.domain import Goal, Item
from retrieval.build import document
from retrieval.rank import VECTORS
from retrieval.recommender import Recommender

FOLDER = ROOT / "eval" / "data" / "relevance"

GENRES: dict[str, tuple[str, ...]] = {
    "anger": ("action", "shooter", "fighting", "racing"),
    "disgust": ("comedy", "animation"),
    "fear": ("family", "comedy", "cosy"),
    "joy": ("comedy", "adventure", "musical", "music"),
    "sadness": ("comedy", "romance", "family", "feel-good"),
    "surprise": ("mystery", "science fiction", "puzzle"),
    "neutral": ("documentary", "drama", "simulation"),
}
"""Ekman group to genres: the table that most projects of this sort hard-code."""


class Case(BaseModel):
    """One entry with what its writer felt and one goal; `split` is tune or report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    text: str
    labels: tuple[str, ...]
    goal: Goal | None
    split: str


Ranker = Callable[[Case, int], list[str]]
"""A case and a length to item ids, best first."""


def famous(path: Path = FOLDER / "famous.txt") -> list[str]:
    """Ids of the best-known works of the catalogue, best known first: a fixed list, by our own judgement."""
    return [line for line in path.read_text("utf-8").split("\n") if line]


Readings = Mapping[str, Sequence[tuple[str, float]]]
"""Case ids to what was read in the entry: (label, probability)."""


def named(case: Case) -> list[tuple[str, float]]:
    """The emotions of a case as its writer named them, all of one weight."""
    return [(label, 1.0 / len(case.labels)) for label in case.labels]


def ours(recommender: Recommender, vectors: Mapping[str, VECTORS], readings: Readings | None = None) -> Ranker:
    """The product's own ranking; `vectors` are those of the cases' texts, by case id. With `readings` it works on what
    a classifier read, as it does for a person who names nothing."""

    def rank(case: Case, limit: int) -> list[str]:
        return recommender.ids(
            vectors[case.id],
            text=case.text,
            emotions=readings[case.id] if readings is not None else named(case),
            goal=case.goal,
            limit=limit,
        )

    return rank


def embedding(items: Sequence[Item], matrix: VECTORS, vectors: Mapping[str, VECTORS]) -> Ranker:
    """By the cosine of text and item alone; `matrix` (n, dimension) holds the vectors of the items."""

    def rank(case: Case, limit: int) -> list[str]:
        return [items[i].id for i in np.argsort(-(matrix @ vectors[case.id]), kind="stable")[:limit]]

    return rank


def words(items: Sequence[Item]) -> Ranker:
    """BM25 over the same texts that are embedded."""
    index = bm25s.BM25()
    index.index(bm25s.tokenize([document(i) for i in items], stopwords="en", show_progress=False), show_progress=False)

    def rank(case: Case, limit: int) -> list[str]:
        tokens = bm25s.tokenize([case.text], stopwords="en", show_progress=False)
        found, _ = index.retrieve(tokens, k=limit, show_progress=False)
        return [items[int(i)].id for i in found[0]]

    return rank


def popular(names: Sequence[str]) -> Ranker:
    """The same best-known works for everybody."""
    return lambda case, limit: list(names[:limit])


def table(items: Sequence[Item], names: Sequence[str]) -> Ranker:
    """By the genre that a fixed table gives the strongest emotion, the best known first, then in a seeded order."""
    place = {item_id: position for position, item_id in enumerate(names)}

    def rank(case: Case, limit: int) -> list[str]:
        genres = GENRES[AFFECT[case.labels[0]].group]
        fitting = [i.id for i in items if not set(genres).isdisjoint(i.genres)]
        order = _shuffled(fitting, f"table {case.id}")
        return sorted(order, key=lambda item_id: place.get(item_id, len(place)))[:limit]

    return rank


def chance(items: Sequence[Item]) -> Ranker:
    """Anything, by a seed of the case."""
    return lambda case, limit: _shuffled([i.id for i in items], f"chance {case.id}")[:limit]


def _shuffled(ids: Sequence[str], seed: str) -> list[str]:
    order = np.random.default_rng(zlib.crc32(seed.encode())).permutation(len(ids))
    return [ids[int(i)] for i in order]
