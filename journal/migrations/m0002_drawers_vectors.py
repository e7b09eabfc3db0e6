"""Version 2: drawers for small things of a person's own, and the vectors of search by meaning, both sealed."""

from __future__ import annotations

from sqlalchemy import Connection, text

_BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}


def up(conn: Connection) -> None:
    """Adds the two tables."""
    sealed = _BYTES[conn.dialect.name]
    conn.execute(
        text(
            f"CREATE TABLE drawers (person TEXT NOT NULL, drawer TEXT NOT NULL, name {sealed} NOT NULL, "
            f"sealed {sealed} NOT NULL, PRIMARY KEY (person, drawer, name), "
            "FOREIGN KEY (person) REFERENCES persons (id) ON DELETE CASCADE)"
        )
    )
    conn.execute(
        text(
            f"CREATE TABLE vectors (person TEXT NOT NULL, entry_id VARCHAR(36) NOT NULL, model TEXT NOT NULL, "
            f"sealed {sealed} NOT NULL, PRIMARY KEY (person, entry_id), "
            "FOREIGN KEY (person, entry_id) REFERENCES entries (person, id) ON DELETE CASCADE)"
        )
    )
