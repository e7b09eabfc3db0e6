"""Finding things again: by words, by meaning, and in figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agent.domain import Entry
from agent.errors import DiscoveryError, NotFound
from journal import vectors
from journal.desk import Desk
from journal.insights import summarise
from journal.memory import Shelf
from journal.pages import checked_limit, matching
from journal.rows import checked_moment, checked_text
from journal.search import Vectors, rank

BATCH = 64
"""Entries that are embedded at once."""


class Finding(Desk):
    """What can be asked of the whole journal."""

    def search(
        self,
        person: str,
        query: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        emotion: str | None = None,
        tag: str | None = None,
        association: str | None = None,
        limit: int = 20,
    ) -> list[Entry]:
        """Entries that hold the words or come near the meaning of `query`, best first, among those that `entries`
        would list. Without an embedder, or while it is down, the words alone decide. Raises `Invalid`."""
        checked_text("q", query)
        checked_limit(limit)
        wanted = matching(since=since, until=until, emotion=emotion, tag=tag, association=association)
        narrowed = any(given is not None for given in (since, until, emotion, tag, association))
        shelf = self._shelf(person)
        if shelf is None or not query.strip():
            return []
        best = rank(
            self._memory.corpus(person, shelf),
            query,
            cosines=self._cosines(person, shelf, query),
            allowed=[wanted(sketch) for sketch in shelf.newest] if narrowed else None,
            limit=limit,
        )
        return self._some(person, [shelf.newest[position].id for position in best])

    def insights(self, person: str, *, since: datetime | None = None, until: datetime | None = None) -> dict[str, Any]:
        """Figures of `since <= time < until` as plain JSON: see `journal.insights`. Raises `Invalid`."""
        since = checked_moment("since", since) if since else None
        until = checked_moment("until", until) if until else None
        shelf = self._shelf(person)
        if shelf is None:
            return summarise((), since=since, until=until)

        def made() -> dict[str, Any]:
            return summarise((sketch.moment for sketch in shelf.newest), since=since, until=until)

        return dict(self._memory.figures(person, shelf, (since, until), made))

    def index(self, person: str, *, most: int = BATCH) -> int:
        """Embeds up to `most` entries that have no vector yet and keeps the vectors, sealed; returns how many were
        embedded. Raises what the embedder raises."""
        if self._embed is None:
            return 0
        with self._reading(person) as rows:
            entries = rows.entries(vectors.missing(rows, self._encoder, most)) if rows else []
        if not entries:
            return 0
        made = dict(zip([e.id for e in entries], self._embed([e.text for e in entries]), strict=True))
        texts = {entry.id: entry.text for entry in entries}
        try:
            with self._writing(person) as writing:
                # What was edited or deleted meanwhile waits for its turn.
                same = {e.id for e in writing.entries(list(texts)) if e.text == texts[e.id]}
                vectors.save(writing, self._encoder, {e: v for e, v in made.items() if e in same})
        except NotFound:  # the person was erased meanwhile
            return 0
        return len(made)

    def open_all(self, person: str) -> int:
        """Brings the person's journal into memory, as the first search would; returns how many entries it holds."""
        shelf = self._shelf(person)
        if shelf is None:
            return 0
        if self._embed is not None and shelf.newest:
            self._memory.vector(person, shelf, shelf.newest[0].id, lambda ids: self._stored(person, ids))
        return len(shelf.newest)

    def _shelf(self, person: str) -> Shelf | None:
        with self._reading(person) as rows:
            return self._memory.shelf(rows) if rows else None

    def _cosines(self, person: str, shelf: Shelf, query: str) -> Vectors | None:
        if self._embed is None or not shelf.newest:
            return None
        try:
            asked = self._embed([query])[0]
        except DiscoveryError:
            return None
        return self._memory.cosines(person, shelf, asked, lambda ids: self._stored(person, ids))

    def _stored(self, person: str, ids: Sequence[str] | None) -> dict[str, Vectors]:
        with self._reading(person) as rows:
            return vectors.load(rows, self._encoder, ids) if rows else {}
