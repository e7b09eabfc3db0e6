"""A gateway that can be killed, filled up, locked out and flooded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.gateway_process import RealGateway


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    """One that is running, over an empty journal."""
    running = RealGateway(tmp_path).start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealGateway]:
    """One for a whole module, which must not break in it."""
    running = RealGateway(tmp_path_factory.mktemp("gateway")).start()
    yield running
    running.kill()
