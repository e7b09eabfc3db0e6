"""A new master key, or another lock on it, while the journal is in use.

The keys of all persons are wrapped anew in one transaction, and the key file is replaced inside it: the one before
stays beside the new one until the transaction is on the disk. A process that is killed in between leaves two files; the
next one that opens the journal keeps the right one (`Desk._settle`). Others that run meanwhile read the file again.

What a rotation does not do: the data keys of persons stay as they are, so whoever had both the old key and the journal
could read it, and can read what they copied.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import cast

from sqlalchemy import Table, bindparam, select, update

from journal.desk import Desk
from journal.keyfile import KEY_BYTES, KeyFile
from journal.schema import Person
from journal.vault import Vault


class Rotation(Desk):
    """What can be done with the master key."""

    @property
    def key_path(self) -> Path:
        """Where the key file lies."""
        return self._key_file.path

    def rotate(self) -> int:
        """Wraps the keys of all persons with a new master key and returns how many there are. Everything or nothing,
        whatever happens meanwhile. Raises `Unavailable`, `StorageFull` and `Tampered`."""
        fresh = secrets.token_bytes(KEY_BYTES)
        new = Vault(fresh)
        with self._db.write_alone() as conn:
            self._vault.renew()  # somebody else may have been here before
            persons = conn.execute(select(Person.id, Person.wrapped_key)).all()
            anew = [{"who": who, "key": new.wrap(who, self._vault.data_key(who, wrapped))} for who, wrapped in persons]
            if anew:
                table = cast(Table, Person.__table__)
                rewrap = update(table).where(table.c.id == bindparam("who")).values(wrapped_key=bindparam("key"))
                conn.execute(rewrap, anew)
            self._key_file.replace(fresh, keep=True)
        self._key_file.forget_before()
        self._vault.renew()
        self._db.scrub(whole=True)  # what was wrapped with the old key
        return len(persons)

    def lock_key(self, passphrase: str | None) -> None:
        """Locks the master key with a passphrase, or with None takes the lock off. Raises `Unavailable`."""
        with self._db.write_alone():  # no rotation meanwhile
            master = self._key_file.read()
            self._key_file = KeyFile(self._key_file.path, passphrase)
            self._key_file.replace(master)
        self._vault = Vault(master, self._key_file)
