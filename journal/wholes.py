"""Everything out, everything in, everything gone."""

from __future__ import annotations

from sqlalchemy import delete

from agent.errors import Unavailable
from journal.desk import Desk, checked_person
from journal.schema import Person
from journal.transfer.archive import Bundle, pack, unpack
from journal.transfer.carry import carry_in, carry_out


class Wholes(Desk):
    """What concerns the whole of a person's journal."""

    def export(self, person: str) -> bytes:
        """Everything of this person in one zip archive: see `journal.transfer.archive`."""
        with self._reading(person) as rows:
            bundle = carry_out(rows) if rows else Bundle(entries=())
        return pack(bundle, self._clock())

    def import_archive(self, person: str, archive: bytes) -> dict[str, int]:
        """Takes an archive in, all or nothing: counts of `added` and `known`. What is there already wins over what
        the archive says of it. Raises `Invalid`."""
        bundle = unpack(archive)
        with self._writing(person, create=True) as rows:
            return carry_in(rows, bundle)

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
