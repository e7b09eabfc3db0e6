"""What a database says when it fails, in words that a person can act on. Raw errors never leave the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from agent.errors import DiscoveryError, StorageFull, Unavailable

FULL = "There is no room left where the journal is kept. Nothing was stored; free some space and try again."
LOCKED = "The journal is busy with somebody else's work. Nothing was stored; try again in a few seconds."
UNREACHABLE = "The journal's database does not answer. Nothing was stored; try again in a few seconds."

_SQLITE_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # a quota or a limit on file sizes, which SQLite does not tell from a bad disk
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}
_POSTGRES_FULL = {"53100"}
_POSTGRES_LOCKED = {"55P03", "40P01", "40001", "57014"}
_POSTGRES_AWAY = ("08", "57P", "53")


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turns every error of a database inside into one of `agent.errors`, without the statement or its values."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _plain(error) from None
    except sqlite3.Error as error:  # of a connection that SQLAlchemy does not stand before
        raise _from_sqlite(error) from None


def _plain(error: SQLAlchemyError) -> DiscoveryError:
    if isinstance(error, NoFreeConnection):
        return Unavailable(LOCKED)
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        return _from_sqlite(error.orig)
    if isinstance(error, DBAPIError):
        return _from_postgres(getattr(error.orig, "sqlstate", None), isinstance(error, OperationalError))
    return DiscoveryError(f"The journal's database refused the request ({type(error).__name__}). Nothing was stored.")


def _from_sqlite(error: sqlite3.Error) -> DiscoveryError:
    code = getattr(error, "sqlite_errorcode", 0)
    if code in _SQLITE_FULL:
        return StorageFull(FULL)
    match code & 0xFF:  # the primary code; the upper bits only refine it
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Unavailable(LOCKED)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DiscoveryError(
                "The journal's file is damaged or is not a journal. Nothing was changed; "
                "restore it together with its key file from your backup."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DiscoveryError(
                "The journal's file cannot be written. Nothing was stored; check that its folder exists, "
                "belongs to you and is not on a read-only disk."
            )
    name = getattr(error, "sqlite_errorname", "unknown")
    return DiscoveryError(f"The journal's file could not be used ({name}). Nothing was stored.")


def _from_postgres(state: str | None, away: bool) -> DiscoveryError:
    if state in _POSTGRES_FULL:
        return StorageFull(FULL)
    if state in _POSTGRES_LOCKED:
        return Unavailable(LOCKED)
    if state.startswith(_POSTGRES_AWAY) if state else away:  # no state: the connection was lost or refused
        return Unavailable(UNREACHABLE)
    return DiscoveryError(f"The journal's database refused the request (SQLSTATE {state}). Nothing was stored.")
