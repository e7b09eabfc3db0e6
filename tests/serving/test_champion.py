"""A running service takes a new champion, and goes back, without losing a request or mixing two models."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from ray import serve
from ray.serve._private.common import DeploymentID, ReplicaID
from ray.serve._private.config import DeploymentConfig
from ray.serve.context import _set_internal_replica_context
from ray.serve.schema import ReplicaRank
from support.shelves import model

from agent.config import ClassifierConfig
from agent.domain import Reading
from reader import champion
from reader.shelf import Shelf
from serving.classifier import ClassifierServer, LocalClassifier

Read = Callable[[list[str]], Awaitable[list[Reading]]]
TEXT = "Thank you so much, this made my day."


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(champion.Champion.__init__, "__kwdefaults__", {"threads": 1, "seconds": 0.0})
    return Shelf(model(tmp_path / "models" / "emotion", "old"))


async def under_load(read: Read, change: Callable[[], Any], wanted: str) -> list[Reading]:
    """Four clients ask without a pause while `change` happens, until they all hear from the model `wanted`."""
    heard: list[Reading] = []
    done = asyncio.Event()

    async def client() -> None:
        while not done.is_set():
            heard.extend(await asyncio.wait_for(read([TEXT]), 20))

    clients = [asyncio.create_task(client()) for _ in range(4)]
    while len(heard) < 8:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(change)
    async with asyncio.timeout(60):
        while heard[-1].model != wanted:
            await asyncio.sleep(0.01)
    done.set()
    await asyncio.gather(*clients)
    return heard


def whole(readings: list[Reading]) -> None:
    """The model named "new" calls every emotion present, the old one never: no reading may mix the two."""
    for reading in readings:
        assert (len(reading.emotions) == 28) == (reading.model == "new"), reading.model


async def exchanged(read: Read, shelf: Shelf, new: Path) -> None:
    first = await under_load(read, lambda: shelf.promote(shelf.put(new)), "new")
    whole(first)
    assert {r.model for r in first} == {"old", "new"}
    back = await under_load(read, shelf.roll_back, "old")
    whole(back)


@pytest.mark.timeout(180)
async def test_the_deployment_exchanges_its_model_under_load(shelf: Shelf, tmp_path: Path) -> None:
    # Local testing mode sets no replica context, and `serve.batch` asks for one.
    _set_internal_replica_context(
        replica_id=ReplicaID("local", DeploymentID("classifier", "champion")),
        servable_object=None,
        _deployment_config=DeploymentConfig(),
        rank=ReplicaRank(rank=0, node_rank=0, local_rank=0),
        world_size=1,
    )
    config = ClassifierConfig(folder=shelf.shipped, threads=1)
    handle = serve.run(
        serve.deployment(ClassifierServer).bind(config), name="champion", route_prefix=None, _local_testing_mode=True
    )

    async def read(texts: list[str]) -> list[Reading]:
        return await handle.read.remote(texts)

    await exchanged(read, shelf, model(tmp_path / "new", "new", threshold=0.0))


@pytest.mark.timeout(180)
async def test_the_classifier_within_the_gateway_does_so_too(shelf: Shelf, tmp_path: Path) -> None:
    local = LocalClassifier(ClassifierConfig(folder=shelf.shipped, threads=1))
    await exchanged(local.read, shelf, model(tmp_path / "new", "new", threshold=0.0))


async def test_a_model_that_cannot_be_loaded_is_refused_and_the_old_one_serves(shelf: Shelf, tmp_path: Path) -> None:
    served = champion.Champion(shelf.shipped)
    shelf.promote(shelf.put(model(tmp_path / "new", "new")))
    (shelf.root / "new" / "model.onnx").write_bytes(b"half")
    served.now()
    await asyncio.sleep(0.5)
    assert served.now().card.version == "old" and served.now().read([TEXT])[0].emotions
    assert champion.Champion(shelf.shipped).now().card.version == "old"  # and at a start
