"""Numbered migrations, run on open. Append-only: a step that has been released is never changed, only followed.

Plain functions rather than Alembic's environment: a few tables and one URL need no configuration files, and a fresh
journal must open from Python alone. Both databases run a step in one transaction, so a killed step leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select, text

from agent.errors import ConfigError
from journal.migrations import m0001_first, m0002_drawers_vectors, m0003_accounts

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = (m0001_first.up, m0002_drawers_vectors.up, m0003_accounts.up)
"""Version n is what the first n steps come to."""

_VERSIONS = Table("schema_version", MetaData(), Column("version", Integer, primary_key=True))
_ADVISORY_LOCK = 0x6469_7363  # any number of our own; it keeps two services from migrating at once


def migrate(conn: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Brings the database of `conn` (inside a write transaction) up to date; returns how many steps were run.
    Raises `ConfigError` for a database that a newer Discovery has made."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    _VERSIONS.create(conn, checkfirst=True)
    found = conn.scalar(select(func.max(_VERSIONS.c.version))) or 0
    if found > len(steps):
        raise ConfigError(
            f"the journal's database has schema version {found}, this Discovery knows versions up to {len(steps)}. "
            "Use the newer Discovery that made it; nothing was changed."
        )
    for number, step in enumerate(steps[found:], start=found + 1):
        step(conn)
        conn.execute(insert(_VERSIONS).values(version=number))
    return len(steps) - found
