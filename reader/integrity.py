"""Files are what they were: sha256 before anything is parsed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from agent.errors import ArtifactError


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, expected: str, remedy: str) -> None:
    """Raises `ArtifactError` with both hashes and the remedy unless the file is there with that sha256."""
    if not path.is_file():
        raise ArtifactError(f"{path} is missing; expected sha256 {expected}. {remedy}")
    if (found := sha256_of(path)) != expected:
        raise ArtifactError(f"{path} was altered: expected sha256 {expected}, found {found}. {remedy}")


def verify_folder(folder: Path, files: Mapping[str, str], remedy: str) -> None:
    """`verify` for every named file of a folder."""
    for name, expected in files.items():
        verify(folder / name, expected, remedy)
