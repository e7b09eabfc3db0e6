"""One SQLite file or one Postgres server behind one URL: opening it safely, transactions, and leaving no trace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from agent.errors import ConfigError, StorageFull, Unavailable
from journal.faults import LOCKED, in_plain_words
from journal.keyfile import sync_folder

BUSY_SECONDS = 5
"""How long a writer waits for another one before it says so."""

PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",  # first: turning WAL on needs the lock already
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",  # VACUUM would otherwise copy the journal through the system's temporary folder
)
_POSTGRES_SETTINGS = (
    "SET synchronous_commit = on",
    f"SET lock_timeout = '{BUSY_SECONDS}s'",
    "SET statement_timeout = '60s'",
)
_TABLES = "entries, parts, history, feedback, idempotency"


class Database:
    """Transactions on one database. Thread-safe; raises only `agent.errors`."""

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.file = Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None
        self.sqlite = self.file is not None
        self._writer = Lock()
        if self.file:
            _prepare_file(self.file)
        self._engine = engine = _sqlite_engine(parsed) if self.sqlite else _postgres_engine(parsed)
        # Writers who wait for a row each hold a connection; readers have some of their own, or nobody could read then.
        self._looking = engine if self.sqlite else _postgres_engine(parsed)
        reads: dict[str, Any] = {"begin": "BEGIN"} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        # Taking SQLite's write lock first means that no transaction fails half-way for want of it.
        writes: dict[str, Any] = {"begin": "BEGIN IMMEDIATE"} if self.sqlite else {}
        outside: dict[str, Any] = {} if self.sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._readers = self._looking.execution_options(**reads)
        self._writers = engine.execution_options(**writes)
        self._outside = engine.execution_options(**outside)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment and changes nothing."""
        with in_plain_words(), self._readers.connect() as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is on the disk when the block ends, or has never been. Raises `Unavailable` when
        another writer keeps the lock for `BUSY_SECONDS`, and `StorageFull`."""
        with self._queued(), in_plain_words(), self._writers.connect() as conn, conn.begin():
            yield conn

    def scrub(self, *, whole: bool) -> bool:
        """Removes what deleted rows leave behind: SQLite's write-ahead file and, when `whole`, every free page; on
        Postgres, when `whole`, the dead rows (its own write-ahead log ages out by the server's settings). False when
        another program holds the journal open, or the disk is full: encrypted traces stay until the next scrub."""
        try:
            return self._scrub(whole)
        except (Unavailable, StorageFull):
            return False

    def _scrub(self, whole: bool) -> bool:
        with self._queued(), in_plain_words(), self._outside.connect() as conn:
            if not self.sqlite:
                # The wrapped key must really go; for the rest it is enough, since nothing can open it any more.
                for statement in ("VACUUM FULL persons", f"VACUUM {_TABLES}") if whole else ():
                    conn.exec_driver_sql(statement)
                return True
            if whole:
                conn.exec_driver_sql("VACUUM")
            return not conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()

    @contextmanager
    def write_alone(self) -> Iterator[Connection]:
        """`write`, while nobody else writes anything about persons: SQLite has one writer anyway."""
        with self.write() as conn:
            if not self.sqlite:
                conn.exec_driver_sql("LOCK TABLE persons IN EXCLUSIVE MODE")
            yield conn

    def close(self) -> None:
        """Closes every connection; SQLite then folds its write-ahead file into the journal."""
        self._engine.dispose()
        self._looking.dispose()

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """SQLite has one writer at a time and wakes waiting ones at random; a queue of our own is fair."""
        if not self.sqlite:
            yield
            return
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise Unavailable(LOCKED)
        try:
            yield
        finally:
            self._writer.release()


def _parse(url: str) -> URL:
    allowed = "allowed are sqlite:////folder/journal.db and postgresql://user:password@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(f"the journal's database URL cannot be read; {allowed}") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:" and not parsed.query:
        return parsed.set(drivername="sqlite+pysqlite")
    if backend == "sqlite":
        raise ConfigError(f"the journal's database URL names no file; {allowed}")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(f"the journal's database URL begins with {backend!r}; {allowed}")


def _prepare_file(path: Path) -> None:
    """The folder 0700 and the file 0600 before SQLite writes a byte; its side files take the mode of the file."""
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = folder.stat().st_mode & 0o777
    if mode & 0o077:
        # Never tightened behind the owner's back: it may be a folder that others need, such as /tmp.
        raise ConfigError(
            f"{folder}: the journal's folder is open to others (mode {mode:04o}, allowed 0700). "
            f"Run: chmod 700 {folder}, or choose a folder of its own for the journal."
        )
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
    sync_folder(folder)


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # Python's driver would begin transactions late and by itself
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(conn: Connection) -> None:
        if begin := conn.get_execution_options().get("begin"):
            conn.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=BUSY_SECONDS,
        connect_args={"connect_timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.autocommit = True  # a setting made inside a transaction would go with its rollback
        for setting in _POSTGRES_SETTINGS:
            connection.execute(setting)
        connection.autocommit = False

    return engine
