"""Who is asked for the passphrase, and when."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.errors import ConfigError
from journal import keyfile
from journal.keyfile import KeyFile
from serving import passphrase


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(keyfile, "COST", 16)
    monkeypatch.setenv(passphrase.VARIABLE, "")
    KeyFile(tmp_path / "k", "four plain words").make()
    return tmp_path / "k"


class Terminal:
    """A standard input that somebody sits at."""

    def isatty(self) -> bool:
        return True


def test_a_person_at_a_terminal_is_asked_once(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["four plain words"]
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _: answers.pop())
    passphrase.ask(locked)
    passphrase.ask(locked)  # known by now
    assert not answers and passphrase.given() == os.environ[passphrase.VARIABLE] == "four plain words"


def test_a_wrong_one_and_a_script_without_one_are_told_at_once(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="locked by a passphrase"):
        passphrase.ask(locked)
    monkeypatch.setenv(passphrase.VARIABLE, "wrong")
    with pytest.raises(ConfigError, match="does not open"):
        passphrase.ask(locked)


def test_a_bare_key_asks_nobody(tmp_path: Path) -> None:
    passphrase.ask(tmp_path / "nothing yet")
    KeyFile(tmp_path / "k").make()
    passphrase.ask(tmp_path / "k")
