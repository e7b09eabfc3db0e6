"""A head and two more nodes: rows are read on several, two workers learn on two, and one node may die."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from finetune import cluster as ours
from finetune import ingest
from finetune.distributed import fit
from finetune.train import TrainConfig
from tests.finetune.conftest import write_base, write_splits

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """Three nodes of one CPU each, on loopback."""
    for name, value in ours.QUIET.items():
        os.environ.setdefault(name, value)
    import ray
    from ray.cluster_utils import Cluster

    size = {"num_cpus": 1, "object_store_memory": 100_000_000}
    found = Cluster(initialize_head=True, head_node_args={**size, "include_dashboard": False})
    for _ in range(2):
        found.add_node(**size)
    ray.init(address=found.address, log_to_driver=False)
    found.wait_for_nodes()
    yield found
    ray.shutdown()
    found.shutdown()


def busy() -> set[str]:
    """The nodes whose CPU is taken."""
    from ray._private.state import available_resources_per_node

    return {node for node, free in available_resources_per_node().items() if not free.get("CPU")}


def test_a_dataset_is_read_on_several_nodes_and_comes_in_order(nodes: Any, tmp_path: Path) -> None:
    def node_of(batch: dict[str, Any]) -> dict[str, Any]:
        """Where a batch is read, slowly enough that one node alone does not get them all."""
        import time

        import ray

        time.sleep(1.0)
        return {"node": [ray.get_runtime_context().get_node_id()] * len(batch["line"]), "line": batch["line"]}

    write_splits(tmp_path, rows=40)
    rows = list(_in_pieces(tmp_path / "train.tsv").map_batches(node_of, batch_size=None).iter_rows())
    assert [row["line"] for row in rows] == list(range(1, 121))
    assert len({row["node"] for row in rows}) >= 2


def _in_pieces(path: Path) -> Any:
    """What `ingest.stream` reads, in pieces of ten lines."""
    import ray.data

    ray.data.DataContext.get_current().execution_options.preserve_order = True
    found = list(ingest.pieces(path, rows=10))
    return ray.data.from_items(found, override_num_blocks=len(found)).flat_map(ingest.read_piece)


def test_two_workers_learn_on_two_nodes_and_one_node_may_die(nodes: Any, tmp_path: Path) -> None:
    config = TrainConfig(
        goemotions=write_splits(tmp_path / "raw"), base=write_base(tmp_path), output=tmp_path / "run", epochs=30,
        batch=4, workers=2, failures=5, checkpoint_steps=3,
    )  # fmt: skip
    done: list[Path] = []
    training = threading.Thread(target=lambda: done.append(fit(config)), daemon=True)
    training.start()
    _until(lambda: (config.output / "checkpoint.pt").exists())
    at_work = busy()
    assert len(at_work) == 2
    victim = next(node for node in nodes.worker_nodes if node.node_id in at_work)
    nodes.remove_node(victim, allow_graceful=False)
    before = torch.load(config.output / "checkpoint.pt", weights_only=True)["epoch"]
    training.join(timeout=500)
    assert done == [config.output], "the run did not come to its end"
    history = json.loads((config.output / "history.json").read_text())
    assert [row["epoch"] for row in history] == list(range(1, 31)) and before < 30
    assert (config.output / "weights.pt").exists()
    begun = [line for line in (config.output / "track.jsonl").read_text().splitlines() if '"begin"' in line]
    assert len(begun) <= 1


def _until(holds: Any, seconds: float = 200) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)
