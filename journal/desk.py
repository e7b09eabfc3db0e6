"""What every story of the journal is told at: one database, one vault, what is held in memory, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from agent.domain import Entry
from agent.errors import ConfigError, Invalid
from journal.database import Database
from journal.keyfile import KeyFile
from journal.memory import Memory
from journal.migrations import migrate
from journal.person import PersonRows
from journal.rows import checked_text
from journal.schema import Person
from journal.search import Embed
from journal.vault import Tampered, Vault

MOST_PERSON = 200
"""Characters in the id of a person."""


def local_now() -> datetime:
    """The present moment with the offset of this machine, so that an entry knows its local day."""
    return datetime.now().astimezone()


class Desk:
    """Transactions in the name of one person at a time. Thread-safe."""

    def __init__(
        self,
        url: str,
        key_file: Path,
        *,
        embed: Embed | None = None,
        encoder: str = "",
        clock: Callable[[], datetime] = local_now,
        passphrase: str | None = None,
    ) -> None:
        """Opens (and at first use makes) the database at `url` and the key file, and runs the migrations. `embed`
        turns texts into unit vectors, float32 (n, 384), for search by meaning; `encoder` names what does, and vectors
        of another one are made anew; `passphrase` opens a locked key file. Raises `ConfigError` for a wrong URL, key
        file, passphrase or permission, and `Unavailable`.
        """
        self._db = Database(url)
        self._clock = clock
        self._embed, self._encoder = embed, encoder
        self._memory = Memory()
        self._key_file = KeyFile(key_file, passphrase)
        try:
            with self._db.write() as conn:
                migrate(conn)
            self._vault = self._open_vault()
        except BaseException:
            self._db.close()
            raise

    def _open_vault(self) -> Vault:
        if self._key_file.before.exists():
            self._settle()
        with self._db.read() as conn:
            somebody = conn.execute(select(Person.id, Person.wrapped_key).limit(1)).one_or_none()
        vault = Vault.open(self._key_file.path, create=somebody is None, passphrase=self._key_file.passphrase)
        if somebody and not _opens(vault, somebody):
            raise ConfigError(
                f"{self._key_file.path}: this key belongs to another journal. Put back the key that was made with it."
            )
        return vault

    def _settle(self) -> None:
        """Ends a rotation that was interrupted: all persons or none have the new key, so one of them tells which. Waits
        for one that is still on its way."""
        with self._db.write_alone() as conn:
            if not self._key_file.before.exists():
                return
            somebody = conn.execute(select(Person.id, Person.wrapped_key).limit(1)).one_or_none()
            if somebody and not _opens(Vault(self._key_file.read()), somebody):
                if _opens(Vault(self._key_file.read_before()), somebody):
                    self._key_file.go_back()
                return
            self._key_file.forget_before()

    def close(self) -> None:
        """Closes the database."""
        self._db.close()

    def check(self) -> None:
        """Returns when the journal can be read. Raises `Unavailable`; for health checks."""
        with self._db.read() as conn:
            conn.execute(select(Person.id).limit(1))

    def persons(self) -> list[str]:
        """The ids of everybody who has something here."""
        with self._db.read() as conn:
            return list(conn.scalars(select(Person.id).order_by(Person.id)))

    def _some(self, person: str, ids: Sequence[str]) -> list[Entry]:
        with self._reading(person) as rows:
            return rows.entries(ids) if rows else []

    @contextmanager
    def _reading(self, person: str) -> Iterator[PersonRows | None]:
        with self._db.read() as conn:
            rows = PersonRows.reading(conn, self._vault, checked_person(person))
            if rows is None:
                self._memory.forget(person)
            yield rows

    @contextmanager
    def _writing(self, person: str, *, create: bool = False) -> Iterator[PersonRows]:
        with self._db.write() as conn:
            yield PersonRows.writing(conn, self._vault, checked_person(person), create=create)


def _opens(vault: Vault, somebody: Any) -> bool:
    try:
        vault.unwrap(somebody.id, somebody.wrapped_key)
    except Tampered:
        return False
    return True


def checked_person(person: str) -> str:
    """The same id. Raises `Invalid` for what no person can be called."""
    if not person or "\0" in person:
        raise Invalid("person", "an id has at least one character and no NUL.")
    return checked_text("person", person, longest=MOST_PERSON)
