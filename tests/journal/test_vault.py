from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from agent.errors import ConfigError
from journal.vault import BLOCK, Tampered, Vault


def key_of(tmp_path: Path, person: str = "ada") -> tuple[Vault, bytes]:
    vault = Vault.open(tmp_path / "keys" / "master.key")
    return vault, vault.new_key(person)


def test_key_file_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    vault = Vault.open(path)
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_size == 32 and os.listdir(path.parent) == ["master.key"]
    wrapped = vault.new_key("ada")
    sealed = vault.unwrap("ada", wrapped).seal(b"x", field="text")
    assert Vault.open(path).unwrap("ada", wrapped).open(sealed, field="text") == b"x"


def test_many_starting_at_once_agree_on_one_key(tmp_path: Path) -> None:
    vaults: list[Vault] = []
    threads = [threading.Thread(target=lambda: vaults.append(Vault.open(tmp_path / "k"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wrapped = vaults[0].new_key("ada")
    assert len(vaults) == 8
    for vault in vaults:
        vault.unwrap("ada", wrapped)
    assert os.listdir(tmp_path) == ["k"]


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33, b"x" * 64])
def test_a_key_of_the_wrong_size_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=rf"k: found {len(content)} bytes, a key has exactly 32"):
        Vault.open(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "k"
    Vault.open(path)
    path.chmod(mode)
    with pytest.raises(ConfigError, match=rf"mode {mode:04o}, allowed 0600.*chmod 600"):
        Vault.open(path)


def test_a_missing_key_is_not_replaced_where_it_is_needed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing"):
        Vault.open(tmp_path / "k", create=False)
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize("data", [b"", b"x", b"x" * (BLOCK - 4), b"x" * BLOCK, os.urandom(100_000)])
def test_what_is_sealed_opens_again(tmp_path: Path, data: bytes) -> None:
    vault, wrapped = key_of(tmp_path)
    key = vault.unwrap("ada", wrapped)
    sealed = key.seal(data, entry="e", field="text")
    assert key.open(sealed, entry="e", field="text") == data
    assert sealed != key.seal(data, entry="e", field="text")
    assert len(sealed) % BLOCK == 1 + 12 + 16  # lengths show whole blocks only


def test_every_flipped_or_missing_byte_is_found(tmp_path: Path) -> None:
    vault, wrapped = key_of(tmp_path)
    key = vault.unwrap("ada", wrapped)
    sealed = key.seal(b"dear diary", entry="e", field="text")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(Tampered, match="text of entry e: the stored bytes do not open"):
            key.open(bytes(altered), entry="e", field="text")
        with pytest.raises(Tampered):
            key.open(sealed[:position], entry="e", field="text")


def test_sealed_bytes_open_only_in_their_place(tmp_path: Path) -> None:
    vault, wrapped = key_of(tmp_path)
    key = vault.unwrap("ada", wrapped)
    sealed = key.seal(b"dear diary", entry="e", field="text")
    for entry, field in (("f", "text"), ("e", "reading"), ("", "text")):
        with pytest.raises(Tampered):
            key.open(sealed, entry=entry, field=field)
    with pytest.raises(Tampered):
        vault.unwrap("bob", wrapped)
    with pytest.raises(Tampered):
        vault.unwrap("bob", vault.new_key("bob")).open(sealed, entry="e", field="text")


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    _, wrapped = key_of(tmp_path)
    with pytest.raises(Tampered, match="another key file"):
        Vault(os.urandom(32)).unwrap("ada", wrapped)


def test_tags_are_steady_and_keyed(tmp_path: Path) -> None:
    vault, wrapped = key_of(tmp_path)
    key = vault.unwrap("ada", wrapped)
    assert key.tag("tetris", field="item") == vault.unwrap("ada", wrapped).tag("tetris", field="item")
    others = {key.tag("tetris", field="key"), key.tag("chess", field="item")}
    others.add(vault.unwrap("ada", vault.new_key("ada")).tag("tetris", field="item"))
    assert len(others | {key.tag("tetris", field="item")}) == 4
