"""The router of the product: the head of `reader.router` over vectors of the recommender's encoder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from agent.asking import Asked, may_ask
from agent.errors import DiscoveryError
from agent.ports import Embedder
from reader.router import Router

log = logging.getLogger("discovery.http")
SECONDS = 3.0
"""How long a line may wait for its vector; then it is an entry, which is always safe."""


class EncodedRouter:
    """Routes lines by meaning. Lines that cannot be questions by their words alone never reach the encoder."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self._router = embedder, Router()

    async def route(self, lines: Sequence[str]) -> list[Asked]:
        """See `agent.conversation.Router`."""
        asked = [Asked(route="entry", sure=0.0) for _ in lines]
        open_ones = [i for i, line in enumerate(lines) if may_ask(line)]
        if not open_ones:
            return asked
        texts = [lines[i] for i in open_ones]
        try:
            async with asyncio.timeout(SECONDS):
                vectors = await self._embedder.embed(texts)
        except (DiscoveryError, TimeoutError) as error:
            log.warning("lines are taken for entries: the encoder failed with %s", type(error).__name__)
            return asked
        for i, found in zip(open_ones, self._router.route(texts, vectors), strict=True):
            asked[i] = found
        return asked
