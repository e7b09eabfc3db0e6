"""Many writers in several processes at once, on both databases: nothing is lost, doubled or written over."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from support.crowd import ROUNDS, THREADS, use
from support.gateway_process import children

from agent.errors import NotSignedIn, TooMany, Unavailable
from journal import attempts
from journal.store import Store

Open = Callable[..., Store]
PROCESSES = 2


def everything(store: Store) -> Counter[str]:
    texts, cursor = Counter[str](), None
    while True:
        page, cursor = store.entries("ada", limit=500, cursor=cursor)
        texts.update(entry.text for entry in page)
        if cursor is None:
            return texts


@pytest.mark.timeout(300)
def test_two_processes_lose_double_and_overwrite_nothing(open_store: Open, url: str, tmp_path: Path) -> None:
    store = open_store()
    common = store.add("ada", "everybody's").entry.id
    assert everything(store).total() == 1  # a copy in memory, which must not grow old
    crowds = []
    for number in range(PROCESSES):
        here, there = children().Pipe()
        child = children().Process(target=use, args=(url, tmp_path / "keys" / "master.key", number, common, there))
        child.start()
        there.close()
        crowds.append((child, here))
    assert [pipe.recv() for _, pipe in crowds] == ["ready"] * PROCESSES
    for _, pipe in crowds:
        pipe.send("go")
    told = [one for _, pipe in crowds for one in pipe.recv()]
    for child, _ in crowds:
        child.join(60)
        assert child.exitcode == 0
    own = {key: entry_id for one in told for key, entry_id in one["own"].items()}
    assert len(own) == len(set(own.values())) == PROCESSES * THREADS * ROUNDS
    assert everything(store) == Counter({*own, *(f"shared {n}" for n in range(ROUNDS)), "everybody's"})
    assert all(store.get("ada", entry_id).text == key for key, entry_id in own.items())
    shared = [answer for one in told for answer in one["shared"]]
    assert Counter(number for number, state, _ in shared if state == "new") == dict.fromkeys(range(ROUNDS), 1)
    assert {state for _, state, _ in shared} <= {"new", "stored", "conflict"}
    assert len({(number, entry_id) for number, _, entry_id in shared if entry_id}) == ROUNDS
    # Every edit has kept what was there before it: no two of them started from the same version.
    versions = store.history("ada", common)
    assert [version.number for version in versions] == list(range(1, sum(one["edits"] for one in told) + 1))
    seen = [*(version.was.tags for version in versions), store.get("ada", common).tags]
    assert sorted(seen) == sorted([(), *((key,) for key in own)])


def test_an_empty_journal_that_several_open_at_once_has_one_key(open_store: Open) -> None:
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(open_store())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    ids = [store.add("ada", "mine").entry.id for store in opened]
    assert all(store.get("ada", entry_id).text == "mine" for store in opened for entry_id in ids)


def test_a_crowd_of_guessers_gets_no_more_tries_than_one(open_store: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journal.accounts._verified", lambda hashed, password: False)  # a hash takes its time
    stores, answers = [open_store(), open_store()], Counter[str]()
    doors = threading.Barrier(20)

    def guess(number: int) -> None:
        doors.wait()
        try:
            stores[number % 2].sign_in("ada", f"password {number}")
        except (NotSignedIn, TooMany) as refused:
            answers[type(refused).__name__] += 1

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {"NotSignedIn": attempts.FREE, "TooMany": 20 - attempts.FREE}


@contextmanager
def held(url: str, person: str) -> Iterator[None]:
    """Somebody else's transaction that has the person's row and does not end."""
    with psycopg.connect(url) as other:
        other.execute("UPDATE persons SET version = version WHERE id = %s", (person,))
        yield
        other.rollback()


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_while_one_persons_writers_wait_everybody_reads(open_store: Open, url: str) -> None:
    store = open_store()
    store.add("ada", "before")
    store.add("bob", "mine")
    refused: list[str] = []

    def write() -> None:
        try:
            store.add("ada", "too much")
        except Unavailable as busy:
            refused.append(str(busy))

    with held(url, "ada"):
        threads = [threading.Thread(target=write) for _ in range(32)]
        for thread in threads:
            thread.start()
        until, reads = time.monotonic() + 3, 0
        while time.monotonic() < until:
            began = time.monotonic()
            assert [e.text for e in store.entries("ada")[0]] == ["before"] and len(store.search("bob", "mine")) == 1
            assert time.monotonic() - began < 2
            reads += 1
            time.sleep(0.05)
        for thread in threads:
            thread.join(30)
    assert len(refused) == 32 and all("Nothing was stored" in words for words in refused) and reads > 1
    assert store.add("ada", "after").state == "new"
    assert sorted(e.text for e in store.entries("ada")[0]) == ["after", "before"]
