"""A new master key while the journal is in use, and while somebody pulls the plug."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.gateway_process import children
from support.rotator import rotate

from agent.errors import ConfigError, StorageFull
from journal import keyfile
from journal.keyfile import KeyFile
from journal.store import Store

Open = Callable[..., Store]
KILLS = 10


def key_of(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master.key"


def test_after_a_rotation_everything_opens_with_the_new_key_and_nothing_with_the_old(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store()
    written = [store.add(person, f"mine, says {person}").entry for person in ("ada", "bob")]
    before = key_of(tmp_path).read_bytes()
    assert store.rotate() == 2
    assert key_of(tmp_path).read_bytes() != before and os.listdir(tmp_path / "keys") == ["master.key"]
    for each in (store, open_store()):  # the one that did it, and after a restart
        assert [each.get(entry.person, entry.id) for entry in written] == written
    key_of(tmp_path).write_bytes(before)
    with pytest.raises(ConfigError, match="belongs to another journal"):
        open_store()


def test_a_service_that_runs_meanwhile_goes_on_and_makes_new_persons_under_the_new_key(open_store: Open) -> None:
    running, other = open_store(), open_store()
    entry = running.add("ada", "before").entry
    for _ in range(3):
        other.rotate()
        assert running.get("ada", entry.id) == entry
        assert running.search("ada", "before") == [entry]
    other.rotate()
    late = running.add("late", "made after it").entry  # the first thing it does with the new key
    assert open_store().get("late", late.id) == late


def test_an_empty_journal_gets_a_new_key_too(store: Store, tmp_path: Path) -> None:
    before = key_of(tmp_path).read_bytes()
    assert store.rotate() == 0 and key_of(tmp_path).read_bytes() != before
    store.add("ada", "x")


@pytest.mark.parametrize("stored", [True, False])
def test_whichever_side_a_crash_left_is_found_on_the_next_start(open_store: Open, tmp_path: Path, stored: bool) -> None:
    """The two moments that matter: the key file was replaced, and the transaction was, or was not, on the disk."""
    store, path = open_store(), key_of(tmp_path)
    entry = store.add("ada", "x").entry
    old = path.read_bytes()
    if stored:
        store.rotate()
        new = path.read_bytes()
    else:
        new = os.urandom(32)
        path.write_bytes(new)
    path.with_name("master.key.before").write_bytes(old)
    path.with_name("master.key.before").chmod(0o600)
    assert open_store().get("ada", entry.id) == entry
    assert os.listdir(path.parent) == ["master.key"] and path.read_bytes() == (new if stored else old)


def test_a_rotation_that_fails_changes_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, before = store.add("ada", "x").entry, key_of(tmp_path).read_bytes()

    def full(self: KeyFile, master: bytes, *, keep: bool = False) -> None:
        raise StorageFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(KeyFile, "replace", full)
        with pytest.raises(StorageFull):
            store.rotate()
    assert key_of(tmp_path).read_bytes() == before and store.get("ada", entry.id) == entry


def test_kill_9_during_rotations_never_locks_anybody_out(url: str, open_store: Open, tmp_path: Path) -> None:
    chance, store = random.Random(3), open_store()
    written = [store.add(f"person {n}", f"entry of {n}").entry for n in range(20)]
    store.close()
    for _ in range(KILLS):
        heard, said = children().Pipe(duplex=False)
        child = children().Process(target=rotate, args=(url, key_of(tmp_path), said))
        child.start()
        said.close()
        assert heard.recv() == heard.recv() == "going"
        time.sleep(chance.uniform(0, 0.05))
        child.kill()
        child.join(30)
        assert child.exitcode == -9
        again = open_store()
        assert [again.get(entry.person, entry.id) for entry in written] == written
        assert not key_of(tmp_path).with_name("master.key.before").exists()
        again.close()


def test_a_passphrase_is_needed_from_then_on_and_survives_a_rotation(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "COST", 16)
    store = open_store()
    entry = store.add("ada", "x").entry
    store.lock_key("four plain words")
    assert store.get("ada", entry.id) == entry
    store.add("bob", "somebody new")
    with pytest.raises(ConfigError, match="locked by a passphrase"):
        open_store()
    with pytest.raises(ConfigError, match="does not open"):
        open_store(passphrase="other words")
    assert open_store(passphrase="four plain words").rotate() == 2
    assert keyfile.is_locked(key_of(tmp_path)) and open_store(passphrase="four plain words").get("ada", entry.id)
    unlocked = open_store(passphrase="four plain words")
    unlocked.lock_key(None)
    assert open_store().get("ada", entry.id) == entry
    shutil.rmtree(tmp_path / "keys")
