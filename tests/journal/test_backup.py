"""The drill: a backup made while somebody writes, the journal lost, and put back; on both databases, and across."""

from __future__ import annotations

import json
import os
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.domain import Settings
from agent.errors import ConfigError, Invalid, StorageFull
from journal import backup
from journal.keyfile import KeyFile
from journal.store import Store

Open = Callable[..., Store]
CANARY = "kanarienvogel"


def fill(store: Store) -> None:
    for person in ("ada", "bob"):
        for number in range(5):
            entry = store.add(person, f"{CANARY} {number} of {person}", tags=["walk"]).entry
            store.edit(person, entry.id, text=f"{CANARY} {number} of {person}, edited")
        store.save_settings(person, Settings(region="GB"))
        store.feedback(person, "quiet-game", "like")
        store.keep(person, "reminders", "times", {"at": ["21:00"]})
    store.add_account("ada", "a long enough password", person="ada")


def everything(store: Store) -> object:
    return [
        (
            store.entries(person, limit=500), store.settings(person), store.verdicts(person),
            store.kept(person, "reminders"), [store.history(person, e.id) for e in store.entries(person)[0]],
            [e.id for e in store.search(person, CANARY)], store.insights(person)["counts"],
        )
        for person in store.persons()
    ]  # fmt: skip


def test_the_drill(open_store: Open, tmp_path: Path) -> None:
    store, running, file = open_store(), open_store(), tmp_path / "friday.backup"
    fill(store)
    before = everything(running)
    kept = store.back_up(file)
    assert (kept.persons, kept.entries) == (2, 10)
    assert file.stat().st_mode & 0o777 == 0o600 and CANARY.encode() not in file.read_bytes()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".discovery")] == []
    # Everything that can happen afterwards.
    for entry in store.entries("ada")[0]:
        store.delete("ada", entry.id)
    store.erase("bob")
    late = store.add("carl", "came later").entry
    store.remove_account("ada")
    with pytest.raises(Invalid, match="--replace"):
        store.restore(file)
    assert store.get("carl", late.id) == late
    assert store.restore(file, check_only=True) == kept and store.get("carl", late.id) == late
    assert store.restore(file, replace=True) == kept
    # Who did it, who ran meanwhile with other things in memory, and who starts again: all see the same.
    assert everything(store) == everything(running) == everything(open_store()) == before
    assert store.persons() == ["ada", "bob"] and [a.name for a in store.list_accounts()] == ["ada"]
    assert store.add("ada", "and it goes on").state == "new" and len(running.entries("ada")[0]) == 6


def test_a_backup_made_under_writes_is_one_moment(open_store: Open, tmp_path: Path) -> None:
    store, stop, acknowledged = open_store(), threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            acknowledged.append(store.add("ada", f"entry {len(acknowledged)}").entry.id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(acknowledged) < 5:
            stop.wait(0.01)
        known = list(acknowledged)
        kept = open_store().back_up(tmp_path / "b")
    finally:
        stop.set()
        writer.join()
    assert len(known) <= kept.entries <= len(acknowledged)
    store.restore(tmp_path / "b", replace=True)
    found = store.entries("ada", limit=500)[0]
    assert len(found) == kept.entries and set(known) <= {entry.id for entry in found}
    assert [e.text for e in found[::-1]] == [f"entry {n}" for n in range(len(found))]  # no gap: one moment


def test_a_backup_moves_from_one_database_to_the_other(
    open_store: Open, tmp_path: Path, postgres: tuple[str, Path]
) -> None:
    store = open_store()
    fill(store)
    before = everything(store)
    store.back_up(tmp_path / "b")
    other = Store(f"sqlite:///{tmp_path}/other/journal.db", tmp_path / "keys" / "master.key")
    assert other.restore(tmp_path / "b").entries == 10 and everything(other) == before
    other.close()


def test_another_master_key_is_told_and_can_be_named(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    entry = store.add("ada", "x").entry
    old = tmp_path / "old.key"
    old.write_bytes(store.key_path.read_bytes())
    old.chmod(0o600)
    store.back_up(tmp_path / "b")
    store.rotate()
    store = open_store()  # the one that rotated still has both in memory
    with pytest.raises(ConfigError, match=r"another master key.*--key FILE"):
        store.restore(tmp_path / "b", replace=True)
    store.restore(tmp_path / "b", replace=True, key=KeyFile(old))
    assert store.get("ada", entry.id) == entry
    fresh = Store(f"sqlite:///{tmp_path}/fresh/journal.db", tmp_path / "fresh" / "k")
    fresh.restore(tmp_path / "b", key=KeyFile(old))
    assert fresh.get("ada", entry.id) == entry
    fresh.close()


def test_every_damage_is_found_and_nothing_is_changed(sqlite_store: Store, tmp_path: Path) -> None:
    store, file, broken = sqlite_store, tmp_path / "b", tmp_path / "broken"
    entry = store.add("ada", "x").entry
    store.back_up(file)
    whole = file.read_bytes()
    cases = [b"", b"no zip", whole[: len(whole) // 2], whole[:-30]]
    cases += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(300, len(whole) - 200, 9973)]
    for case in cases:
        broken.write_bytes(case)
        with pytest.raises(Invalid, match="FILE"):
            store.restore(broken, replace=True)
    with zipfile.ZipFile(broken, "w") as packed, zipfile.ZipFile(file) as good:
        packed.writestr("manifest.json", json.dumps(json.loads(good.read("manifest.json")) | {"discovery_backup": 9}))
    with pytest.raises(Invalid, match="form 9"):
        store.restore(broken, replace=True)
    with pytest.raises(Invalid, match="there is no file"):
        store.restore(tmp_path / "nothing", replace=True)
    assert store.get("ada", entry.id) == entry
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


def test_no_room_for_a_backup_leaves_the_one_before(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_store.add("ada", "x")
    sqlite_store.back_up(tmp_path / "b")
    before = (tmp_path / "b").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_pack", full)
    with pytest.raises(StorageFull):
        sqlite_store.back_up(tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == before
