"""A repeated request is the same one: who holds the turn of a client's key, inside the transaction of the entry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import insert, select, update

from agent.domain import Idempotency
from agent.errors import Conflict, KeyReused
from journal.person import PersonRows
from journal.rows import micros
from journal.schema import IdempotencyRow

LEASE = timedelta(seconds=60)
"""How long a turn may show no sign of life before a repeat takes it up again."""

_FIELD = "idempotency key"


def claim(rows: PersonRows, promise: Idempotency, now: datetime) -> tuple[str, Literal["stored", "resumed"]] | None:
    """The entry that this key already has, and what to do about it; None for a new key. Raises `Conflict` while its
    turn runs, and `KeyReused` for another body."""
    key = rows.key.tag(promise.key, field=_FIELD)
    row = rows.conn.execute(
        select(
            IdempotencyRow.body, IdempotencyRow.entry_id, IdempotencyRow.state, IdempotencyRow.lease_until
        ).filter_by(person=rows.person, key=key)
    ).one_or_none()
    if row is None:
        return None
    # The hash of a short text can be guessed: only a keyed hash of it is kept.
    if row.body != rows.key.tag(promise.body, field="idempotency body"):
        raise KeyReused(
            "This Idempotency-Key was used for another request. Send the same body again, or take a new key."
        )
    if row.state == "done":
        return row.entry_id, "stored"
    if row.state == "running" and row.lease_until > micros(now):
        raise Conflict("The request with this Idempotency-Key is still running; ask again in a few seconds.")
    _set(rows, key, state="running", lease_until=micros(now + LEASE))
    return row.entry_id, "resumed"


def begin(rows: PersonRows, promise: Idempotency, entry_id: str, now: datetime) -> None:
    """Starts the turn of a new key for a new entry."""
    rows.conn.execute(
        insert(IdempotencyRow).values(
            person=rows.person,
            key=rows.key.tag(promise.key, field=_FIELD),
            body=rows.key.tag(promise.body, field="idempotency body"),
            entry_id=entry_id,
            state="running",
            lease_until=micros(now + LEASE),
        )
    )


def renew(rows: PersonRows, entry_id: str, now: datetime) -> None:
    """A part was attached, so the turn of this entry is alive."""
    running = update(IdempotencyRow).filter_by(person=rows.person, entry_id=entry_id, state="running")
    rows.conn.execute(running.values(lease_until=micros(now + LEASE)))


def end(rows: PersonRows, key: str, *, whole: bool) -> None:
    """Keeps the result as the answer to repeats, or frees the turn. A key that is gone with its entry is no fault."""
    _set(rows, rows.key.tag(key, field=_FIELD), state="done" if whole else "released")


def _set(rows: PersonRows, key: bytes, **values: str | int) -> None:
    rows.conn.execute(update(IdempotencyRow).filter_by(person=rows.person, key=key).values(**values))
