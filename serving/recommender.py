"""The recommender's deployment: the frozen encoder, the index and the ranking in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.config import ROOT, RecommenderConfig
from agent.domain import Item, Suggestion
from reader.encoder import Encoder
from retrieval import build
from retrieval.live import Live
from retrieval.rank import VECTORS
from retrieval.request import query
from serving.artifacts import cache_folder, load_sources, prepare_encoder
from serving.catalogue_files import index_folder, items_or_shipped


class RecommenderServer:
    """Suggests items. The index is rebuilt at the start when the catalogue, or a file of the index, is not what it was;
    one that somebody rebuilds later is taken while requests go on."""

    def __init__(self, config: RecommenderConfig) -> None:
        sources = load_sources(ROOT / "configs" / "artifacts.yaml")
        model = prepare_encoder(sources["encoder"], cache_folder())
        self._encoder = Encoder(model, threads=config.threads)
        folder = index_folder(config.catalogue)
        build.build(items_or_shipped(config.catalogue), self._encoder.embed, folder, encoder=model.name)
        self._live = Live(folder)

    def _suggest(self, text: str, vector: VECTORS | None, **wishes: Any) -> list[Suggestion]:
        return self._live.current.suggest(self._vector(text, vector, wishes), text=text, **wishes)

    def _path(self, text: str, vector: VECTORS | None, **wishes: Any) -> list[Suggestion]:
        return self._live.current.path(self._vector(text, vector, wishes), text=text, **wishes)

    def _vector(self, text: str, vector: VECTORS | None, wishes: dict[str, Any]) -> VECTORS:
        if vector is None:
            [vector] = self._encoder.embed([query(text, wishes.get("goal"))])
        return vector

    async def suggest(self, *, text: str = "", vector: VECTORS | None = None, **wishes: Any) -> list[Suggestion]:
        """See `agent.ports.Recommender.suggest`."""
        return await asyncio.to_thread(self._suggest, text, vector, **wishes)

    async def path(self, *, text: str = "", vector: VECTORS | None = None, **wishes: Any) -> list[Suggestion]:
        """See `agent.ports.Recommender.path`."""
        return await asyncio.to_thread(self._path, text, vector, **wishes)

    async def items(self, ids: Sequence[str]) -> list[Item]:
        """The items with these ids."""
        return self._live.current.items(ids)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 (n, 384)."""
        return await asyncio.to_thread(self._encoder.embed, texts)

    async def check_health(self) -> None:
        """Embeds one word; an error here makes Serve replace the replica."""
        await asyncio.to_thread(self._encoder.embed, ["well"])
