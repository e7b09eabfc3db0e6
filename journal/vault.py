"""Encryption at rest: a master key in a file, one data key a person wrapped by it, AES-256-GCM throughout.

Whoever holds the database without the key file learns how many entries each person has, when they were written, which
parts they have and, to the next 256 bytes, how long those are; nothing else. Not protected: somebody who has both
files, or who reads the memory of the running process.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from agent.errors import ConfigError, DiscoveryError

KEY_BYTES = 32
NONCE_BYTES = 12
BLOCK = 256
"""Sealed texts are padded to whole blocks: exact lengths would give away which emotion stands inside."""

_FORMAT = b"\x01"


class Tampered(DiscoveryError):
    """Stored bytes are not what was sealed: altered, moved to another place, or sealed under another key."""


class PersonKey:
    """One person's data key: seals and opens values, each bound to its place in the journal."""

    def __init__(self, person: str, key: bytes) -> None:
        self._person = person
        self._key = key
        self._aead = AESGCM(key)

    def seal(self, data: bytes, *, entry: str = "", field: str) -> bytes:
        """Encrypts `data` for one place: the same bytes put anywhere else do not open."""
        padded = len(data).to_bytes(4) + data
        padded += bytes(-len(padded) % BLOCK)
        return _seal(self._aead, padded, _place(self._person, entry, field))

    def open(self, sealed: bytes, *, entry: str = "", field: str) -> bytes:
        """Decrypts what `seal` made for the same place. Raises `Tampered`."""
        padded = _open(self._aead, sealed, _place(self._person, entry, field), f"{field} of entry {entry or '(none)'}")
        return padded[4 : 4 + int.from_bytes(padded[:4])]

    def tag(self, text: str, *, field: str) -> bytes:
        """A keyed hash (32 bytes) to find a row by a value that must not stand in clear, nor be guessable."""
        mac = hmac.HMAC(self._tag_key, hashes.SHA256())
        mac.update(_place(self._person, text, field))
        return mac.finalize()

    @cached_property
    def _tag_key(self) -> bytes:
        return HKDFExpand(hashes.SHA256(), KEY_BYTES, b"discovery tag").derive(self._key)


class Vault:
    """The master key, which only wraps the data keys of persons."""

    def __init__(self, master: bytes) -> None:
        self._aead = AESGCM(master)

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Vault:
        """Reads the key file; makes it at first use where `create` allows. Raises `ConfigError` for a file that is
        missing, of the wrong size, or readable by others."""
        if not path.exists():
            if not create:
                raise ConfigError(
                    f"{path}: the key file is missing, and without it this journal cannot be read. "
                    "Put it back from your backup; a new key would not open the old entries."
                )
            _make_key_file(path)
        return cls(_read_key_file(path))

    def new_key(self, person: str) -> bytes:
        """A fresh data key for `person`, wrapped."""
        return _seal(self._aead, secrets.token_bytes(KEY_BYTES), _place(person, "", "data key"))

    def unwrap(self, person: str, wrapped: bytes) -> PersonKey:
        """The data key of `person`. Raises `Tampered` where the master key is another one or the bytes were altered."""
        return PersonKey(person, _open(self._aead, wrapped, _place(person, "", "data key"), "the data key"))


def _place(person: str, entry: str, field: str) -> bytes:
    # JSON, not a joined string: no name with a separator in it can pass for another place.
    return f"[{_quoted(person)}, {_quoted(entry)}, {_quoted(field)}]".encode()


def _quoted(name: str) -> str:
    # Opening a journal asks for this ten thousands of times, nearly always of an id.
    return f'"{name}"' if name.isascii() and name.replace("-", "").isalnum() else json.dumps(name)


def _seal(aead: AESGCM, data: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _FORMAT + nonce + aead.encrypt(nonce, data, _FORMAT + place)


def _open(aead: AESGCM, sealed: bytes, place: bytes, what: str) -> bytes:
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        # Too few bytes for nonce and tag are a ValueError of the library, not an InvalidTag.
        if sealed[:1] == _FORMAT and len(body) >= 16:
            return aead.decrypt(nonce, body, _FORMAT + place)
    except InvalidTag:
        pass
    raise Tampered(
        f"{what}: the stored bytes do not open. They were altered, or belong to another key file; "
        "restore the journal and its key file from the same backup."
    )


def _make_key_file(path: Path) -> None:
    """Writes a whole key or none: a half-written one would be taken for the key on the next start."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename, this never replaces the key of a process that came first
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        os.unlink(draft)


def _read_key_file(path: Path) -> bytes:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise ConfigError(
            f"{path}: the key file is open to others (mode {mode:04o}, allowed 0600). Run: chmod 600 {path}"
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"{path}: found {len(key)} bytes, a key has exactly {KEY_BYTES}. This is not the key file, or it was cut "
            "short; put the right one back from your backup."
        )
    return key


def sync_folder(folder: Path) -> None:
    """Makes new names in `folder` durable: fsync of a file alone does not keep its name over a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
