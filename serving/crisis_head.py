"""The crisis head as the gateway asks it: its own few numbers here, the vectors from whoever has the encoder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from agent.domain import Level
from agent.errors import ArtifactError
from agent.ports import Embedder
from reader.crisis import CrisisHead, whole_and_pieces

log = logging.getLogger("discovery.safety")


class ServedCrisisHead:
    """The port over a head and an embedder. Where the embedder is down, `levels` raises what it raises."""

    def __init__(self, head: CrisisHead, embedder: Embedder) -> None:
        self._head, self._embedder = head, embedder

    async def levels(self, texts: Sequence[str]) -> list[Level]:
        """See `agent.ports.CrisisHead`."""
        cut = await asyncio.to_thread(lambda: [whole_and_pieces(text) for text in texts])
        vectors = await self._embedder.embed([piece for each in cut for piece in each])
        return await asyncio.to_thread(self._head.levels, cut, vectors)


def open_head(folder: Path, embedder: Embedder) -> ServedCrisisHead | None:
    """The head of a folder, or None, with a warning, where it is missing or altered: the rules stand without it."""
    try:
        return ServedCrisisHead(CrisisHead(folder), embedder)
    except ArtifactError as error:
        log.warning("the crisis head is missing; the screen is its rules alone", extra={"error": str(error)})
        return None
