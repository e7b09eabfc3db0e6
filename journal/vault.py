"""Encryption at rest: a master key (`journal.keyfile`), one data key a person wrapped by it, AES-256-GCM throughout.

Whoever holds the database without the key file learns how many entries each person has, when they were written, which
parts they have and, to the next 256 bytes, how long those are; nothing else. Not protected: somebody who has both
files, or who reads the memory of the running process.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from agent.errors import ConfigError, DiscoveryError
from journal.keyfile import KEY_BYTES, KeyFile

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
    """The master key, which only wraps the data keys of persons. `file` is where it came from: another process may
    rotate it at any time, so what does not open is tried again with the key that lies there by then."""

    def __init__(self, master: bytes, file: KeyFile | None = None) -> None:
        self._file = file
        self._seen = file.raw() if file else b""
        self._keys = [AESGCM(master)]  # the newest first; one before it, for whoever still reads what was before

    @classmethod
    def open(cls, path: Path, *, create: bool = True, passphrase: str | None = None) -> Vault:
        """Reads the key file; makes it at first use where `create` allows. Raises `ConfigError` for a file that is
        missing, of the wrong size, readable by others, or locked by another passphrase."""
        file = KeyFile(path, passphrase)
        if not path.exists():
            if not create:
                raise ConfigError(
                    f"{path}: the key file is missing, and without it this journal cannot be read. "
                    "Put it back from your backup; a new key would not open the old entries."
                )
            file.make()
        return cls(file.read(), file)

    def new_key(self, person: str) -> bytes:
        """A fresh data key for `person`, wrapped. Only within a write transaction, which no rotation can cross."""
        self.renew()
        return self.wrap(person, secrets.token_bytes(KEY_BYTES))

    def wrap(self, person: str, key: bytes) -> bytes:
        """A data key of `person`, wrapped."""
        return _seal(self._keys[0], key, _place(person, "", "data key"))

    def unwrap(self, person: str, wrapped: bytes) -> PersonKey:
        """The data key of `person`. Raises `Tampered` where the master key is another one or the bytes were altered."""
        return PersonKey(person, self.data_key(person, wrapped))

    def data_key(self, person: str, wrapped: bytes) -> bytes:
        """The same as bytes, to be wrapped anew. Raises `Tampered`."""
        try:
            return self._data_key(person, wrapped)
        except Tampered:
            if not self.renew():
                raise
            return self._data_key(person, wrapped)

    def renew(self) -> bool:
        """Reads the key file again if it has changed; whether it had. Raises `ConfigError`."""
        if self._file is None or not self._file.path.exists() or (raw := self._file.raw()) == self._seen:
            return False
        self._keys = [AESGCM(self._file.read()), self._keys[0]]
        self._seen = raw
        return True

    def _data_key(self, person: str, wrapped: bytes) -> bytes:
        place = _place(person, "", "data key")
        *newer, last = self._keys
        for key in newer:
            with suppress(Tampered):
                return _open(key, wrapped, place, "the data key")
        return _open(last, wrapped, place, "the data key")


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
