"""Finding things again: by words, by meaning, and in figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.domain import Entry
from journal.desk import Desk
from journal.insights import summarise
from journal.pages import checked_limit
from journal.rows import checked_moment, checked_text
from journal.search import rank


class Finding(Desk):
    """What can be asked of the whole journal."""

    def search(self, person: str, query: str, *, limit: int = 20) -> list[Entry]:
        """Entries that hold the words or come near the meaning of `query`, best first. Raises `Invalid`."""
        checked_text("q", query)
        checked_limit(limit)
        with self._reading(person) as rows:
            shelf = self._memory.shelf(rows) if rows else None
        if shelf is None or not query.strip():
            return []
        cosines = self._memory.cosines(person, shelf, query, lambda ids: self._some(person, ids))
        best = rank([sketch.words for sketch in shelf.newest], query, cosines=cosines, limit=limit)
        return self._some(person, [shelf.newest[position].id for position in best])

    def insights(self, person: str, *, since: datetime | None = None, until: datetime | None = None) -> dict[str, Any]:
        """Figures of `since <= time < until` as plain JSON: see `journal.insights`. Raises `Invalid`."""
        since = checked_moment("since", since) if since else None
        until = checked_moment("until", until) if until else None
        with self._reading(person) as rows:
            newest = self._memory.shelf(rows).newest if rows else ()
        return summarise((sketch.moment for sketch in newest), since=since, until=until)
