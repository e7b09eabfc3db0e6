"""What can be seen in the journal beyond the figures of a span: one week, and moments that were like another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from agent.domain import Entry, Reading
from agent.errors import NotFound
from journal.finding import Finding
from journal.insights import Moment, nearest, review_week
from journal.memory import Shelf
from journal.pages import checked_limit
from journal.rows import checked_id, checked_text
from journal.search import Vectors


class Seeing(Finding):
    """Figures about one week, and nearness."""

    def week(self, person: str, day: date) -> dict[str, Any]:
        """The week of a day in figures: see `journal.insights.week`."""
        shelf = self._shelf(person)
        span = timedelta(days=15)
        near = [s.moment for s in (shelf.newest if shelf else ()) if abs(s.moment.at.date() - day) < span]
        return review_week(near, day)

    def similar(
        self,
        person: str,
        *,
        entry_id: str | None = None,
        text: str = "",
        reading: Reading | None = None,
        limit: int = 5,
    ) -> list[tuple[Entry, float]]:
        """Entries most like one of the journal, or like a text with its reading, best first, each with its nearness
        (0 to 1). Raises `Invalid`, `NotFound`."""
        checked_limit(limit)
        shelf = self._shelf(person)
        if shelf is None:
            if entry_id is not None:
                raise NotFound("There is no such entry.")
            return []
        if entry_id is not None:
            if checked_id(entry_id) not in shelf.by_id:
                raise NotFound("There is no such entry.")
            like, cosines = shelf.by_id[entry_id].moment, self._near_entry(person, shelf, entry_id)
        else:
            given = Entry(id="", person=person, text=checked_text("text", text), created_at=self._clock())
            like = Moment.of(given.model_copy(update={"reading": reading}))
            cosines = self._cosines(person, shelf, text) if text.strip() else None
        found = nearest([s.moment for s in shelf.newest], like, cosines, limit=limit)
        near = {shelf.newest[position].id: score for position, score in found}
        return [(entry, near[entry.id]) for entry in self._some(person, list(near))]

    def _near_entry(self, person: str, shelf: Shelf, entry_id: str) -> Vectors | None:
        if self._embed is None:
            return None
        vector = self._memory.vector(person, shelf, entry_id, lambda ids: self._stored(person, ids))
        return None if vector is None else self._memory.cosines(
            person, shelf, vector, lambda ids: self._stored(person, ids)
        )  # fmt: skip
