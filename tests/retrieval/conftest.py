"""A small made-up catalogue, and an encoder without a model: each word is a fixed random direction."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.domain import Item
from retrieval import catalog
from retrieval.build import Encode, build
from retrieval.recommender import Recommender

CATALOGUE = Path(__file__).parent / "catalogue.jsonl"


def hashed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors (n, 384): the sum of one fixed direction a word, so texts that share words are near each other."""
    rows = []
    for text in texts:
        words = re.findall(r"\w+", text.lower()) or ["nothing"]
        row = np.sum([np.random.default_rng(zlib.crc32(w.encode())).standard_normal(384) for w in words], axis=0)
        rows.append(row / np.linalg.norm(row))
    return np.array(rows, dtype=np.float32)


@pytest.fixture(scope="session")
def encode() -> Encode:
    return hashed


@pytest.fixture(scope="session")
def items() -> list[Item]:
    return catalog.load(CATALOGUE)


@pytest.fixture(scope="session")
def by_id(items: list[Item]) -> dict[str, Item]:
    return {item.id: item for item in items}


@pytest.fixture(scope="session")
def recommender(items: list[Item], tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    return Recommender(items, build(items, hashed, tmp_path_factory.mktemp("index"), encoder="hashed"))


@pytest.fixture
def row(items: list[Item]) -> dict[str, object]:
    """One good row, to be broken."""
    return items[0].model_dump(mode="json")
