"""A copy of the whole journal in one file, made and put back while the service runs, for SQLite and Postgres alike.

The file is a zip of `journal.db`, an SQLite database with every row as it is, and `manifest.json` with its sha256. What
is encrypted in the journal is encrypted in it, and the master key is not in it: without the key file it is of no use to
anybody. It can be put back into either kind of database, by this version or a newer one, whole or not at all.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection, delete, func, insert, select, update

from agent.errors import ConfigError, DiscoveryError, Invalid, StorageFull
from journal.database import Database
from journal.desk import Desk
from journal.faults import FULL, in_plain_words
from journal.keyfile import KeyFile, sync_folder
from journal.migrations import migrate
from journal.schema import AccountRow, AttemptRow, Base, EntryRow, Person
from journal.vault import Tampered, Vault

FORMAT = 1
IMAGE, MANIFEST = "journal.db", "manifest.json"
BATCH = 500
_PIECE = 1 << 20


class Kept(NamedTuple):
    """What a backup holds: how many persons and entries, when it was made, and the sha256 of its database."""

    persons: int
    entries: int
    made_at: str
    sha256: str


class Backups(Desk):
    """Copies of everything, for whoever runs the service."""

    def back_up(self, file: Path) -> Kept:
        """Writes a backup to `file`, over another one if there is one, and reads it back. Nothing half is ever there.
        Raises `StorageFull`, `Unavailable`."""
        with _beside(file) as folder:
            self._image(folder / IMAGE)
            kept = _counted(folder / IMAGE, self._clock().isoformat(timespec="seconds"))
            draft = folder / f"{secrets.token_hex(4)}.zip"
            _pack(folder / IMAGE, kept, draft)
            with opened(draft) as (again, _):
                if again != kept:
                    raise DiscoveryError("The backup read back is not what was written. Nothing was kept; try again.")
            os.replace(draft, file)
            sync_folder(file.absolute().parent)
        return kept

    def restore(
        self, file: Path, *, replace: bool = False, key: KeyFile | None = None, check_only: bool = False
    ) -> Kept:
        """Puts a backup back, whole or not at all. Into a journal that holds something only with `replace`; what was
        there is gone then. `key` is the key file that the backup was made under, where that is not the one of this
        journal. `check_only` does everything but the change. Raises `Invalid` for a file that cannot be used and for a
        journal that holds something, `ConfigError` for the wrong key, `StorageFull`, `Unavailable`."""
        with opened(file) as (kept, source):
            with source.read() as found, self._db.write_alone() as conn:
                wrapped = self._wrapped(found, Vault(key.read()) if key else None)
                if check_only:
                    return kept
                versions = {row.id: row.version for row in conn.execute(select(Person.id, Person.version))}
                if (versions or conn.scalar(select(func.count()).select_from(AccountRow))) and not replace:
                    raise Invalid(
                        "journal", "it holds something already; say --replace to put the backup in its place."
                    )
                _empty(conn)
                _carry(found, conn)
                _seen_anew(conn, wrapped, versions)
            self._db.scrub(whole=True)
        return kept

    def _image(self, target: Path) -> None:
        """Every row at one moment, as an SQLite file."""
        if self._db.file:
            where = f"file:{quote(str(self._db.file.absolute()))}?mode=ro"
            with (
                in_plain_words(),
                closing(sqlite3.connect(where, uri=True, timeout=5)) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            return
        image = Database(f"sqlite:///{target}")
        with self._db.read() as rows, image.write() as conn:
            migrate(conn)
            _carry(rows, conn)
        image.close()

    def _wrapped(self, found: Connection, other: Vault | None) -> dict[str, bytes]:
        """The key of each person in the backup, wrapped with the master key of this journal."""
        wrapped = {}
        for who, key in found.execute(select(Person.id, Person.wrapped_key)):
            try:
                wrapped[who] = self._vault.wrap(who, (other or self._vault).data_key(who, key))
            except Tampered:
                raise ConfigError(
                    "The backup was made under another master key. Name the key file of that time with --key FILE; "
                    "nothing was changed."
                ) from None
        return wrapped


@contextmanager
def opened(file: Path) -> Iterator[tuple[Kept, Database]]:
    """What a backup says it holds, and its database, verified and brought up to date. Raises `Invalid`."""
    with _beside(file) as folder:
        image = folder / IMAGE
        kept = _unpacked(file, image)
        with in_plain_words(), closing(sqlite3.connect(image)) as conn:
            if conn.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Invalid("FILE", f"{file}: its database is damaged; use another backup.")
        source = Database(f"sqlite:///{image}")
        try:
            with source.write() as conn:
                migrate(conn)
            yield kept, source
        finally:
            source.close()


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A folder for drafts on the disk of `file`, for us alone, gone at the end."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".discovery-", dir=file.absolute().parent))
    except OSError as error:
        raise Invalid("FILE", f"cannot write beside {file}: {error.strerror}") from None
    try:
        yield folder
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull(FULL) from None
        raise DiscoveryError(f"{file} could not be used: {error.strerror or type(error).__name__}.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _counted(image: Path, made_at: str) -> Kept:
    with in_plain_words(), closing(sqlite3.connect(image)) as conn:
        persons, entries = (conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("persons", "entries"))
    with image.open("rb") as data:
        return Kept(persons, entries, made_at, _hashed(data, None))


def _pack(image: Path, kept: Kept, draft: Path) -> None:
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:  # what is encrypted cannot be made smaller
            packed.writestr(MANIFEST, json.dumps({"discovery_backup": FORMAT} | kept._asdict(), indent=1))
            packed.write(image, IMAGE)
        out.flush()
        os.fsync(out.fileno())


def _unpacked(file: Path, image: Path) -> Kept:
    """Writes the database of a backup to `image`, its hash checked on the way. Raises `Invalid`."""
    try:
        with zipfile.ZipFile(file) as packed:
            facts: dict[str, Any] = json.loads(packed.read(MANIFEST))
            form = facts.pop("discovery_backup")
            if form != FORMAT:
                raise Invalid("FILE", f"{file}: a backup of form {form!r}; this Discovery reads form {FORMAT}.")
            kept = Kept(**facts)
            with packed.open(IMAGE) as data, image.open("wb") as out:
                found = _hashed(data, out)
    except FileNotFoundError:
        raise Invalid("FILE", f"there is no file {file}") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, NotImplementedError, EOFError, RuntimeError):
        raise Invalid("FILE", f"{file}: this is not a backup of Discovery, or it was cut short.") from None
    if found != kept.sha256:
        raise Invalid("FILE", f"{file}: found sha256 {found[:12]}..., expected {str(kept.sha256)[:12]}...: damaged.")
    return kept


def _hashed(data: Any, out: Any) -> str:
    digest = sha256()
    while piece := data.read(_PIECE):
        digest.update(piece)
        if out:
            out.write(piece)
    return digest.hexdigest()


def _empty(conn: Connection) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        conn.execute(delete(table))


def _carry(source: Connection, target: Connection) -> None:
    """Every row of every table, as it is; how often somebody failed to sign in is of no use elsewhere."""
    for table in Base.metadata.sorted_tables:
        if table.name == AttemptRow.__tablename__:
            continue
        rows = source.execute(select(table))
        while batch := rows.fetchmany(BATCH):
            target.execute(insert(table), [dict(row._mapping) for row in batch])


def _seen_anew(conn: Connection, wrapped: dict[str, bytes], versions: dict[str, int]) -> None:
    """Counts every person and entry as changed, beyond any number that a process has seen, so that none goes on with
    what it holds in memory."""
    for who, version in conn.execute(select(Person.id, Person.version)).all():
        now = max(version, versions.get(who, 0)) + 1
        conn.execute(update(Person).where(Person.id == who).values(version=now, wrapped_key=wrapped[who]))
        conn.execute(update(EntryRow).where(EntryRow.person == who).values(changed=now))
