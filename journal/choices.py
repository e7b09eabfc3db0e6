"""What a person chose and said: settings, verdicts on suggestions, consent, and small things of their own."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from agent.domain import Level, Settings, Verdict
from agent.revision import SharedCorrection
from journal import drawers
from journal.desk import Desk
from journal.rows import Said, checked_id, checked_moment, checked_text, checked_zone, invalid_from


class Choices(Desk):
    """What belongs to the person rather than to one entry."""

    def feedback(self, person: str, item_id: str, verdict: Verdict, *, entry_id: str | None = None) -> None:
        """Keeps what the person said of a suggestion; a later verdict on the same item replaces an earlier one.
        Raises `Invalid`, and `NotFound` for an entry that is not there."""
        at = checked_moment("clock", self._clock())
        try:
            said = Said(item_id=checked_text("item_id", item_id), verdict=verdict, at=at, entry_id=entry_id)
        except ValidationError as error:
            raise invalid_from(error) from None
        with self._writing(person, create=True) as rows:
            if entry_id is not None:
                rows.entry(checked_id(entry_id))
            rows.put_said(said)

    def verdicts(self, person: str) -> dict[str, Verdict]:
        """The latest verdict by item id."""
        with self._reading(person) as rows:
            return {said.item_id: said.verdict for said in rows.said()} if rows else {}

    def forget_verdicts(self, person: str) -> None:
        """Forgets every verdict for good."""
        with self._writing(person, create=True) as rows:
            rows.forget_said()

    def settings(self, person: str) -> Settings:
        """What the person has chosen; defaults for somebody new."""
        with self._reading(person) as rows:
            return (rows.settings() if rows else None) or Settings()

    def save_settings(self, person: str, settings: Settings) -> None:
        """Replaces the settings. Raises `Invalid` for an unknown zone."""
        if settings.zone is not None:
            checked_zone(settings.zone)
        with self._writing(person, create=True) as rows:
            rows.put_settings(settings)

    def consented_corrections(self, person: str) -> list[SharedCorrection]:
        """The corrections that the person lets training learn from, oldest first; none without their word."""
        with self._reading(person) as rows:
            if rows is None:
                return []
            usually = (rows.settings() or Settings()).share_corrections
            entries = rows.entries(rows.ids())
        return [
            SharedCorrection(
                text=entry.text,
                labels=entry.correction.labels,
                valence=entry.correction.valence,
                reading=entry.reading,
                model=entry.reading.model if entry.reading else "",
            )
            for entry in entries
            if entry.correction
            and entry.correction.labels is not None
            and (entry.share if entry.share is not None else usually)
            and not (entry.safety and entry.safety.level is Level.CRISIS)
        ]

    def keep(self, person: str, drawer: str, name: str, value: Any) -> None:
        """Puts one small thing (plain JSON) into a drawer, in the place of an earlier one. Raises `Invalid`."""
        with self._writing(person, create=True) as rows:
            drawers.put(rows, drawer, name, value)

    def kept(self, person: str, drawer: str) -> dict[str, Any]:
        """Everything in a drawer by name. Raises `Invalid`."""
        with self._reading(person) as rows:
            return drawers.contents(rows, drawer) if rows else {}

    def drop(self, person: str, drawer: str, name: str | None = None) -> None:
        """Takes one thing out of a drawer, or empties it. Raises `Invalid`."""
        with self._writing(person, create=True) as rows:
            drawers.drop(rows, drawer, name)
