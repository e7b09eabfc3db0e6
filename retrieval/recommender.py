"""A feeling and a goal to suggestions: the plain, synchronous whole of this room, without the encoder.

Candidates come from the index by meaning, or by mood when there is no text; the hard rules decide which of them may
be suggested at all, the score orders them, variety picks, and each gets its reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from agent.domain import Item, Suggestion
from agent.errors import ArtifactError
from retrieval import index, mood, request
from retrieval.catalog import digest
from retrieval.index import REMEDY, Index
from retrieval.mood import FLOAT
from retrieval.rank import PARTS, VECTORS, WEIGHTS, Table, Taste, Weights, no_taste, score, vary
from retrieval.reasons import Because, reason
from retrieval.request import Request, Wanted
from retrieval.sieve import Sieve

CANDIDATES = 1000
"""How many of the nearest items are looked at first; more only where the rules leave too few."""

POOL = 60
"""How many of the best scores variety chooses among."""

LIKED = 0.05
"""Feedback part of a score from which a reason may say "you liked ..."."""


class Recommender:
    """Suggests items of one catalogue through its index."""

    def __init__(self, items: Sequence[Item], index: Index, weights: Weights = WEIGHTS) -> None:
        """Raises `ArtifactError` when the index was not built from exactly these items."""
        by_id = {item.id: item for item in items}
        if set(by_id) != set(index.ids) or index.manifest.catalogue != digest(items):
            raise ArtifactError(
                f"index: expected one built from this catalogue ({len(by_id)} items, {digest(items)}), found "
                f"{len(index)} items of catalogue {index.manifest.catalogue}. {REMEDY}"
            )
        self.generation = index.manifest.generation
        self._index = index
        self._dimension = index.manifest.dimension
        self._weights = weights
        self._stepping = replace(weights, mood=2.5 * weights.mood, listed=0.0, demand=0.2 * weights.demand)
        placed = [by_id[i] for i in index.ids]
        self._table, self._sieve = Table.of(placed, weights), Sieve(placed)
        self._position = {item_id: position for position, item_id in enumerate(index.ids)}

    @classmethod
    def open(cls, folder: Path, items: Sequence[Item], *, mapped: bool = False) -> Recommender:
        """The recommender over an index folder. Raises `ArtifactError` when it is damaged or of other items."""
        return cls(items, index.load(folder, mapped=mapped))

    def items(self, ids: Sequence[str]) -> list[Item]:
        """The items with these ids, in this order, unknown ones left out."""
        return [self._table.items[self._position[i]] for i in ids if i in self._position]

    def suggest(
        self, query_vector: VECTORS | None = None, *, limit: int = 3, **wanted: Unpack[Wanted]
    ) -> list[Suggestion]:
        """At most `limit` suggestions, best first; fewer, or none, where the hard rules leave no more.

        `query_vector` is the unit vector of `retrieval.request.query(text, goal)`, or None without an encoder. What
        may be wanted, and what is raised, stands in `retrieval.request`.
        """
        return self._answer(request.read(query_vector, self._dimension, limit, wanted, self._weights))

    def ids(self, query_vector: VECTORS | None = None, *, limit: int = 3, **wanted: Unpack[Wanted]) -> list[str]:
        """The ids of what `suggest` would suggest, without a reason for each."""
        wish = request.read(query_vector, self._dimension, limit, wanted, self._weights)
        table, chosen, _ = self._ranked(wish)
        return [table.items[place].id for place, _ in chosen]

    def path(self, query_vector: VECTORS | None = None, **wanted: Unpack[Wanted]) -> list[Suggestion]:
        """Up to three suggestions in order, each a step on the way from the present mood to the goal."""
        wish = request.read(query_vector, self._dimension, 1, wanted, self._stepping)
        found: list[Suggestion] = []
        for target in mood.steps(wish.felt, wish.goal):
            excluded = wish.wishes.excluded.union(s.item.id for s in found)
            step = replace(wish, target=target, turn=len(found), wishes=replace(wish.wishes, excluded=excluded))
            found += self._answer(step)
        return found

    def _answer(self, wish: Request) -> list[Suggestion]:
        table, chosen, parts = self._ranked(wish)
        return [
            self._suggestion(
                table.items[place],
                {**{name: float(values[place]) for name, values in parts.items()}, "variety": taken},
                wish,
                turn,
            )
            for turn, (place, taken) in enumerate(chosen)
        ]

    def _ranked(self, wish: Request) -> tuple[Table, list[tuple[int, float]], dict[str, FLOAT]]:
        """The candidates, the places of the chosen ones with what variety took from each, and the parts of scores."""
        positions, meaning = self._candidates(wish) if wish.limit > 0 else (np.zeros(0, np.intp), np.zeros(0))
        table = self._table.take(positions)
        if not len(positions):
            return table, [], {}
        parts = score(
            table,
            meaning,
            wish.target,
            wish.goal,
            self._taste(wish, positions),
            careful=mood.tender(wish.felt),
            troubled=mood.troubled(wish.felt),
            asked=wish.wishes.asked,
            weights=wish.weights,
        )
        totals = np.sum(list(parts.values()), axis=0)
        best = np.argsort(-totals, kind="stable")[: max(POOL, 4 * wish.limit)]
        chosen = vary(table.take(best), totals[best], self._index.vectors(positions[best]), wish.limit, wish.weights)
        return table, [(int(best[place]), taken) for place, taken in chosen], parts

    def _candidates(self, wish: Request) -> tuple[NDArray[np.intp], FLOAT]:
        """Positions of items that may be suggested, with the cosine of each to the query (0 without one)."""
        count = CANDIDATES
        while True:
            positions, meaning = self._nearest(wish, count)
            keep = self._sieve.keep(positions, wish.wishes)
            if keep.sum() >= max(POOL, 4 * wish.limit) or count >= len(self._index):
                return positions[keep], meaning[keep]
            count *= 8

    def _nearest(self, wish: Request, count: int) -> tuple[NDArray[np.intp], FLOAT]:
        if wish.vector is not None:
            positions, cosines = self._index.search(wish.vector, count)
            return positions, cosines.astype(np.float64)
        far = mood.distance(self._table.valence, self._table.energy, wish.target)
        nearest = np.argsort(far, kind="stable")[:count]
        return nearest, np.zeros(len(nearest))

    def _taste(self, wish: Request, positions: NDArray[np.intp]) -> Taste:
        if not (wish.liked or wish.disliked or wish.shown):
            return no_taste(len(positions))
        vectors = self._index.vectors(positions)
        liked = self._positions(wish.liked)
        # A liked item is no reason to suggest itself once more.
        itself = positions[:, None] == liked[None, :]
        return Taste(
            liked=np.where(itself, np.float32(0), vectors @ self._index.vectors(liked).T),
            disliked=vectors @ self._index.vectors(self._positions(wish.disliked)).T,
            shown=vectors @ self._index.vectors(self._positions(wish.shown)).T,
            known=itself.any(axis=1),
        )

    def _positions(self, ids: Sequence[str]) -> NDArray[np.intp]:
        return np.array([self._position[i] for i in ids if i in self._position], dtype=np.intp)

    def _suggestion(self, item: Item, parts: dict[str, float], wish: Request, turn: int) -> Suggestion:
        breakdown = {name: round(parts[name], 4) + 0.0 for name in PARTS}
        return Suggestion(
            item=item,
            reason=reason(
                item,
                Because(
                    felt=wish.felt,
                    goal=wish.goal,
                    here=mood.here(wish.felt),
                    target=wish.target,
                    careful=mood.tender(wish.felt),
                    text=wish.text,
                    likeness=parts["meaning"] / (wish.weights.meaning or 1.0),
                    liked=self._liked(item, wish) if breakdown["feedback"] >= LIKED else None,
                    wishes=wish.wishes,
                    turn=turn + wish.turn,
                ),
            ),
            score=round(math.fsum(breakdown.values()), 4),
            breakdown=breakdown,
        )

    def _liked(self, item: Item, wish: Request) -> Item | None:
        """The liked item that is nearest to this one, other than itself."""
        others = [i for i in self.items(wish.liked) if i.id != item.id]
        if not others:
            return None
        vectors = self._index.vectors(self._positions([item.id, *(i.id for i in others)]))
        cosines = vectors[1:] @ vectors[0]
        return others[int(np.argmax(cosines))]
