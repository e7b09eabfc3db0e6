"""The story of one entry in the journal: written, finished, listed, corrected, its history, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from agent.domain import Added, Correction, Entry, Goal, Idempotency, Part, Settings, StateOfMind, Written
from agent.errors import NotFound
from agent.revision import Changes, Version
from journal import idempotency as turns
from journal.desk import Desk
from journal.pages import matching, page
from journal.rows import checked_id, checked_moment, checked_text, entry_of, invalid_from, local, merged, written_of


class Entries(Desk):
    """What can be done with entries."""

    def add(
        self,
        person: str,
        text: str,
        *,
        goal: Goal | None = None,
        state_of_mind: StateOfMind | None = None,
        tags: Sequence[str] = (),
        created_at: datetime | None = None,
        zone: str | None = None,
        idempotency: Idempotency | None = None,
    ) -> Added:
        """Stores the text durably (fsync) before it returns. Raises `Invalid`, `Conflict` while the same key still
        runs, `KeyReused` when it came with another body, `StorageFull` and `Unavailable`."""
        now = self._clock()
        checked_text("text", text)
        given = {"text": text, "zone": zone, "goal": goal, "state_of_mind": state_of_mind, "tags": tuple(tags)}
        _written({"created_at": checked_moment("created_at", created_at or now), **given})  # refused before any lock
        with self._writing(person, create=True) as rows:
            if idempotency and (held := turns.claim(rows, idempotency, now)):
                return Added(entry=rows.entry(held[0]), state=held[1])
            usual = (rows.settings() or Settings()).zone
            at = local(created_at, zone=zone, usual=usual) if created_at else local(now, zone=zone or usual, usual=None)
            written = _written({"created_at": at, **given})
            entry_id = str(uuid4())
            rows.insert([(entry_id, written)])
            if idempotency:
                turns.begin(rows, idempotency, entry_id, now)
        return Added(entry=entry_of(person, entry_id, written, {}), state="new")

    def finish(self, person: str, key: str, *, whole: bool) -> None:
        """Ends the turn of an idempotency key: `whole` keeps its result as the answer to repeats, otherwise the next
        repeat takes the turn up again. A key that is not there, or no longer, is passed over."""
        with suppress(NotFound), self._writing(person) as rows:
            turns.end(rows, checked_text("key", key), whole=whole)

    def attach(self, person: str, entry_id: str, part: Part, value: Any) -> None:
        """Adds or replaces one computed part; `value` is what the field of `Entry` holds. Raises `Invalid`,
        `NotFound`."""
        with self._writing(person) as rows:
            rows.attach(checked_id(entry_id), part, value)
            turns.renew(rows, entry_id, self._clock())

    def get(self, person: str, entry_id: str) -> Entry:
        """One entry. Raises `NotFound`."""
        found = self._some(person, [checked_id(entry_id)])
        if not found:
            raise NotFound("There is no such entry.")
        return found[0]

    def entries(
        self,
        person: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        emotion: str | None = None,
        tag: str | None = None,
        association: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[list[Entry], str | None]:
        """Entries of `since <= time < until`, newest first, and the cursor of the next page. Raises `Invalid`."""
        wanted = matching(since=since, until=until, emotion=emotion, tag=tag, association=association)
        with self._reading(person) as rows:
            newest = self._memory.shelf(rows).newest if rows else ()
            ids, following = page(newest, wanted, limit=limit, cursor=cursor)
            return (rows.entries(ids) if rows else []), following

    def edit(
        self,
        person: str,
        entry_id: str,
        *,
        text: str | None = None,
        correction: Correction | None = None,
        changes: Changes | None = None,
    ) -> Entry:
        """Corrects an entry and keeps what it was before. A new text drops what was computed from the old one; of a
        correction and of `changes` only the fields that they name count. Raises `Invalid`, `NotFound`."""
        with self._writing(person) as rows:
            was = written_of(rows.entry(checked_id(entry_id)))
            changed = _changed(was, changes or Changes())
            if text is not None:
                changed["text"] = checked_text("text", text)
            if correction is not None:
                changed["correction"] = merged(was.correction, correction)
            now = was.model_copy(update=changed)
            if now != was:
                rows.keep_version(entry_id, was, checked_moment("clock", self._clock()))
                rows.rewrite(entry_id, now)
            if now.text != was.text:
                rows.drop_parts(entry_id)
            return rows.entry(entry_id)

    def history(self, person: str, entry_id: str) -> list[Version]:
        """What an entry was before each edit, oldest first. Raises `NotFound`."""
        with self._reading(person) as rows:
            if rows is None or not rows.entries([checked_id(entry_id)]):
                raise NotFound("There is no such entry.")
            return rows.versions(entry_id)

    def delete(self, person: str, entry_id: str) -> None:
        """Removes an entry, its parts, its history and its idempotency keys for good. Raises `NotFound`."""
        with self._writing(person) as rows:
            rows.remove([rows.entry(checked_id(entry_id))])
        # It is gone either way; where another program keeps SQLite from tidying up now, the next deletion does.
        self._db.scrub(whole=False)


def _written(given: dict[str, Any]) -> Written:
    try:
        return Written.model_validate(given)
    except ValidationError as error:
        raise invalid_from(error) from None


def _changed(was: Written, changes: Changes) -> dict[str, Any]:
    """The fields that `changes` names; a time or a zone moves the entry on the person's clock."""
    named = {name: getattr(changes, name) for name in changes.model_fields_set}
    if named.keys() & {"created_at", "zone"}:
        named["zone"] = named.get("zone", was.zone)
        named["created_at"] = local(named.get("created_at") or was.created_at, zone=named["zone"], usual=None)
    return named
