"""Entries that come from other programs and go to them: taken in as one batch, taken back, written in any format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from agent.domain import Entry
from agent.errors import Invalid, NotFound
from journal import drawers
from journal.desk import Desk
from journal.person import PersonRows
from journal.rows import PARTS, checked_moment, checked_text, written_of
from journal.transfer.arrive import new, prints
from journal.transfer.draft import of_entry
from journal.transfer.fhir import checked
from journal.transfer.formats import named

DRAWER = "imports"
SHELF = 20_000
"""Ids of entries in one place of the drawer: what fits into it."""


class Travel(Desk):
    """Imports and exports beside Discovery's own archive."""

    def take_in(
        self, person: str, entries: Sequence[Entry], *, format_name: str, dry_run: bool = False
    ) -> dict[str, Any]:
        """Stores whole entries, all or nothing, but for those that are there already. Raises `Invalid`."""
        for number, entry in enumerate(entries, start=1):
            checked_text(f"entry {number}, text", entry.text)
            checked_moment(f"entry {number}, created_at", entry.created_at)
        if dry_run:
            with self._reading(person) as rows:
                return _arrived(list(new(entries, _there(rows) if rows else set())), len(entries), None)
        with self._writing(person, create=True) as rows:
            added = list(new(entries, _there(rows)))
            rows.insert((entry.id, written_of(entry)) for entry in added)
            rows.insert_parts(
                (e.id, part, value) for e in added for part in PARTS if (value := getattr(e, part)) is not None
            )
            batch = recorded(rows, format_name, [entry.id for entry in added], self._clock())
        return _arrived(added, len(entries), batch)

    def imports(self, person: str) -> list[dict[str, Any]]:
        """What was taken in and can be taken back, newest first."""
        records = self._records(person)
        listed = [
            {"id": batch, "format": one["format"], "at": one["at"], "entries": one["entries"]}
            for batch, one in records.items()
            if "entries" in one
        ]
        return sorted(listed, key=lambda one: str(one["at"]), reverse=True)

    def undo_import(self, person: str, import_id: str) -> dict[str, int]:
        """Removes what an import added; what the person has changed since stays. Raises `NotFound`."""
        records = {name: one for name, one in self._records(person).items() if name.split(" ")[0] == import_id}
        if import_id not in records:
            raise NotFound("There is no such import.")
        ids = [entry_id for one in records.values() for entry_id in one["ids"]]
        at = datetime.fromisoformat(records[import_id]["at"])
        with self._writing(person) as rows:
            there = rows.entries(ids)
            # An archive brings edits and verdicts of its own, from before.
            changed = {version.entry_id for version in rows.versions() if version.replaced_at >= at}
            changed |= {said.entry_id for said in rows.said() if said.entry_id and said.at >= at}
            kept = [entry for entry in there if entry.id in changed]
            rows.remove([entry for entry in there if entry.id not in changed])
            for name in records:
                drawers.drop(rows, DRAWER, name)
        self._db.scrub(whole=False)
        return {"removed": len(there) - len(kept), "kept": len(kept), "gone": len(ids) - len(there)}

    def export_as(self, person: str, format_name: str) -> tuple[bytes, int, int]:
        """The journal in another format, oldest entry first: the file, entries in it, entries it has no place for.
        Raises `Invalid`."""
        form = named(format_name)
        if form.write is None:
            raise Invalid("format", f"{form.title} can be read and not written.")
        with self._reading(person) as rows:
            entries = rows.entries(rows.ids()) if rows else []
        drafts = [of_entry(entry) for entry in entries]
        kept = [draft for draft in drafts if draft.state_of_mind or not form.own_only]
        written = b"".join(form.write(kept))
        return checked(written) if format_name == "fhir" else written, len(kept), len(drafts) - len(kept)

    def _records(self, person: str) -> dict[str, dict[str, Any]]:
        with self._reading(person) as rows:
            return drawers.contents(rows, DRAWER) if rows else {}


def recorded(rows: PersonRows, format_name: str, ids: Sequence[str], at: datetime) -> str | None:
    """Remembers what an import added, so that it can be taken back: its id, or None where it added nothing."""
    if not ids:
        return None
    batch = str(uuid4())
    facts = {"format": format_name, "at": at.isoformat(), "entries": len(ids), "ids": list(ids[:SHELF])}
    drawers.put(rows, DRAWER, batch, facts)
    for start in range(SHELF, len(ids), SHELF):
        drawers.put(rows, DRAWER, f"{batch} {start}", {"ids": list(ids[start : start + SHELF])})
    return batch


def _there(rows: PersonRows) -> set[str]:
    """The prints of everything that is there."""
    found: set[str] = set()
    rows.changed_since(-1, lambda _, entry: found.update(prints(entry.id, entry)))
    return found


def _arrived(added: list[Entry], count: int, batch: str | None) -> dict[str, Any]:
    return {"added": [entry.id for entry in added], "known": count - len(added), "import": batch}
