"""`backup`, `restore` and `keys` beside a journal that may be in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.terminal import complaint, discovery
from typer.testing import Result

from journal import keyfile
from journal.store import Store

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(keyfile, "COST", 16)
    return discovery


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path}/discovery/journal.db", tmp_path / "discovery" / "master.key")


def test_a_backup_is_made_checked_and_put_back(run: Run, store: Store, tmp_path: Path) -> None:
    entry, file = store.add("local", "before").entry, str(tmp_path / "friday.backup")
    seen = run("backup", file)
    assert seen.exit_code == 0 and "holds 1 person and 1 entry. It was read back and is whole." in seen.stdout
    assert f"key file {tmp_path}/discovery/master.key" in seen.stdout.replace("\n", " ")
    assert "is there already" in complaint(run("backup", file), 2)
    assert run("backup", file, "--force").exit_code == 0
    store.delete("local", entry.id)
    assert "can be put back: 1 person and 1 entry" in run("restore", file, "--check").stdout
    assert "--replace" in complaint(run("restore", file), 2)
    assert store.entries("local") == ([], None)
    assert run("restore", file, "--replace").stdout.startswith("Put back: 1 person and 1 entry, of 20")
    assert store.entries("local")[0] == [entry]


def test_a_file_that_is_no_backup_is_one_line(run: Run, store: Store, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello")
    assert "not a backup of Discovery" in complaint(run("restore", str(tmp_path / "x")), 2)
    assert "there is no file" in complaint(run("restore", str(tmp_path / "y")), 2)
    assert "there is no folder" in complaint(run("backup", str(tmp_path / "no" / "b")), 2)


def test_a_rotated_key_and_an_old_backup(run: Run, store: Store, tmp_path: Path) -> None:
    entry = store.add("local", "x").entry
    old = tmp_path / "old.key"
    old.write_bytes(store.key_path.read_bytes())
    old.chmod(0o600)
    run("backup", str(tmp_path / "b"))
    assert "The keys of 1 person are wrapped with a new master key." in run("keys", "rotate").stdout
    assert store.get("local", entry.id) == entry  # the service that runs meanwhile
    assert "another master key" in complaint(run("restore", str(tmp_path / "b"), "--replace"), 2)
    assert run("restore", str(tmp_path / "b"), "--replace", "--key", str(old)).exit_code == 0


def test_a_passphrase_is_asked_for_by_the_environment(run: Run, store: Store, tmp_path: Path) -> None:
    store.add("local", "x")
    assert "at least 8" in complaint(run("keys", "passphrase", "--passphrase-stdin", keys="short\n"), 2)
    assert "is locked" in run("keys", "passphrase", "--passphrase-stdin", keys="four plain words\n").stdout
    assert "locked by a passphrase" in complaint(run("backup", str(tmp_path / "b")), 2)
    wrong = run("backup", str(tmp_path / "b"), DISCOVERY_PASSPHRASE="four plain wordz")
    assert "does not open the key" in complaint(wrong, 2)
    assert run("backup", str(tmp_path / "b"), DISCOVERY_PASSPHRASE="four plain words").exit_code == 0
    seen = run("keys", "passphrase", "--remove", DISCOVERY_PASSPHRASE="four plain words")
    assert "no longer locked" in seen.stdout and run("keys", "rotate").exit_code == 0


def test_a_service_does_not_start_without_the_passphrase(run: Run, store: Store) -> None:
    run("keys", "passphrase", "--passphrase-stdin", keys="four plain words\n")
    assert "locked by a passphrase" in complaint(run("run", "--no-chat"), 2)
