"""The crisis head as the gateway asks it: a network of its own in the gateway's process, so that it answers whatever
else is down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from agent.domain import Level
from agent.errors import ArtifactError
from reader.crisis import CrisisHead

log = logging.getLogger("discovery.safety")


class ServedCrisisHead:
    """The port over a head. Runs beside the event loop."""

    def __init__(self, head: CrisisHead) -> None:
        self._head = head

    async def levels(self, texts: Sequence[str]) -> list[Level]:
        """See `agent.ports.CrisisHead`."""
        return await asyncio.to_thread(self._head.levels, texts)


def open_head(folder: Path) -> ServedCrisisHead | None:
    """The head of a folder, or None, with a warning, where it is missing or altered: the rules stand without it."""
    try:
        return ServedCrisisHead(CrisisHead(folder))
    except ArtifactError as error:
        log.warning("the crisis head is missing; the screen is its rules alone", extra={"error": str(error)})
        return None
