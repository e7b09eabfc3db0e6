"""`erase`, and how a file with everything is written: never over another, and only for its owner."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from agent.errors import DiscoveryError, Invalid
from serving.cli_connection import ask
from serving.cli_errors import FAILED
from serving.cli_show import console, show

WORD = "erase"
"""What a person types to erase everything."""


class CannotWrite(DiscoveryError):
    """The archive could not be written where the person wanted it."""


def erase(url: str | None, *, yes: bool) -> int:
    """Erases everything after a word was typed, and returns the exit code."""
    if not yes:
        # A person should not have to decide something that cannot happen anyway.
        ask(url, lambda client: client.ready())
        if not _sure():
            show(console(stderr=True), "Nothing was erased.")
            return FAILED
    ask(url, lambda client: client.erase())
    show(console(), "Everything is erased.")
    return 0


def _sure() -> bool:
    err = console(stderr=True)
    show(err, "This erases every entry, everything read in it, and the key that could read it. There is no way back.")
    show(err, "To keep a copy, stop here and run: discovery export journal.zip")
    err.print(f"Type {WORD} to go on: ", end="")
    return sys.stdin.readline().strip().lower() == WORD


def may_write(file: Path, *, force: bool) -> None:
    """Returns where the file may be written. Raises `Invalid`."""
    try:
        there, folder = file.exists(), file.absolute().parent
        if file.is_dir():
            raise Invalid("FILE", f"{file} is a folder; name a file, such as {file / 'journal.zip'}")
        if there and not file.is_file():
            raise Invalid("FILE", f"{file} is a device or a pipe; name an ordinary file")
        if there and not force:
            raise Invalid("FILE", f"{file} is there already; choose another name, or replace it with --force")
        if not folder.is_dir():
            raise Invalid("FILE", f"there is no folder {folder}; make it first")
    except OSError as error:
        raise Invalid("FILE", f"cannot write {file}: {error.strerror or error}") from error


def write(file: Path, archive: bytes, *, force: bool) -> None:
    """Whole or not at all: written beside its place, readable by its owner only, then put there."""
    beside = file.with_name(f".discovery-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(archive)
            out.flush()
            os.fsync(out.fileno())
        may_write(file, force=force)
        beside.replace(file)
    except OSError as error:
        raise CannotWrite(f"Cannot write {file}: {error.strerror or error}. Nothing was exported.") from error
    finally:
        beside.unlink(missing_ok=True)


def size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
