"""Accounts and keys on the command line, beside a journal that may be in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from agent.domain import Settings
from journal import accounts
from journal.store import Store
from serving.cli import app

Run = Callable[..., tuple[int, str, str]]
PASSWORD = "a long enough password"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64))

    def call(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            app(list(words), prog_name="discovery")
        out, err = capsys.readouterr()
        return int(str(ended.value.code)), out, err

    monkeypatch.setattr("serving.cli_people._password", lambda from_stdin: PASSWORD)
    return call


@pytest.fixture
def store(tmp_path: Path) -> Store:
    folder = tmp_path / "discovery"
    return Store(f"sqlite:///{folder}/journal.db", folder / "master.key")


def test_an_account_is_made_listed_and_removed_with_its_journal(run: Run, store: Store) -> None:
    store.add("local", "before there were accounts")
    assert run("account", "add", "ada", "--mine")[:2] == (0, "ada may sign in now.\n")
    assert run("account", "add", "bob")[0] == 0
    assert store.grant(store.sign_in("ada", PASSWORD).token).person == "local"  # type: ignore[union-attr]
    assert [line.split("\t")[0] for line in run("account", "list")[1].splitlines()] == ["ada", "bob"]
    assert run("account", "add", "ada") == (2, "", "name: 'ada', or its journal, has an account already.\n")
    store.save_settings("local", Settings(region="GB"))
    assert run("account", "remove", "ada", "--yes")[0] == 0
    assert store.entries("local") == ([], None) and store.settings("local") == Settings()
    assert run("account", "remove", "ada", "--yes") == (1, "", "There is no account 'ada'.\n")


def test_a_key_is_shown_once_and_revoked(run: Run, store: Store) -> None:
    run("account", "add", "ada")
    token = run("key", "create", "ada", "--scope", "write", "--label", "laptop")[1].strip()
    assert store.grant(token).scope == "write"  # type: ignore[union-attr]
    listed = run("key", "list", "ada")[1]
    assert "laptop" in listed and token not in listed
    assert run("key", "revoke", "ada", listed.split("\t")[0])[0] == 0
    assert store.grant(token) is None
    assert run("key", "revoke", "ada", "unknown")[0] == 1
    assert run("key", "create", "ada", "--scope", "all")[0] == 2
    assert run("account", "password", "nobody")[0] == 1


def test_a_configuration_that_cannot_be_read_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("applications: []")
    code, _, err = run("account", "list", "--config", str(tmp_path / "broken.yaml"))
    assert code == 2 and err.count("\n") == 1 and "cannot be used as a configuration" in err
