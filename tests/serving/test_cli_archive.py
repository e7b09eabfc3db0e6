"""`export`, `import` and `erase`: never over a file, never without being asked for."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from fakes.api import scripted
from fakes.terminal import complaint, discovery

ARCHIVE = b"PK\x03\x04 everything"
READY = {"status": "ready", "parts": {}}


def test_export_writes_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    file = tmp_path / "journal.zip"
    with scripted() as api:
        api.expect("GET", "/v1/export", ARCHIVE)
        seen = discovery("export", str(file), api=api)
    assert seen.exit_code == 0
    assert file.read_bytes() == ARCHIVE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "It is not encrypted: whoever has the file can read it." in seen.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["journal.zip"]


def test_export_never_overwrites_and_does_not_even_ask(tmp_path: Path) -> None:
    file = tmp_path / "journal.zip"
    file.write_bytes(b"precious")
    with scripted() as api:
        said = complaint(discovery("export", str(file), api=api), 2)
    assert said == f"FILE: {file} is there already; choose another name, or replace it with --force"
    assert file.read_bytes() == b"precious"


def test_export_replaces_a_file_when_it_is_forced_to(tmp_path: Path) -> None:
    file = tmp_path / "journal.zip"
    file.write_bytes(b"old")
    with scripted() as api:
        api.expect("GET", "/v1/export", ARCHIVE)
        assert discovery("export", str(file), "--force", api=api).exit_code == 0
    assert file.read_bytes() == ARCHIVE


def test_a_failed_export_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "journal.zip"
    file.write_bytes(b"old")
    with scripted() as api:
        api.expect("GET", "/v1/export", ARCHIVE, cut=True)
        complaint(discovery("export", str(file), "--force", api=api), 1)
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["journal.zip"]


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with scripted() as api:
        api.expect("GET", "/v1/export", ARCHIVE)
        said = complaint(discovery("export", str(tmp_path / "journal.zip"), api=api), 1)
    assert said == f"Cannot write {tmp_path}/journal.zip: No space left on device. Nothing was exported."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "why"), [("x" * 300, "File name too long"), ("/dev/null", "a device or a pipe"), (".", "is a folder")]
)
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_asked(
    name: str, why: str, tmp_path: Path
) -> None:
    with scripted() as api:
        assert why in complaint(discovery("export", str(tmp_path / name), "--force", api=api), 2)


@pytest.mark.parametrize("typed", ["erase\n", " Erase \n"])
def test_erase_erases_when_the_word_is_typed(typed: str) -> None:
    with scripted() as api:
        api.expect("GET", "/readyz", READY)
        api.expect("DELETE", "/v1/me", status=204)
        seen = discovery("erase", api=api, keys=typed)
    assert seen.exit_code == 0
    assert seen.stdout == "Everything is erased.\n"
    assert "There is no way back." in seen.stderr
    assert "discovery export journal.zip" in seen.stderr


@pytest.mark.parametrize("typed", ["\n", "yes\n", "eras\n", ""])
def test_erase_does_nothing_for_any_other_word(typed: str) -> None:
    with scripted() as api:
        api.expect("GET", "/readyz", READY)
        seen = discovery("erase", api=api, keys=typed)
    assert seen.exit_code == 1
    assert seen.stdout == ""
    assert seen.stderr.endswith("Nothing was erased.\n")


def test_erase_with_yes_asks_nothing() -> None:
    with scripted() as api:
        api.expect("DELETE", "/v1/me", status=204)
        seen = discovery("erase", "--yes", api=api)
    assert seen.exit_code == 0 and seen.stderr == ""
