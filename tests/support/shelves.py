"""Model folders for tests: the shipped model under other names, thresholds and figures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "models" / "emotion"


def model(folder: Path, version: str, *, threshold: float | None = None, **test: float) -> Path:
    """A copy of the shipped folder whose card says this version."""
    shutil.copytree(SHIPPED, folder)
    path = folder / "card.json"
    card = json.loads(path.read_text())
    card["version"] = version
    card["metrics"]["test"] |= test
    if threshold is not None:
        card["thresholds"] = [threshold] * 28
        card["fallback"] = {}  # off: nothing but the threshold decides
    path.write_text(json.dumps(card))
    return folder
