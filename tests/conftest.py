"""Fixtures that more than one room needs."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the repository. A test that needs it fails loudly where it is absent."""
    if not SHARED.is_dir():
        pytest.fail(f"this test needs the data folder {SHARED}; deselect it with -m 'not data'")
    return SHARED
