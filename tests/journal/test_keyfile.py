"""The key file: bare or locked by a passphrase, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from agent.errors import ConfigError
from journal import keyfile
from journal.keyfile import LOCKED, KeyFile, is_locked

WORDS = "four plain words here"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile, "COST", 16)


def test_a_passphrase_locks_the_same_key_and_takes_its_lock_off(tmp_path: Path) -> None:
    bare, locked = KeyFile(tmp_path / "k"), KeyFile(tmp_path / "k", WORDS)
    bare.make()
    master = bare.read()
    locked.replace(master)
    assert is_locked(bare.path) and master not in bare.path.read_bytes() and locked.read() == master
    assert bare.path.stat().st_mode & 0o777 == 0o600 and os.listdir(tmp_path) == ["k"]
    bare.replace(master)
    assert not is_locked(bare.path) and bare.read() == master == locked.read()
    assert not is_locked(tmp_path / "nothing")


@pytest.mark.parametrize("words", ["Four plain words here", "", "four plain words here "])
def test_another_passphrase_does_not_open_it(tmp_path: Path, words: str) -> None:
    KeyFile(tmp_path / "k", WORDS).make()
    with pytest.raises(ConfigError, match=r"k: this passphrase does not open the key"):
        KeyFile(tmp_path / "k", words).read()


def test_none_at_all_says_what_to_do_and_a_word_in_any_script_will_do(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "k", "\u5bc6\u7801 \U0001f511 \ud800")
    file.make()
    assert len(file.read()) == 32
    with pytest.raises(ConfigError, match=r"locked by a passphrase.*DISCOVERY_PASSPHRASE"):
        KeyFile(tmp_path / "k").read()


def test_every_altered_byte_is_found_and_no_file_makes_us_work_for_ever(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "k", WORDS)
    file.make()
    raw = file.raw()
    for position in range(0, len(raw), 5):
        altered = bytearray(raw)
        altered[position] ^= 4
        file.path.write_bytes(bytes(altered))
        with pytest.raises(ConfigError):
            file.read()
    facts = json.loads(raw[len(LOCKED) :])
    for wrong in ({"n": 2**30}, {"n": 1}, {"kdf": "md5"}, {"r": 10**9}, {"salt": "x"}, {"sealed": ""}):
        file.path.write_bytes(LOCKED + json.dumps(facts | wrong).encode())
        with pytest.raises(ConfigError, match=r"damaged|does not open"):
            file.read()


def test_the_key_before_is_kept_and_can_come_back(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "k")
    file.make()
    first = file.read()
    file.replace(b"n" * 32, keep=True)
    assert (file.read(), file.read_before()) == (b"n" * 32, first)
    file.go_back()
    assert file.read() == first and not file.before.exists()
    file.replace(b"m" * 32, keep=True)
    file.forget_before()
    assert os.listdir(tmp_path) == ["k"] and file.read() == b"m" * 32
