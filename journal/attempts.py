"""Patience with guessers: a few attempts at once, then one in a while, for each name whether it exists or not."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, text, update

from agent.errors import TooMany
from journal.schema import AttemptRow

FREE = 5
"""Attempts under one name that may fail in a row before the next one must wait."""

WAIT_SECONDS = 30
"""How long it waits then. It does not grow: a stranger must not be able to lock somebody out of their own journal."""

_DAY = 86_400_000_000
_HOLD = text(
    "INSERT INTO attempts (name, failures, until) VALUES (:name, 0, :until) "
    "ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING failures, until"
)
"""Finds or makes the row, and locks it on Postgres: whoever comes at the same moment waits for this one's count."""


def knock(conn: Connection, name: str, now: int) -> None:
    """Counts an attempt as failed until `forget` says otherwise; `now` is in microseconds. Raises `TooMany`."""
    tag = _tag(name)
    conn.execute(delete(AttemptRow).where(AttemptRow.until < now - _DAY))  # made-up names must not pile up
    row = conn.execute(_HOLD, {"name": tag, "until": now}).one()
    if row.failures >= FREE and row.until > now:
        seconds = -((now - row.until) // 1_000_000)
        raise TooMany(f"Too many attempts under this name. Try again in {seconds} seconds.", retry_after=seconds)
    failures = row.failures + 1
    until = now + (WAIT_SECONDS * 1_000_000 if failures >= FREE else 0)
    conn.execute(update(AttemptRow).filter_by(name=tag).values(failures=failures, until=until))


def forget(conn: Connection, name: str) -> None:
    """An attempt was right, so the count begins anew."""
    conn.execute(delete(AttemptRow).filter_by(name=_tag(name)))


def _tag(name: str) -> bytes:
    return hashlib.sha256(name.encode(errors="replace")).digest()
