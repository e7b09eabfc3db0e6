"""The recommender's deployment: the frozen encoder, the index and the ranking in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.config import ROOT, RecommenderConfig, resolve
from agent.domain import Item, Suggestion
from reader.encoder import Encoder
from retrieval import build, catalog
from retrieval.recommender import Recommender
from retrieval.request import query
from serving.artifacts import cache_folder, load_sources, prepare_encoder


class RecommenderServer:
    """Suggests items. The index is rebuilt when the catalogue, or a file of the index, is not what it was."""

    def __init__(self, config: RecommenderConfig) -> None:
        sources = load_sources(ROOT / "configs" / "artifacts.yaml")
        folder = prepare_encoder(sources["encoder"], cache_folder())
        self._encoder = Encoder(folder, threads=config.threads)
        items = catalog.load(resolve(config.catalogue))
        index = build.build(items, self._encoder.embed, cache_folder() / "index", encoder=folder.name)
        self._recommender = Recommender(items, index)

    def _suggest(self, text: str, **wishes: Any) -> list[Suggestion]:
        vector = self._encoder.embed([query(text, wishes.get("goal"))])[0]
        return self._recommender.suggest(vector, text=text, **wishes)

    async def suggest(self, *, text: str = "", **wishes: Any) -> list[Suggestion]:
        """See `agent.ports.Recommender.suggest`."""
        return await asyncio.to_thread(self._suggest, text, **wishes)

    async def items(self, ids: Sequence[str]) -> list[Item]:
        """The items with these ids."""
        return self._recommender.items(ids)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 (n, 384)."""
        return await asyncio.to_thread(self._encoder.embed, texts)

    async def check_health(self) -> None:
        """Embeds one word; an error here makes Serve replace the replica."""
        await asyncio.to_thread(self._encoder.embed, ["well"])
