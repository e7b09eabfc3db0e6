"""One person's rows within one transaction: the only place that spells SQL for entries, feedback and settings.

Every statement names the person, so no id of somebody else's can reach their rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from agent.domain import Entry, Reading, Settings, Written
from agent.errors import NotFound
from agent.revision import Version
from journal import said
from journal.rows import (
    Said,
    entry_of,
    micros,
    open_part,
    open_written,
    seal,
    seal_part,
)
from journal.schema import EntryRow, HistoryRow, PartRow, Person, VectorRow
from journal.vault import PersonKey, Vault

BATCH = 400
"""Ids in one statement; SQLite allows 32,766 values, and a page is at most 500."""

_CREATE = text("INSERT INTO persons (id, wrapped_key, version) VALUES (:id, :key, 0) ON CONFLICT (id) DO NOTHING")


@dataclass(frozen=True)
class PersonRows:
    """What the Store may do for `person` while `conn` is open. `version` is the number of the person's last change;
    `wrapped_key` tells one life of a person id from the next after an erasure."""

    conn: Connection
    person: str
    key: PersonKey
    wrapped_key: bytes
    version: int

    @classmethod
    def reading(cls, conn: Connection, vault: Vault, person: str) -> PersonRows | None:
        """For looking only; None for somebody who has nothing here."""
        row = conn.execute(select(Person.wrapped_key, Person.version).where(Person.id == person)).one_or_none()
        return cls(conn, person, vault.unwrap(person, row[0]), row[0], row[1]) if row else None

    @classmethod
    def writing(cls, conn: Connection, vault: Vault, person: str, *, create: bool = False) -> PersonRows:
        """For a change: takes the person's next version, which on Postgres also locks out their other writers. Raises
        `NotFound` for somebody unknown unless `create`."""
        take = (
            update(Person)
            .where(Person.id == person)
            .values(version=Person.version + 1)
            .returning(Person.wrapped_key, Person.version)
        )
        row = conn.execute(take).one_or_none()
        if row is None and create:
            conn.execute(_CREATE, {"id": person, "key": vault.new_key(person)})
            row = conn.execute(take).one_or_none()
        if row is None:
            raise NotFound("There is no such entry.")
        return cls(conn, person, vault.unwrap(person, row[0]), row[0], row[1])

    # Entries

    def entries(self, ids: Sequence[str]) -> list[Entry]:
        """Whole entries in the order of `ids`; those that are not there are left out."""
        found: dict[str, Entry] = {}
        for start in range(0, len(ids), BATCH):
            found |= self._entries(ids[start : start + BATCH])
        suggested = {entry.id: entry.suggestions for entry in found.values() if entry.suggestions}
        for entry_id, verdicts in said.beneath(self.conn, self.person, self.key, suggested).items():
            found[entry_id] = found[entry_id].model_copy(update={"verdicts": verdicts})
        return [found[i] for i in ids if i in found]

    def _entries(self, ids: Sequence[str]) -> dict[str, Entry]:
        rows = self.conn.execute(
            select(EntryRow.id, EntryRow.sealed).where(EntryRow.person == self.person, EntryRow.id.in_(ids))
        )
        parts: dict[str, dict[str, Any]] = defaultdict(dict)
        for entry_id, part, sealed in self.conn.execute(
            select(PartRow.entry_id, PartRow.part, PartRow.sealed).where(
                PartRow.person == self.person, PartRow.entry_id.in_(ids)
            )
        ):
            parts[entry_id][part] = open_part(self.key, entry_id, part, sealed)
        return {i: entry_of(self.person, i, open_written(self.key, i, sealed), parts[i]) for i, sealed in rows}

    def entry(self, entry_id: str) -> Entry:
        """One whole entry. Raises `NotFound`."""
        found = self.entries([entry_id])
        if not found:
            raise NotFound("There is no such entry.")
        return found[0]

    def insert(self, pages: Iterable[tuple[str, Written]]) -> None:
        """Adds entries by id, without their parts."""
        rows = [
            {
                "person": self.person,
                "id": entry_id,
                "created_at": micros(written.created_at),
                "changed": self.version,
                "sealed": seal(self.key, entry_id, "written", written),
            }
            for entry_id, written in pages
        ]
        if rows:
            self.conn.execute(insert(EntryRow), rows)

    def rewrite(self, entry_id: str, written: Written) -> None:
        """Replaces what the person gave of an entry."""
        self._change(
            entry_id, created_at=micros(written.created_at), sealed=seal(self.key, entry_id, "written", written)
        )

    def attach(self, entry_id: str, part: str, value: Any) -> None:
        """Adds or replaces one computed part. Raises `Invalid`, `NotFound`."""
        row = self._part_row(entry_id, part, value)
        self._change(entry_id)
        self.conn.execute(delete(PartRow).filter_by(person=self.person, entry_id=entry_id, part=part))
        self.conn.execute(insert(PartRow), row)

    def insert_parts(self, parts: Iterable[tuple[str, str, Any]]) -> None:
        """Adds the parts of new entries, given as (entry id, part, value). Raises `Invalid`."""
        if rows := [self._part_row(*part) for part in parts]:
            self.conn.execute(insert(PartRow), rows)

    def _part_row(self, entry_id: str, part: str, value: Any) -> dict[str, Any]:
        sealed = seal_part(self.key, entry_id, part, value)
        # Which model made it may be asked of the table without opening every row.
        model = value.model if isinstance(value, Reading) else ""
        return {"person": self.person, "entry_id": entry_id, "part": part, "sealed": sealed, "model": model}

    def drop_parts(self, entry_id: str) -> None:
        """Forgets everything computed of an entry."""
        for table in (PartRow, VectorRow):
            self.conn.execute(delete(table).filter_by(person=self.person, entry_id=entry_id))

    def remove(self, entries: Sequence[Entry]) -> None:
        """Removes entries and all that hangs on them."""
        for entry in entries:
            if entry.verdicts:
                said.part_from(self.conn, self.person, self.key, entry.id, entry.suggestions or ())
        for start in range(0, len(entries), BATCH):
            ids = [entry.id for entry in entries[start : start + BATCH]]
            self.conn.execute(delete(EntryRow).where(EntryRow.person == self.person, EntryRow.id.in_(ids)))

    def ids(self) -> list[str]:
        """The ids of all entries, in the order they were written for."""
        order = select(EntryRow.id).where(EntryRow.person == self.person).order_by(EntryRow.created_at, EntryRow.id)
        return list(self.conn.scalars(order))

    def _change(self, entry_id: str, **values: Any) -> None:
        row = update(EntryRow).filter_by(person=self.person, id=entry_id)
        if not self.conn.execute(row.values(changed=self.version, **values)).rowcount:
            raise NotFound("There is no such entry.")

    # History

    def keep_version(self, entry_id: str, was: Written, at: datetime) -> None:
        """Keeps what an entry was before an edit."""
        last = self.conn.scalar(
            select(func.max(HistoryRow.number)).where(HistoryRow.person == self.person, HistoryRow.entry_id == entry_id)
        )
        self.put_versions([Version(entry_id=entry_id, number=(last or 0) + 1, replaced_at=at, was=was)])

    def put_versions(self, versions: Iterable[Version]) -> None:
        """Adds earlier versions as they are."""
        rows = [
            {
                "person": self.person,
                "entry_id": v.entry_id,
                "number": v.number,
                "replaced_at": micros(v.replaced_at),
                "sealed": seal(self.key, v.entry_id, f"history {v.number}", v),
            }
            for v in versions
        ]
        if rows:
            self.conn.execute(insert(HistoryRow), rows)

    def versions(self, entry_id: str | None = None) -> list[Version]:
        """Every earlier version of one entry, or of all."""
        wanted = select(HistoryRow.entry_id, HistoryRow.number, HistoryRow.sealed).filter_by(person=self.person)
        wanted = wanted if entry_id is None else wanted.filter_by(entry_id=entry_id)
        rows = self.conn.execute(wanted.order_by(HistoryRow.entry_id, HistoryRow.number))
        return [
            Version.model_validate_json(self.key.open(sealed, entry=entry_id, field=f"history {number}"))
            for entry_id, number, sealed in rows
        ]

    # Feedback and settings

    def put_said(self, verdict: Said) -> None:
        """Keeps a verdict in the place of an earlier one on the same item beneath the same entry."""
        said.put(self.conn, self.person, self.key, verdict)

    def forget_said(self) -> None:
        """Removes every verdict."""
        said.forget(self.conn, self.person)

    def said(self) -> list[Said]:
        """Every verdict, in the order they were given."""
        return said.everything(self.conn, self.person, self.key)

    def settings(self) -> Settings | None:
        """What the person has chosen; None where they never did."""
        sealed = self.conn.scalar(select(Person.settings).where(Person.id == self.person))
        return Settings.model_validate_json(self.key.open(sealed, field="settings")) if sealed else None

    def put_settings(self, settings: Settings) -> None:
        """Replaces the settings."""
        sealed = seal(self.key, "", "settings", settings)
        self.conn.execute(update(Person).where(Person.id == self.person).values(settings=sealed))

    # What a copy in memory reads

    def count(self) -> int:
        """How many entries there are."""
        return self.conn.scalar(select(func.count()).where(EntryRow.person == self.person)) or 0

    def changed_since(self, version: int, each: Callable[[int, Entry], None]) -> None:
        """Calls `each(created_at in microseconds, entry)` for what changed after `version`; of the parts, only the
        reading is opened."""
        reading = and_(PartRow.person == EntryRow.person, PartRow.entry_id == EntryRow.id, PartRow.part == "reading")
        rows = self.conn.execute(
            select(EntryRow.id, EntryRow.created_at, EntryRow.sealed, PartRow.sealed)
            .join(PartRow, reading, isouter=True)
            .where(EntryRow.person == self.person, EntryRow.changed > version)
        )
        for entry_id, created_at, sealed, read in rows:
            parts = {"reading": open_part(self.key, entry_id, "reading", read)} if read else {}
            written = open_written(self.key, entry_id, sealed)
            each(created_at, entry_of(self.person, entry_id, written, parts))
