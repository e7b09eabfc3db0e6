"""The emotion models that may serve: the one that shipped, and those promoted since, each in a folder of its own.

They lie in `champions/` beside the shipped folder. `champions.json` there names the versions that served, the present
one last; an empty list means the shipped one. It is replaced in one step, so a reader never sees half of a change.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from agent.errors import ArtifactError, NotFound
from reader.card import REMEDY, load_card
from reader.integrity import verify_folder

_NAME = re.compile(r"\w[\w.-]{0,99}")


def verified(folder: Path) -> Path:
    """The folder, once its card can be read and its files have the card's hashes. Raises `ArtifactError`."""
    verify_folder(folder, load_card(folder).files, REMEDY)
    return folder


class Shelf:
    """The models beside `shipped`, such as `models/emotion`."""

    def __init__(self, shipped: Path) -> None:
        self.shipped = shipped
        self.root = shipped.parent / "champions"
        self.file = self.root / "champions.json"

    def served(self) -> list[str]:
        """The promoted versions that served, the present one last. Raises `ArtifactError` for a broken list."""
        try:
            order = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise ArtifactError(f"{self.file} cannot be read: {error}. Delete it to serve what shipped.") from error
        if not isinstance(order, list) or not all(isinstance(version, str) for version in order):
            raise ArtifactError(f"{self.file}: expected a list of versions. Delete it to serve what shipped.")
        return order

    def current(self) -> Path:
        """The folder that serves now."""
        order = self.served()
        return self.root / order[-1] if order else self.shipped

    def folders(self) -> list[Path]:
        """Every model there is, the shipped one first."""
        return [self.shipped, *sorted(card.parent for card in self.root.glob("*/card.json"))]

    def folder(self, version: str) -> Path:
        """The folder of a version. Raises `NotFound` naming those there are."""
        known = {load_card(folder).version: folder for folder in self.folders()}
        if version not in known:
            raise NotFound(f"There is no model {version}; there are {', '.join(known)}.")
        return known[version]

    def put(self, folder: Path) -> str:
        """Copies a model folder onto the shelf, whole and verified, and returns its version."""
        version = load_card(verified(folder)).version
        if not _NAME.fullmatch(version):
            raise ArtifactError(f"{folder}: expected a version of letters, digits, - and _, found {version!r:.80}")
        target = self.root / version
        if target.is_dir():
            verified(target)
            return version
        self.root.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".put-", dir=self.root))
        try:
            shutil.copytree(folder, scratch / "model")
            os.replace(verified(scratch / "model"), target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return version

    def promote(self, version: str) -> None:
        """Lets a version serve from now on. Raises `ArtifactError` where its files are not what its card says."""
        verified(self.root / version)
        self._write([*(v for v in self.served() if v != version), version])

    def roll_back(self) -> str:
        """Lets the version serve that served before, and returns it. Raises `NotFound` where there is none."""
        order = self.served()
        if not order:
            raise NotFound("The model that shipped is the one that serves: there is nothing to go back to.")
        before = self.root / order[-2] if len(order) > 1 else self.shipped
        version = load_card(verified(before)).version
        self._write(order[:-1])
        return version

    def _write(self, order: list[str]) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        beside = self.root / ".champions.json"
        beside.write_text(json.dumps(order), encoding="utf-8")
        os.replace(beside, self.file)
