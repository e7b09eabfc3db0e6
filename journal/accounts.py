"""Accounts where more than one person writes here: passwords, sessions, API keys, and patience with guessers.

Passwords are kept as argon2id; sessions and keys are 256 random bits of which only the sha256 is kept. Nobody learns
from an answer, or from how long it takes, whether an account exists.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from threading import Semaphore
from typing import Literal, get_args
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, delete, func, insert, or_, select, text, update

from agent.access import Account, Grant, Issued, Key, Scope
from agent.errors import Invalid, NotFound, NotSignedIn
from journal import attempts
from journal.desk import Desk, checked_person
from journal.rows import EPOCH, checked_text, micros
from journal.schema import AccountRow, GrantRow

SESSION = timedelta(days=14)
LEAST_PASSWORD, MOST_PASSWORD = 10, 200
MOST_KEYS = 50
WRONG = "Name or password are not right."

_NAME = re.compile(r"[\w.@+-]{1,64}")
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex())
"""Verified in vain for names that do not exist, so that they take as long as others."""

_ADD = text(
    "INSERT INTO accounts (name, person, password, made_at) VALUES (:name, :person, :password, :made_at) "
    "ON CONFLICT DO NOTHING"
)
_HASHING = Semaphore(2)
"""One hash takes 64 MB: a crowd at the door must not take all memory."""


class Accounts(Desk):
    """Who may sign in, and what their credentials grant."""

    def add_account(self, name: str, password: str | None, *, person: str | None = None) -> Account:
        """A new account; without a password it can only come by a provider or a key. `person` gives it a journal that
        is there already. Raises `Invalid` for a name that is taken or cannot be one, and for a weak password."""
        if not _NAME.fullmatch(name):
            raise Invalid("name", "found something else than 1 to 64 letters, digits and . _ @ + -")
        hashed = _hashed(password) if password is not None else ""
        account = Account(name=name, person=checked_person(person or str(uuid4())), made_at=self._clock())
        values = {"name": name, "person": account.person, "password": hashed, "made_at": micros(account.made_at)}
        with self._db.write() as conn:
            if not conn.execute(_ADD, values).rowcount:
                raise Invalid("name", f"{name!r}, or its journal, has an account already.")
        return account

    def remove_account(self, name: str) -> None:
        """Takes an account away with its sessions and keys; the journal is erased apart. Raises `NotFound`."""
        with self._db.write() as conn:
            if not conn.execute(delete(AccountRow).filter_by(name=name)).rowcount:
                raise NotFound(f"There is no account {name!r}.")

    def list_accounts(self) -> list[Account]:
        """All accounts by name."""
        with self._db.read() as conn:
            rows = conn.execute(select(AccountRow.name, AccountRow.person, AccountRow.made_at).order_by("name")).all()
        return [Account(name=name, person=person, made_at=_moment(at)) for name, person, at in rows]

    def set_password(self, name: str, password: str) -> None:
        """A new password; it ends every session of the account, and leaves its keys. Raises `Invalid`, `NotFound`."""
        hashed = _hashed(password)
        with self._db.write() as conn:
            person = conn.scalar(
                update(AccountRow).filter_by(name=name).values(password=hashed).returning(AccountRow.person)
            )
            if person is None:
                raise NotFound(f"There is no account {name!r}.")
            conn.execute(delete(GrantRow).filter_by(person=person, kind="session"))
            attempts.forget(conn, name)

    def sign_in(self, name: str, password: str) -> Issued:
        """A session of full scope. Raises `NotSignedIn` for a wrong name or password alike, and `TooMany`."""
        now = self._clock()
        with self._db.write() as conn:
            attempts.knock(conn, name, micros(now))  # counted before it is known to be wrong: no race past the limit
            row = conn.execute(select(AccountRow.person, AccountRow.password).filter_by(name=name)).one_or_none()
        if not _verified(row.password if row else "", password) or row is None:
            raise NotSignedIn(WRONG)
        with self._db.write() as conn:
            attempts.forget(conn, name)
            conn.execute(delete(GrantRow).where(GrantRow.expires_at <= micros(now)))
            return _issue(conn, row.person, "session", "", "full", now, now + SESSION)

    def sign_out(self, token: str) -> None:
        """Ends a session; one that is over is no fault."""
        with self._db.write() as conn:
            conn.execute(delete(GrantRow).filter_by(kind="session", digest=_digest(token)))

    def grant(self, token: str) -> Grant | None:
        """What a session or a key stands for now; None for one that is unknown, over or revoked."""
        alive = or_(GrantRow.expires_at.is_(None), GrantRow.expires_at > micros(self._clock()))
        with self._db.read() as conn:
            row = conn.execute(
                select(GrantRow.person, GrantRow.scope).where(GrantRow.digest == _digest(token), alive)
            ).one_or_none()
        return Grant(person=row.person, scope=row.scope) if row else None

    def grant_to(self, issuer: str, subject: str, *, create: bool) -> Grant | None:
        """What somebody gets whom an OpenID provider vouches for; with `create` an account is made at first sight."""
        name = f"oidc-{hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()[:32]}"
        for _ in range(2):
            with self._db.read() as conn:
                person = conn.scalar(select(AccountRow.person).filter_by(name=name))
            if person or not create:
                break
            try:
                self.add_account(name, None)
            except Invalid:  # another request was first
                continue
        return Grant(person=person, scope="full") if person else None

    def make_key(self, person: str, label: str, scope: Scope) -> Issued:
        """A new API key. Raises `Invalid`."""
        checked_text("label", label, longest=80)
        if scope not in get_args(Scope):
            raise Invalid("scope", f"found {scope!r}, allowed are {', '.join(get_args(Scope))}.")
        with self._db.write() as conn:
            there = conn.scalar(select(func.count()).select_from(GrantRow).filter_by(person=person, kind="key"))
            if (there or 0) >= MOST_KEYS:
                raise Invalid("label", f"there are {MOST_KEYS} keys already; revoke one first.")
            return _issue(conn, person, "key", label, scope, self._clock(), None)

    def keys(self, person: str) -> list[Key]:
        """The person's API keys, oldest first."""
        with self._db.read() as conn:
            rows = conn.execute(
                select(GrantRow.id, GrantRow.label, GrantRow.scope, GrantRow.made_at)
                .filter_by(person=person, kind="key")
                .order_by(GrantRow.made_at, GrantRow.id)
            ).all()
        return [Key(id=row.id, label=row.label, scope=row.scope, made_at=_moment(row.made_at)) for row in rows]

    def revoke_key(self, person: str, key_id: str) -> None:
        """Ends a key at once. Raises `NotFound`, also for a key of somebody else."""
        with self._db.write() as conn:
            if not conn.execute(delete(GrantRow).filter_by(person=person, kind="key", id=key_id)).rowcount:
                raise NotFound("There is no such key.")


def _issue(
    conn: Connection,
    person: str,
    kind: Literal["session", "key"],
    label: str,
    scope: Scope,
    now: datetime,
    end: datetime | None,
) -> Issued:
    token = f"{'dk' if kind == 'key' else 'ds'}_{secrets.token_urlsafe(32)}"
    issued = Issued(token=token, id=str(uuid4()), expires_at=end)
    conn.execute(
        insert(GrantRow).values(
            id=issued.id, person=person, kind=kind, label=label, scope=scope, digest=_digest(token),
            made_at=micros(now), expires_at=micros(end) if end else None,
        )
    )  # fmt: skip
    return issued


def _hashed(password: str) -> str:
    checked_text("password", password, longest=MOST_PASSWORD)
    if len(password) < LEAST_PASSWORD:
        raise Invalid("password", f"found {len(password)} characters; at least {LEAST_PASSWORD} are needed.")
    with _HASHING:
        return _HASHER.hash(password)


def _verified(hashed: str, password: str) -> bool:
    with _HASHING:
        try:
            return _HASHER.verify(hashed or _NOBODY, password.encode(errors="replace")) and bool(hashed)
        except VerificationError:
            return False


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)
