from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from agent.domain import Idempotency
from agent.errors import ConfigError, DiscoveryError, StorageFull, Unavailable
from journal import database
from journal.database import Database
from journal.store import Store

Open = Callable[..., Store]


def test_sqlite_is_opened_for_durability_and_privacy(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path}/j.db")
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
        "temp_store": 2,
    }
    with opened.read() as one, opened.write() as two:  # every connection, not the first alone
        for conn in (one, two):
            assert {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
    opened.close()


def test_postgres_waits_for_the_disk_and_not_for_ever(postgres: tuple[str, Path]) -> None:
    opened = Database(postgres[0])
    with opened.write() as conn:
        found = [conn.exec_driver_sql(f"SHOW {name}").scalar() for name in ("synchronous_commit", "lock_timeout")]
    assert found == ["on", "5s"]
    opened.close()


def test_every_file_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store(f"sqlite:///{tmp_path}/data/journal.db", tmp_path / "data" / "master.key")
        store.add("ada", "x")
        files = sorted(os.listdir(tmp_path / "data"))
        assert files == ["journal.db", "journal.db-shm", "journal.db-wal", "master.key"]
        assert {(tmp_path / "data" / name).stat().st_mode & 0o777 for name in files} == {0o600}
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        store.close()
    finally:
        os.umask(before)


def test_a_folder_open_to_others_is_refused_and_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(ConfigError, match=r"mode 0755, allowed 0700.*chmod 700"):
        Database(f"sqlite:///{tmp_path}/j.db")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "/a/path"])
def test_a_url_that_cannot_be_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError, match=r"database URL .* allowed are sqlite:.*postgresql:") as refused:
        Database(url)
    assert "secret" not in str(refused.value)


def test_a_server_that_is_away_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not answer") as away:
        Store("postgresql://ada:secret@127.0.0.1:1/j", tmp_path / "k")
    assert away.value.retry_after > 0 and "secret" not in repr(away.value) and away.value.__cause__ is None


def test_a_server_that_comes_back_is_used_again(postgres: tuple[str, Path], tmp_path: Path) -> None:
    store = Store(postgres[0], tmp_path / "k")
    entry = store.add("ada", "x").entry
    with psycopg.connect(postgres[0], autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND usename IS NOT NULL"
        )
    assert store.get("ada", entry.id) == entry
    store.erase("ada")
    store.close()


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "j.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(DiscoveryError, match="damaged or is not a journal"):
        Store(f"sqlite:///{tmp_path}/j.db", tmp_path / "k")


def test_a_lost_or_foreign_key_file_is_refused_and_not_replaced(open_store: Open, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "master.key"
    store = open_store()
    store.add("ada", "x")
    store.close()
    kept = key.read_bytes()
    key.write_bytes(os.urandom(32))
    with pytest.raises(ConfigError, match="belongs to another journal"):
        open_store()
    key.unlink()
    with pytest.raises(ConfigError, match="missing"):
        open_store()
    assert not key.exists()
    key.write_bytes(kept)
    key.chmod(0o600)
    assert len(open_store().entries("ada")[0]) == 1


def test_a_locked_database_is_unavailable_and_then_works(
    url: str, open_store: Open, postgres: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.3)
    monkeypatch.setattr(database, "PRAGMAS", ("busy_timeout=300", *database.PRAGMAS[1:]))
    monkeypatch.setattr(database, "_POSTGRES_SETTINGS", ("SET lock_timeout = '300ms'",))
    store = open_store()
    entry = store.add("ada", "x").entry
    if url.startswith("sqlite"):
        other = sqlite3.connect(tmp_path / "data" / "journal.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(url)
        other.execute("SELECT * FROM persons FOR UPDATE")
    outcomes: list[BaseException] = []

    def write() -> None:
        try:
            store.add("ada", "y")
        except DiscoveryError as error:
            outcomes.append(error)

    began = time.monotonic()
    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert time.monotonic() - began < 4 and [type(e) for e in outcomes] == [Unavailable] * 3
    assert all(e.retry_after > 0 and "Nothing was stored" in str(e) for e in outcomes)
    assert store.entries("ada") == ([entry], None)  # reading goes on
    other.rollback()
    other.close()
    assert store.add("ada", "z").state == "new"
    assert len(store.entries("ada")[0]) == 2


def test_a_full_disk_loses_nothing_and_recovers(sqlite_store: Store) -> None:
    entry = sqlite_store.add("ada", "x").entry

    def pages(most: int) -> None:
        with sqlite_store._db.read() as conn:
            conn.exec_driver_sql(f"PRAGMA max_page_count={most}")

    pages(1)  # SQLite takes the present size where that is more
    promise = Idempotency(key="k", body="a" * 64)
    for _ in range(2):
        with pytest.raises(StorageFull, match=r"no room left.*Nothing was stored"):
            sqlite_store.add("ada", "a long entry " * 1000, idempotency=promise)
    assert sqlite_store.entries("ada") == ([entry], None) and sqlite_store.search("ada", "x") == [entry]
    pages(100_000)
    assert sqlite_store.add("ada", "a long entry " * 1000, idempotency=promise).state == "new"


QUOTA = """
import resource, signal, sys
from pathlib import Path
from agent.errors import StorageFull
from journal.store import Store
folder = Path(sys.argv[1])
store = Store(f"sqlite:///{folder}/data/journal.db", folder / "k")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
stored = 0
try:
    while stored < 1000:
        store.add("ada", "a long entry " * 1000)
        stored += 1
except StorageFull:
    print("full")
assert len(store.entries("ada", limit=500)[0]) == stored > 3
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
store.add("ada", "there is room again")
assert len(store.entries("ada", limit=500)[0]) == stored + 1
print("recovered")
"""


def test_a_quota_that_the_system_enforces_is_a_full_disk(tmp_path: Path) -> None:
    child = subprocess.run([sys.executable, "-c", QUOTA, tmp_path], capture_output=True, text=True, timeout=60)
    assert child.stdout.split() == ["full", "recovered"], child.stderr


def test_check_says_whether_the_journal_can_be_read(store: Store) -> None:
    store.check()
