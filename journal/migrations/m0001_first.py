"""Version 1: persons, entries, parts, history, feedback, idempotency.

Spelled out here and frozen: the models of `journal.schema` move on, a migration never does.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)


def up(conn: Connection) -> None:
    """Makes the tables of the first version."""
    tables = MetaData()
    _entries(tables)
    _about_entries(tables)
    tables.create_all(conn)


def _entries(tables: MetaData) -> None:
    Table(
        "persons",
        tables,
        Column("id", Text, primary_key=True),
        Column("wrapped_key", LargeBinary, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("settings", LargeBinary),
    )
    Table(
        "entries",
        tables,
        _person(),
        Column("id", String(36), primary_key=True),
        Column("created_at", BigInteger, nullable=False),
        Column("changed", BigInteger, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Index("entries_by_change", "person", "changed"),
    )
    Table("feedback", tables, _person(), Column("item", LargeBinary, primary_key=True), _sealed())


def _about_entries(tables: MetaData) -> None:
    Table(
        "parts",
        tables,
        *_entry_key(),
        Column("part", Text, primary_key=True),
        _sealed(),
        Column("model", Text, nullable=False),
        _of_entry(),
    )
    Table(
        "history",
        tables,
        *_entry_key(),
        Column("number", Integer, primary_key=True),
        Column("replaced_at", BigInteger, nullable=False),
        _sealed(),
        _of_entry(),
    )
    Table(
        "idempotency",
        tables,
        Column("person", Text, primary_key=True),
        Column("key", LargeBinary, primary_key=True),
        Column("body", LargeBinary, nullable=False),
        Column("entry_id", String(36), nullable=False),
        Column("state", Text, nullable=False),
        Column("lease_until", BigInteger, nullable=False),
        _of_entry(),
        Index("idempotency_by_entry", "person", "entry_id"),
    )


def _person() -> Column[str]:
    return Column("person", Text, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)


def _entry_key() -> tuple[Column[str], Column[str]]:
    return Column("person", Text, primary_key=True), Column("entry_id", String(36), primary_key=True)


def _sealed() -> Column[bytes]:
    return Column("sealed", LargeBinary, nullable=False)


def _of_entry() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["person", "entry_id"], ["entries.person", "entries.id"], ondelete="CASCADE")
