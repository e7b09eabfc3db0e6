from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from agent.errors import DiscoveryError, StorageFull, Unavailable
from journal.faults import in_plain_words


def sqlite_fault(code: int) -> DBAPIError:
    fault = sqlite3.OperationalError("raw words of the driver")
    fault.sqlite_errorcode = code
    return OperationalError("SELECT secret", {"text": "dear diary"}, fault)


def postgres_fault(state: str | None) -> DBAPIError:
    fault = psycopg.OperationalError("raw words of the driver")
    fault.sqlstate = state
    return OperationalError("SELECT secret", {"text": "dear diary"}, fault)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (sqlite_fault(sqlite3.SQLITE_FULL), StorageFull),
        (sqlite_fault(sqlite3.SQLITE_IOERR_WRITE), StorageFull),
        (sqlite_fault(sqlite3.SQLITE_BUSY), Unavailable),
        (sqlite_fault(sqlite3.SQLITE_BUSY_SNAPSHOT), Unavailable),
        (sqlite_fault(sqlite3.SQLITE_LOCKED), Unavailable),
        (sqlite_fault(sqlite3.SQLITE_CORRUPT), DiscoveryError),
        (sqlite_fault(sqlite3.SQLITE_READONLY_DBMOVED), DiscoveryError),
        (sqlite_fault(sqlite3.SQLITE_ERROR), DiscoveryError),
        (postgres_fault("53100"), StorageFull),
        (postgres_fault("53300"), Unavailable),
        (postgres_fault("55P03"), Unavailable),
        (postgres_fault("57P01"), Unavailable),
        (postgres_fault("08006"), Unavailable),
        (postgres_fault(None), Unavailable),
        (postgres_fault("42P01"), DiscoveryError),
        (InterfaceError("SELECT secret", {"text": "dear diary"}, psycopg.InterfaceError("raw words")), DiscoveryError),
    ],
)
def test_each_fault_gets_its_kind_and_never_its_raw_words(fault: DBAPIError, kind: type[DiscoveryError]) -> None:
    with pytest.raises(DiscoveryError) as plain, in_plain_words():
        raise fault
    assert type(plain.value) is kind and plain.value.__cause__ is None and plain.value.__suppress_context__
    for leak in ("raw", "secret", "diary"):
        assert leak not in str(plain.value)


def test_a_real_fault_of_each_driver_is_recognised(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/no/such/folder/j.db")
    with pytest.raises(DiscoveryError, match=r"cannot be written.*read-only disk"), in_plain_words(), engine.connect():
        pass
    away = create_engine("postgresql+psycopg://ada@127.0.0.1:1/j", connect_args={"connect_timeout": 1})
    with pytest.raises(Unavailable, match="does not answer"), in_plain_words(), away.connect() as conn:
        conn.execute(text("SELECT 1"))


def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError), in_plain_words():
        raise KeyError("mine")
