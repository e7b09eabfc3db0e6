"""Version 3: accounts, the sessions and keys they hold, and how often somebody tried to sign in."""

from __future__ import annotations

from sqlalchemy import Connection, text

_BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}


def up(conn: Connection) -> None:
    """Adds the three tables."""
    digest = _BYTES[conn.dialect.name]
    conn.execute(
        text(
            "CREATE TABLE accounts (name TEXT NOT NULL, person TEXT NOT NULL, password TEXT NOT NULL, "
            "made_at BIGINT NOT NULL, PRIMARY KEY (name), UNIQUE (person))"
        )
    )
    conn.execute(
        text(
            f"CREATE TABLE grants (id VARCHAR(36) NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL, "
            f"label TEXT NOT NULL, scope TEXT NOT NULL, digest {digest} NOT NULL, made_at BIGINT NOT NULL, "
            "expires_at BIGINT, PRIMARY KEY (id), UNIQUE (digest), "
            "FOREIGN KEY (person) REFERENCES accounts (person) ON DELETE CASCADE)"
        )
    )
    conn.execute(
        text(
            f"CREATE TABLE attempts (name {digest} NOT NULL, failures BIGINT NOT NULL, until BIGINT NOT NULL, "
            "PRIMARY KEY (name))"
        )
    )
