"""The tables, as SQLAlchemy models. What a person wrote, chose or was told stands in `sealed` columns only.

In clear: who (an id that the server gave), when, how many, which parts, which model. Times are whole microseconds
since 1970 in UTC, so that SQLite and Postgres order and return them alike; the person's own offset is sealed.
`persons.version` counts that person's changes and `entries.changed` remembers the last one, so that a copy in memory
knows what to read again.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The root of the models; `Base.metadata` is what the migrations must come to."""

    type_annotation_map = {str: Text, bytes: LargeBinary, int: BigInteger}  # noqa: RUF012 (SQLAlchemy's own idiom)


def _of_entry() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["person", "entry_id"], ["entries.person", "entries.id"], ondelete="CASCADE")


class Person(Base):
    """Somebody with a journal: their wrapped data key, without which nothing of theirs can be read."""

    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(primary_key=True)
    wrapped_key: Mapped[bytes]
    version: Mapped[int]
    settings: Mapped[bytes | None]


class EntryRow(Base):
    """One entry; `sealed` holds text, time with offset, goal, state of mind and correction (`rows.Written`)."""

    __tablename__ = "entries"
    __table_args__ = (Index("entries_by_change", "person", "changed"),)

    person: Mapped[str] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[int]
    changed: Mapped[int]
    sealed: Mapped[bytes]


class PartRow(Base):
    """One computed part of an entry, and the model that made it where it has one."""

    __tablename__ = "parts"
    __table_args__ = (_of_entry(),)

    person: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    model: Mapped[str]


class HistoryRow(Base):
    """What an entry was before an edit; `number` counts from 1."""

    __tablename__ = "history"
    __table_args__ = (_of_entry(),)

    person: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    replaced_at: Mapped[int]
    sealed: Mapped[bytes]


class FeedbackRow(Base):
    """The latest verdict on one item; `item` is a keyed hash of its id, the id and the verdict are sealed."""

    __tablename__ = "feedback"

    person: Mapped[str] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    item: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class IdempotencyRow(Base):
    """A client's key for one request: keyed hashes of the key and of its body, and how far the turn has come."""

    __tablename__ = "idempotency"
    __table_args__ = (_of_entry(), Index("idempotency_by_entry", "person", "entry_id"))

    person: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    entry_id: Mapped[str] = mapped_column(String(36))
    state: Mapped[str]
    lease_until: Mapped[int]


class DrawerRow(Base):
    """One small thing of a person's own; `name` is a keyed hash, the name itself is sealed with the value."""

    __tablename__ = "drawers"

    person: Mapped[str] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    drawer: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class VectorRow(Base):
    """The meaning of one entry's text as `model` saw it: see `journal.vectors`."""

    __tablename__ = "vectors"
    __table_args__ = (_of_entry(),)

    person: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    model: Mapped[str]
    sealed: Mapped[bytes]


class AccountRow(Base):
    """Somebody who may sign in: name and person in clear, the password as an argon2id hash (empty: no password)."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("person"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    password: Mapped[str]
    made_at: Mapped[int]


class GrantRow(Base):
    """A session or an API key: the sha256 of a random secret, never the secret."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("accounts.person", ondelete="CASCADE"))
    kind: Mapped[str]
    label: Mapped[str]
    scope: Mapped[str]
    digest: Mapped[bytes]
    made_at: Mapped[int]
    expires_at: Mapped[int | None]


class AttemptRow(Base):
    """How often signing in under a name (its sha256) failed, and until when the next attempt must wait."""

    __tablename__ = "attempts"

    name: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    until: Mapped[int]
