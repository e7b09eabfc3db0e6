"""The real ranking over a small made-up catalogue, with an encoder that needs no model: each word a fixed direction."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.domain import Item, Suggestion
from retrieval import catalog
from retrieval.build import build
from retrieval.recommender import Recommender

CATALOGUE = Path(__file__).parents[1] / "retrieval" / "catalogue.jsonl"


def hashed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors (n, 384): the sum of one fixed direction a word, so texts that share words are near each other."""
    rows = []
    for text in texts:
        words = re.findall(r"\w+", text.lower()) or ["nothing"]
        row = np.sum([np.random.default_rng(zlib.crc32(w.encode())).standard_normal(384) for w in words], axis=0)
        rows.append(row / np.linalg.norm(row))
    return np.array(rows, dtype=np.float32)


class Ranking:
    """The recommender's port over the real one; a text is embedded where somebody asks for that."""

    def __init__(self, folder: Path) -> None:
        rows = catalog.load(CATALOGUE)
        self.inner = Recommender(rows, build(rows, hashed, folder, encoder="hashed"))

    async def suggest(self, *, vector: NDArray[np.float32] | None = None, **wishes: Any) -> list[Suggestion]:
        return self.inner.suggest(vector, **wishes)

    async def path(self, *, vector: NDArray[np.float32] | None = None, **wishes: Any) -> list[Suggestion]:
        return self.inner.path(vector, **wishes)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return hashed(texts)

    async def items(self, ids: Sequence[str]) -> list[Item]:
        return self.inner.items(ids)
