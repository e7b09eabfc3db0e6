"""The small made-up catalogue of `fakes.ranking`."""

from __future__ import annotations

import pytest
from fakes.ranking import CATALOGUE, hashed

from agent.domain import Item
from retrieval import catalog
from retrieval.build import Encode, build
from retrieval.recommender import Recommender


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
