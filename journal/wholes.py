"""Everything out, everything in, everything gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from agent.errors import Unavailable
from journal.desk import Desk, checked_person
from journal.schema import Person
from journal.transfer.archive import Bundle, pack, unpack
from journal.transfer.carry import carry_in, carry_out
from journal.transfer.formats import ARCHIVE
from journal.travel import recorded


class Wholes(Desk):
    """What concerns the whole of a person's journal."""

    def export(self, person: str) -> bytes:
        """Everything of this person in one zip archive: see `journal.transfer.archive`."""
        with self._reading(person) as rows:
            bundle = carry_out(rows) if rows else Bundle(entries=())
        return pack(bundle, self._clock())

    def import_archive(self, person: str, archive: bytes, *, dry_run: bool = False) -> dict[str, Any]:
        """Takes an archive in, all or nothing: counts of `added` and `known`, and the id by which this `import` can be
        taken back. What is there already wins over what the archive says of it. `dry_run` changes nothing. Raises
        `Invalid`."""
        bundle = unpack(archive)
        count = len(bundle.entries)
        if dry_run:
            with self._reading(person) as rows:
                known = len({entry.id for entry in bundle.entries} & set(rows.ids() if rows else ()))
            return {"added": count - known, "known": known, "import": None}
        with self._writing(person, create=True) as rows:
            added = carry_in(rows, bundle)
            batch = recorded(rows, ARCHIVE, added, self._clock())
        return {"added": len(added), "known": count - len(added), "import": batch}

    def erase(self, person: str) -> None:
        """Removes everything of this person and the key that could read it. Raises `Unavailable` when encrypted
        traces stay in the files; everything is deleted then, and erasing again removes the traces."""
        with self._db.write() as conn:
            conn.execute(delete(Person).where(Person.id == checked_person(person)))
        self._memory.forget(person)
        if not self._db.scrub(whole=True):
            raise Unavailable(
                "Everything was deleted, but encrypted traces stay in the journal's files because another program "
                "holds them open or the disk is full. Mend that, then erase once more."
            )
