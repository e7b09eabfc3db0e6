"""Zip files from outside: looked at before anything is unpacked, never written to the disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from agent.errors import Invalid

MOST_FILES = 50_000
MOST_BYTES = 4 * 2**30
"""Unpacked size of the largest zip that is read; what is read of it is read in pieces."""

MOST_MEMBER = 256 * 2**20
"""Unpacked size of a file that has to be held in memory as one."""

MOST_RATIO = 200
"""Unpacked to packed size beyond which a file of more than 10 MB is a bomb; text reaches about 10, padded JSON 100."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError)
_DAMAGED = "This zip cannot be opened or is damaged: export it again."


def is_zip(source: BinaryIO) -> bool:
    """Whether a zip begins here; the place in the stream stays."""
    if not source.seekable():
        return False
    start = source.tell()
    head = source.read(4)
    source.seek(start)
    return head in (b"PK\x03\x04", b"PK\x05\x06")


@contextmanager
def opened(source: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The zip in a stream. Raises `Invalid` for one that is damaged, locked, far larger than it looks, or that holds
    names which would leave its folder."""
    try:
        archive = zipfile.ZipFile(source)
    except (*_BROKEN, ValueError):
        raise Invalid("file", _DAMAGED) from None
    try:
        with archive:
            _check(archive.infolist())
            yield archive
    except _BROKEN:
        raise Invalid("file", _DAMAGED) from None


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One file as a whole. Raises `Invalid` where it is too large for that."""
    if info.file_size > MOST_MEMBER:
        raise Invalid(
            "file", f"{_shown(info.filename)} has {info.file_size:,} bytes, at most {MOST_MEMBER:,} are read."
        )
    with piece(archive, info) as stream:
        return stream.read()


def piece(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """One file as a stream. Raises `Invalid`; reading from it ends in `opened`."""
    try:
        return archive.open(info)
    except ValueError:  # a place in the listing that is none in the file
        raise Invalid("file", _DAMAGED) from None


def folder(files: dict[str, bytes]) -> bytes:
    """Files by name as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _check(listing: list[zipfile.ZipInfo]) -> None:
    if len(listing) > MOST_FILES:
        raise Invalid("file", f"The zip holds {len(listing):,} files, at most {MOST_FILES:,} are read.")
    total = sum(info.file_size for info in listing)
    if total > MOST_BYTES:
        raise Invalid("file", f"Unpacked the zip would have {total:,} bytes, at most {MOST_BYTES:,} are read.")
    for info in listing:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in info.filename[:3]:
            raise Invalid("file", f"The zip holds the name {_shown(info.filename)}, which leads out of its folder.")
        if info.flag_bits & 1:
            raise Invalid("file", f"{_shown(info.filename)} is locked with a password: zip it again without one.")
        if info.file_size > 10 * 2**20 and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise Invalid("file", f"{_shown(info.filename)} unpacks to {info.file_size:,} bytes from almost none.")


def _shown(name: str) -> str:
    return ascii(name)[:80]
