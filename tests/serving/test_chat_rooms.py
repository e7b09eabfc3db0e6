"""The chat finds the journal's room although Chainlit puts the wrong folder first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = f"""
import sys
sys.path[:0] = [{str(ROOT / "serving")!r}, {str(ROOT)!r}]
before = list(sys.path)
from serving import chat_rooms
chat_rooms.settle()
assert sys.path == before
import journal.charts
print(journal.__file__)
"""


def test_the_room_is_found_and_the_path_is_as_it_was() -> None:
    ran = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == str(ROOT / "journal" / "__init__.py"), ran.stderr
