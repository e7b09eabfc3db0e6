"""Lets the chat import the room `journal`.

Chainlit puts the folder of `chat.py` before everything else on the path, and there lies `journal.py`, the deployment,
which would be taken for the room. Chainlit takes its entry away again afterwards, so it has to be back in its place.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def settle() -> None:
    """Imports the room past that folder; its modules are found from there on."""
    here = str(Path(__file__).parent)
    before = list(sys.path)
    sys.path[:] = [place for place in before if str(Path(place or ".").resolve()) != here]
    try:
        importlib.import_module("journal")
    finally:
        sys.path[:] = before
