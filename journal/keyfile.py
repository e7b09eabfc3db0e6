"""The file of the master key: 32 bytes as they are, or locked by a passphrase (scrypt, AES-256-GCM).

Next to it stands, only while a rotation is on its way, the key that was before: see `journal.rotation`.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from agent.errors import ConfigError

KEY_BYTES = 32
LOCKED = b"discovery key 1\n"
"""How a locked key file begins; nothing random of 32 bytes is as long as one."""

COST = 2**17
"""scrypt's N: about 128 MB and half a second a try, for us and for whoever guesses."""

_MOST_COST = 2**20
_NONCE = 12
_VARIABLE = "DISCOVERY_PASSPHRASE"


@dataclass(frozen=True)
class KeyFile:
    """Where the master key lies, and the passphrase that opens it, where it has one."""

    path: Path
    passphrase: str | None = None

    @property
    def before(self) -> Path:
        """Where the key before this one lies while a rotation is on its way."""
        return self.path.with_name(f"{self.path.name}.before")

    def raw(self) -> bytes:
        """The bytes of the file. Raises `ConfigError` where others may read it."""
        return _private(self.path)

    def read(self) -> bytes:
        """The master key. Raises `ConfigError` for a file that is missing, of the wrong size, readable by others, or
        locked by another passphrase."""
        return self._opened(self.path, self.raw())

    def read_before(self) -> bytes:
        """The key before this one. Raises `ConfigError`."""
        return self._opened(self.before, _private(self.before))

    def make(self) -> None:
        """Writes a whole new key or none, and never over one that is there."""
        draft = self._draft(secrets.token_bytes(KEY_BYTES))
        try:
            os.link(draft, self.path)  # unlike a rename, this never replaces the key of a process that came first
        except FileExistsError:
            return
        finally:
            draft.unlink()
        sync_folder(self.path.parent)

    def replace(self, master: bytes, *, keep: bool = False) -> None:
        """Puts `master` in the place of the key, whole or not at all; `keep` leaves the one before beside it."""
        draft = self._draft(master)
        try:
            if keep:
                self.before.unlink(missing_ok=True)
                os.link(self.path, self.before)
                sync_folder(self.path.parent)
            os.replace(draft, self.path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self.path.parent)

    def go_back(self) -> None:
        """The key before becomes the key again."""
        os.replace(self.before, self.path)
        sync_folder(self.path.parent)

    def forget_before(self) -> None:
        """Removes the key before."""
        self.before.unlink(missing_ok=True)
        sync_folder(self.path.parent)

    def _draft(self, master: bytes) -> Path:
        """A file beside the key's place: half a key would be taken for the key on the next start."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".key-")  # mkstemp makes it 0600
        with os.fdopen(handle, "wb") as file:
            file.write(master if self.passphrase is None else _lock(master, self.passphrase))
            file.flush()
            os.fsync(file.fileno())
        return Path(name)

    def _opened(self, path: Path, raw: bytes) -> bytes:
        if raw.startswith(LOCKED):
            if self.passphrase is None:
                raise ConfigError(
                    f"{path}: the key is locked by a passphrase. Start from a terminal, which asks for it, or set "
                    f"{_VARIABLE}."
                )
            return _unlock(path, raw, self.passphrase)
        if len(raw) != KEY_BYTES:
            raise ConfigError(
                f"{path}: found {len(raw)} bytes, a key has exactly {KEY_BYTES}. This is not the key file, or it was "
                "cut short; put the right one back from your backup."
            )
        return raw


def is_locked(path: Path) -> bool:
    """Whether a passphrase is needed; False where there is no key file yet. Raises `ConfigError`."""
    return path.exists() and _private(path).startswith(LOCKED)


def _private(path: Path) -> bytes:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise ConfigError(
            f"{path}: the key file is open to others (mode {mode:04o}, allowed 0600). Run: chmod 600 {path}"
        )
    return path.read_bytes()


def _lock(master: bytes, passphrase: str) -> bytes:
    facts = {"kdf": "scrypt", "n": COST, "r": 8, "p": 1, "salt": secrets.token_hex(16)}
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(_derived(facts, passphrase)).encrypt(nonce, master, _bound(facts))
    return LOCKED + json.dumps(facts | {"sealed": sealed.hex()}).encode() + b"\n"


def _unlock(path: Path, raw: bytes, passphrase: str) -> bytes:
    try:
        facts = json.loads(raw[len(LOCKED) :])
        sealed = bytes.fromhex(facts.pop("sealed"))
        if facts["kdf"] != "scrypt" or not 2 <= facts["n"] <= _MOST_COST or facts["r"] != 8 or facts["p"] != 1:
            raise ValueError
        key = _derived(facts, passphrase)
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{path}: the locked key is damaged; put it back from your backup.") from None
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(facts))
    except (InvalidTag, ValueError):
        raise ConfigError(f"{path}: this passphrase does not open the key. Try again; nobody can reset it.") from None


def _derived(facts: dict[str, Any], passphrase: str) -> bytes:
    kdf = Scrypt(salt=bytes.fromhex(facts["salt"]), length=KEY_BYTES, n=facts["n"], r=facts["r"], p=facts["p"])
    return kdf.derive(passphrase.encode("utf-8", "surrogatepass"))


def _bound(facts: dict[str, Any]) -> bytes:
    return LOCKED + json.dumps(facts, sort_keys=True).encode()


def sync_folder(folder: Path) -> None:
    """Makes new names in `folder` durable: fsync of a file alone does not keep its name over a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
