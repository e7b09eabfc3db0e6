"""Accounts, sessions and keys, on SQLite and on Postgres."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from agent.access import Grant
from agent.errors import Invalid, NotFound, NotSignedIn, TooMany
from journal import accounts
from journal.store import Store
from tests.journal.test_store import Clock

Open = Callable[..., Store]
PASSWORD = "a long enough password"


def test_an_account_signs_in_and_out(store: Store) -> None:
    ada = store.add_account("ada@example.org", PASSWORD)
    issued = store.sign_in("ada@example.org", PASSWORD)
    assert issued.token.startswith("ds_") and issued.expires_at is not None
    assert store.grant(issued.token) == Grant(person=ada.person, scope="full")
    store.sign_out(issued.token)
    store.sign_out(issued.token)
    assert store.grant(issued.token) is None and store.grant("") is None and store.grant("ds_\ud800") is None


def test_a_wrong_name_and_a_wrong_password_are_told_alike(store: Store) -> None:
    store.add_account("ada", PASSWORD)
    store.add_account("carol", None)
    said = set()
    for name, password in (("ada", "wrong"), ("bob", PASSWORD), ("carol", ""), ("", ""), ("ada", "\ud800")):
        with pytest.raises(NotSignedIn) as refused:
            store.sign_in(name, password)
        said.add(str(refused.value))
    assert said == {accounts.WRONG}


def test_guessers_must_wait_whether_the_name_exists_or_not(open_store: Open) -> None:
    clock = Clock()
    store = open_store(clock=clock)
    store.add_account("ada", PASSWORD)
    for name in ("ada", "nobody"):
        for _ in range(5):
            with pytest.raises(NotSignedIn):
                store.sign_in(name, "wrong")
        with pytest.raises(TooMany, match="Too many attempts") as refused:
            store.sign_in(name, PASSWORD)
        assert refused.value.retry_after == 30
    clock.now += timedelta(seconds=30)
    assert store.grant(store.sign_in("ada", PASSWORD).token) is not None
    with pytest.raises(NotSignedIn):  # and the count begins anew
        store.sign_in("ada", "wrong")
    clock.now += timedelta(days=2)
    with pytest.raises(NotSignedIn):
        store.sign_in("nobody else", "wrong")
    with store._db.read() as conn:
        assert conn.scalar(text("SELECT count(*) FROM attempts")) == 1


def test_sessions_end_by_time_and_by_a_new_password_and_keys_do_not(open_store: Open) -> None:
    clock = Clock()
    store = open_store(clock=clock)
    person = store.add_account("ada", PASSWORD).person
    first, key = store.sign_in("ada", PASSWORD), store.make_key(person, "laptop", "read")
    clock.now += timedelta(days=14)
    assert store.grant(first.token) is None
    second = store.sign_in("ada", PASSWORD)
    store.set_password("ada", "another long password")
    assert store.grant(second.token) is None and store.grant(key.token) == Grant(person=person, scope="read")
    with pytest.raises(NotSignedIn):
        store.sign_in("ada", PASSWORD)
    assert store.sign_in("ada", "another long password")


def test_keys_are_listed_without_their_secret_and_revoked_at_once(store: Store) -> None:
    ada, bob = store.add_account("ada", PASSWORD).person, store.add_account("bob", PASSWORD).person
    key = store.make_key(ada, "laptop", "write")
    [listed] = store.keys(ada)
    assert (listed.id, listed.label, listed.scope) == (key.id, "laptop", "write") and store.keys(bob) == []
    assert key.token not in listed.model_dump_json()
    with pytest.raises(NotFound):
        store.revoke_key(bob, key.id)
    store.revoke_key(ada, key.id)
    assert store.grant(key.token) is None and store.keys(ada) == []
    with pytest.raises(Invalid, match="scope: found 'all'"):
        store.make_key(ada, "x", "all")  # type: ignore[arg-type]
    for _ in range(accounts.MOST_KEYS):
        store.make_key(ada, "x", "read")
    with pytest.raises(Invalid, match="revoke one first"):
        store.make_key(ada, "x", "read")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 65, "ada\n", "\ud800"])
def test_a_name_that_cannot_be_one(store: Store, name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        store.add_account(name, PASSWORD)
    assert store.list_accounts() == []


def test_names_and_journals_are_taken_once_and_short_passwords_refused(store: Store) -> None:
    store.add("local", "before there were accounts")
    ada = store.add_account("ada", PASSWORD, person="local")
    assert ada.person == "local" and [e.text for e in store.entries(ada.person)[0]] == ["before there were accounts"]
    for name, person in (("ada", None), ("bob", "local")):
        with pytest.raises(Invalid, match="has an account already"):
            store.add_account(name, PASSWORD, person=person)
    with pytest.raises(Invalid, match="found 9 characters; at least 10"):
        store.add_account("bob", "x" * 9)
    assert [a.name for a in store.list_accounts()] == ["ada"]


def test_a_removed_account_takes_its_credentials_along(store: Store) -> None:
    person = store.add_account("ada", PASSWORD).person
    tokens = [store.sign_in("ada", PASSWORD).token, store.make_key(person, "x", "full").token]
    store.remove_account("ada")
    assert [store.grant(token) for token in tokens] == [None, None]
    with pytest.raises(NotFound):
        store.remove_account("ada")
    with pytest.raises(NotFound):
        store.set_password("ada", PASSWORD)


def test_a_provider_vouches_for_one_account_each(store: Store) -> None:
    assert store.grant_to("https://id.example", "7", create=False) is None
    first = store.grant_to("https://id.example", "7", create=True)
    assert first is not None and first == store.grant_to("https://id.example", "7", create=False)
    other = store.grant_to("https://id.example", "8", create=True)
    assert other is not None and other.person != first.person
    with pytest.raises(NotSignedIn):  # no password opens it
        store.sign_in(store.list_accounts()[0].name, "")


def test_no_secret_stands_in_the_files(sqlite_store: Store, tmp_path: Path) -> None:
    person = sqlite_store.add_account("ada", PASSWORD).person
    tokens = [sqlite_store.sign_in("ada", PASSWORD).token, sqlite_store.make_key(person, "x", "read").token]
    data = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"$argon2id$" in data
    for secret in (PASSWORD, *tokens, *(token[3:] for token in tokens)):
        assert secret.encode() not in data
