from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from agent.errors import ConfigError, DiscoveryError
from journal.database import Database
from journal.migrations import STEPS, migrate
from journal.schema import Base
from journal.store import Store

Open = Callable[..., Store]
ROWS = (
    "INSERT INTO persons (id, wrapped_key, version) VALUES ('ada', 'k', 1)",
    "INSERT INTO entries (person, id, created_at, changed, sealed) VALUES ('ada', 'e', 1, 1, 's')",
)


@pytest.fixture
def blank(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


def tables(database: Database) -> set[str]:
    with database.read() as conn:
        return set(inspect(conn).get_table_names())


def test_from_blank_the_tables_are_those_of_the_models(blank: Database) -> None:
    with blank.write() as conn:
        assert migrate(conn) == len(STEPS)
    with blank.read() as conn:
        found = compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), Base.metadata)
    assert [difference[0] for difference in found] == ["remove_table"]
    assert found[0][1].name == "schema_version"  # the migrations' own book


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
def test_every_older_schema_comes_up_to_date_with_its_rows(blank: Database, version: int) -> None:
    with blank.write() as conn:
        migrate(conn, STEPS[:version])
        for row in ROWS:
            conn.execute(text(row))
    with blank.write() as conn:
        assert migrate(conn) == len(STEPS) - version
        assert migrate(conn) == 0
        assert conn.execute(text("SELECT person, id FROM entries")).all() == [("ada", "e")]
        for table in ("drawers", "vectors"):
            assert conn.execute(text(f"SELECT * FROM {table}")).all() == []


def test_later_steps_run_once_in_order_and_keep_the_rows(blank: Database) -> None:
    ran: list[str] = []

    def add_column(conn: Connection) -> None:
        ran.append("add")
        conn.execute(text("ALTER TABLE entries ADD COLUMN starred INTEGER"))

    def fill(conn: Connection) -> None:
        ran.append("fill")
        conn.execute(text("UPDATE entries SET starred = 1"))

    with blank.write() as conn:
        migrate(conn)
        for row in ROWS:
            conn.execute(text(row))
    for expected in (2, 0):
        with blank.write() as conn:
            assert migrate(conn, (*STEPS, add_column, fill)) == expected
            assert conn.execute(text("SELECT id, starred FROM entries")).all() == [("e", 1)]
    assert ran == ["add", "fill"]


def test_a_step_that_fails_leaves_nothing_behind(blank: Database) -> None:
    def broken(conn: Connection) -> None:
        conn.execute(text("CREATE TABLE half (id INTEGER)"))
        conn.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(DiscoveryError), blank.write() as conn:
        migrate(conn, (*STEPS, broken))
    assert tables(blank) == set()


def test_a_newer_database_is_refused_with_both_numbers(open_store: Open, blank: Database) -> None:
    with blank.write() as conn:
        migrate(conn, (*STEPS, lambda _: None))
    with pytest.raises(ConfigError, match=rf"schema version {len(STEPS) + 1}.*up to {len(STEPS)}.*nothing was changed"):
        open_store()


def test_many_opening_a_blank_journal_at_once(open_store: Open) -> None:
    faults: list[BaseException] = []

    def use() -> None:
        try:
            open_store().add("ada", "x")
        except BaseException as fault:  # noqa: BLE001 (it belongs to the thread that asserts)
            faults.append(fault)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [] and len(open_store().entries("ada")[0]) == 4
