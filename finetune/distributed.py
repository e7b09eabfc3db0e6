"""A run on Ray Train: `workers` processes, on one machine or on many, each with its share of every batch.

The batch of the configuration is that of the whole step: two workers take half of its rows each and their gradients
are averaged, so the number of workers is no part of the recipe. `output` must be a folder that all nodes see. A worker
that dies, or its node, ends the attempt; the workers are started again, up to `failures` times, and go on from the
last checkpoint.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from finetune import cluster, loop, track
from finetune.dataset import DataError
from finetune.progress import Display, Shared

WATCH = 0.5


def worker(settings: dict[str, Any]) -> None:
    """What each worker runs, called by Ray Train."""
    import ray.train
    import ray.train.torch

    from finetune import dataset
    from finetune.train import TrainConfig, Trainer

    logging.basicConfig(level=logging.INFO, format="%(message)s", force=True)
    config = TrainConfig.model_validate(settings)
    context = ray.train.get_context()
    rank, world = context.get_world_rank(), context.get_world_size()
    trainer = Trainer(config, dataset.load(config.goemotions), rank, world)
    trainer.resume(config.output)
    if world > 1:
        trainer.network = ray.train.torch.prepare_model(trainer.model)
    loop.run(
        trainer,
        Shared(config.output).show,
        track.Tracker(config.output, config.track if rank == 0 else None),
        after=lambda figures: ray.train.report({**figures, "epoch": trainer.epoch}),
    )


def fit(config: Any) -> Path:
    """Runs `config.workers` workers to the end and returns the run's folder. Raises `DataError` where they gave up."""
    with cluster.started(cpus=max(2, config.workers)):
        from ray.train import FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchConfig, TorchTrainer

        output = config.output.absolute()
        absolute: dict[str, Any] = {name: str(value.absolute()) for name, value in config if isinstance(value, Path)}
        absolute["journal"] = [str(path.absolute()) for path in config.journal]
        trainer = TorchTrainer(
            worker,
            train_loop_config={**config.model_dump(mode="json"), **absolute, "output": str(output)},
            scaling_config=ScalingConfig(num_workers=config.workers, resources_per_worker={"CPU": 1}),
            torch_config=TorchConfig(backend="gloo"),
            run_config=RunConfig(
                name=output.name, storage_path=str(output / "ray"),
                failure_config=FailureConfig(max_failures=config.failures),
            ),
        )  # fmt: skip
        with _watched(output):
            try:
                trainer.fit()
            except Exception as error:
                raise DataError(f"the workers gave up: {_root(error)}; what they said: {output / 'ray'}") from error
    return Path(config.output)


def _root(error: BaseException) -> str:
    """The innermost cause in one line: Ray wraps the errors of workers several times."""
    failures = getattr(error, "worker_failures", None) or {}
    inner = next(iter(failures.values()), None) or getattr(error, "cause", None) or error.__cause__
    if inner is not None and inner is not error:
        return _root(inner)
    return cluster.explain(error).split("Traceback")[0][-400:]


class _watched:  # noqa: N801 - reads as a phrase where it is used
    """Shows the progress that worker 0 writes, while the block runs."""

    def __init__(self, output: Path) -> None:
        self._shared, self._display, self._done = Shared(output), Display(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        last = None
        while not self._done.wait(WATCH):
            state = self._shared.read()
            if state and state != last:
                self._display.show(state)
                last = state

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._display.close()
