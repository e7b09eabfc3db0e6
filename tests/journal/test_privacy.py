"""What somebody finds who gets hold of the files, and what is left after a deletion."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from agent.domain import (
    Correction,
    Emotion,
    Explanation,
    Goal,
    HelpCard,
    Idempotency,
    Level,
    Reading,
    Safety,
    Settings,
    StateOfMind,
)
from agent.errors import DiscoveryError, Unavailable
from journal.store import Store
from journal.vault import Tampered

Open = Callable[..., Store]
CANARY = "kanarienvogel"
CLEAR = (
    CANARY, "nervousness", "lonely", "partner", "energise", "item-of-mine", "not_this", "momentary", "crisis",
    "key-of-mine", "ab" * 32, "You might",
)  # fmt: skip
"""Words that stand in what is written below, and must stand in no file."""


def write_all(store: Store, person: str = "ada") -> str:
    """Uses every kind of row and returns the id of the entry."""
    mind = StateOfMind(valence=-0.5, labels=("lonely",), associations=("partner",))
    promise = Idempotency(key="key-of-mine", body="ab" * 32)
    entry_id = store.add(person, f"{CANARY} one", goal=Goal.ENERGISE, state_of_mind=mind, idempotency=promise).entry.id
    reading = Reading(emotions=(Emotion(label="nervousness", probability=0.9),), model="emotion-1")
    card = HelpCard(region="GB", message=CANARY, lines=())
    store.edit(person, entry_id, text=f"{CANARY} two", correction=Correction(labels=("nervousness",)))
    store.attach(person, entry_id, "reading", reading)
    store.attach(person, entry_id, "safety", Safety(level=Level.CRISIS, card=card))
    store.attach(person, entry_id, "explanation", (Explanation(text=f"You might {CANARY}", source="model"),))
    store.feedback(person, "item-of-mine", "not_this", entry_id=entry_id)
    store.save_settings(person, Settings(region="GB"))
    return entry_id


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def hits(folder: Path, needles: list[bytes]) -> set[tuple[str, bytes]]:
    return {(path.name, n) for path, data in files_of(folder).items() for n in needles if n in data}


def spellings(words: tuple[str, ...]) -> list[bytes]:
    """As UTF-8 and UTF-16, and in upper case, as an index would fold them."""
    return [form.encode(code) for w in words for form in (w, w.upper()) for code in ("utf-8", "utf-16-le")]


COLUMNS = {
    "persons": ("wrapped_key", "settings"), "entries": ("sealed",), "parts": ("sealed",), "history": ("sealed",),
    "feedback": ("item", "sealed"), "idempotency": ("key", "body"),
}  # fmt: skip


def sealed_values(store: Store, *tables: str) -> list[bytes]:
    """A piece of every sealed value and of every keyed hash that is stored; short enough to stand on one page."""
    with store._db.read() as conn:
        values = [
            row[0]
            for table in tables
            for name in COLUMNS[table]
            for row in conn.execute(text(f"SELECT {name} FROM {table}"))
        ]
    return [bytes(value)[:24] for value in values if value is not None]


def test_stolen_files_hold_no_word(store: Store, url: str, tmp_path: Path, postgres: tuple[str, Path]) -> None:
    write_all(store)
    assert len(store.search("ada", CANARY)) == 1  # the search that works leaves nothing behind either
    folder = tmp_path if url.startswith("sqlite") else postgres[1]
    stored = sealed_values(store, *COLUMNS)
    assert len({value for _, value in hits(folder, stored)}) == len(set(stored))  # the scan finds what is there
    assert hits(folder, spellings(CLEAR)) == set()


def test_a_deleted_entry_leaves_no_byte(sqlite_store: Store, tmp_path: Path) -> None:
    kept = sqlite_store.add("ada", "kept").entry
    gone_id = write_all(sqlite_store)
    about_the_person = set(sealed_values(sqlite_store, "persons", "feedback"))
    about_the_entry = set(sealed_values(sqlite_store, *COLUMNS)) - about_the_person | {gone_id.encode()}
    sqlite_store.delete("ada", gone_id)
    left = set(sealed_values(sqlite_store, *COLUMNS))
    gone = list(about_the_entry - left)
    assert len(gone) == 8 and hits(tmp_path, gone) == set()  # id, entry, history, three parts, key and body
    assert sqlite_store.entries("ada")[0] == [kept] and sqlite_store.verdicts("ada") == {"item-of-mine": "not_this"}


def test_erased_leaves_no_byte_and_keeps_the_others(sqlite_store: Store, tmp_path: Path) -> None:
    sqlite_store.add("bob", "mine stays")
    known = set(sealed_values(sqlite_store, *COLUMNS))
    for number in range(30):
        sqlite_store.add("ada", f"{CANARY} {number} " * 50)
    ids = [e.id.encode() for e in sqlite_store.entries("ada")[0]] + [write_all(sqlite_store).encode()]
    gone = [value for value in sealed_values(sqlite_store, *COLUMNS) if value not in known]
    sqlite_store.erase("ada")
    assert hits(tmp_path, gone + ids + spellings(CLEAR) + [b"ada"]) == set()
    assert [e.text for e in sqlite_store.entries("bob")[0]] == ["mine stays"]


def test_erasing_on_postgres_leaves_no_key(postgres: tuple[str, Path], tmp_path: Path) -> None:
    store = Store(postgres[0], tmp_path / "k")
    write_all(store)
    with store._db.read() as conn:
        wrapped = bytes(conn.execute(text("SELECT wrapped_key FROM persons")).scalar_one())
    store.erase("ada")
    with store._db.read() as conn:
        assert [conn.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in ("persons", "entries", "parts")] == [
            0
        ] * 3
    store.close()
    # Tables only: the server's write-ahead log ages out by its own settings.
    assert hits(postgres[1] / "base", [wrapped[:24]]) == set()


def test_what_another_program_keeps_open_is_said_and_mended(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store._db.read() as conn:
        conn.exec_driver_sql("PRAGMA busy_timeout=100")
    write_all(sqlite_store)
    other = sqlite3.connect(tmp_path / "data" / "journal.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM entries").fetchall()
    with pytest.raises(Unavailable, match=r"Everything was deleted, but encrypted traces.*erase once more"):
        sqlite_store.erase("ada")
    assert sqlite_store.entries("ada") == ([], None)
    other.close()
    sqlite_store.erase("ada")
    assert (tmp_path / "data" / "journal.db-wal").stat().st_size == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE parts SET sealed = (SELECT sealed FROM parts WHERE part = 'safety') WHERE part = 'reading'",
        "UPDATE entries SET sealed = (SELECT sealed FROM history) WHERE person = 'ada'",
        "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person = 'bob') WHERE person = 'ada'",
        "UPDATE persons SET wrapped_key = (SELECT wrapped_key FROM persons WHERE id = 'bob') WHERE id = 'ada'",
    ],
)
def test_values_moved_in_the_file_do_not_open(store: Store, statement: str) -> None:
    entry_id = write_all(store)
    store.add("bob", "x")
    with store._db.write() as conn:
        conn.execute(text(statement))
    with pytest.raises(Tampered, match="do not open") as found:
        store.get("ada", entry_id)
    assert isinstance(found.value, DiscoveryError) and CANARY not in str(found.value)
    assert store.entries("bob")[0][0].text == "x"


def test_an_error_does_not_repeat_what_was_written(store: Store) -> None:
    entry = store.add("ada", "x").entry
    with pytest.raises(DiscoveryError) as refused:
        store.attach("ada", entry.id, "explanation", [{"text": CANARY, "source": CANARY}])
    assert CANARY not in repr(refused.value) and refused.value.__cause__ is None
