"""One trial of a search: a training run of its own folder on a sample of the rows, told to Ray Tune after every epoch.

It keeps its checkpoints itself, so that a search that was stopped goes on in the middle of an epoch.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from ray import tune

from finetune import dataset, loop
from finetune.dataset import Rows
from finetune.ingest import chosen
from finetune.progress import Shared
from finetune.train import TrainConfig, Trainer

METRIC = "macro_f1"


def sampled(splits: dict[str, Rows], share: float, seed: int) -> dict[str, Rows]:
    """A seeded share of train; dev and test are left whole, so that figures can be compared. At least one row."""
    count = len(splits["train"])
    kept = [i for i in range(count) if share >= 1 or chosen(seed, i, share)] or [0]
    return {**splits, "train": splits["train"].take(np.asarray(kept, np.intp))}


def run_trial(settings: dict[str, Any], run: dict[str, Any], share: float, folder: str) -> None:
    """Trains with `run` changed by `settings`, in `folder/<id of the trial>`. What Ray Tune calls."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", force=True)
    output = Path(folder) / tune.get_context().get_trial_id()
    config = TrainConfig.model_validate({**run, **settings, "output": output})
    splits = sampled(dataset.load(config.goemotions), share, config.seed)
    trainer = Trainer(config, splits)
    trainer.resume(config.output)
    for row in trainer.history:  # a trial that goes on tells again what the search may not have heard
        tune.report(row)
    loop.run(
        trainer,
        Shared(config.output).show,
        loop.begin(config, splits),
        after=lambda figures: tune.report({**figures, "epoch": trainer.epoch}),
    )


class Told(tune.Callback):
    """Says each figure as it comes."""

    def on_trial_result(self, iteration: int, trials: list[Any], trial: Any, result: dict[str, Any], **_: Any) -> None:
        """One line an epoch of a trial."""
        print(f"trial {trial.trial_id} epoch {result['epoch']}: macro-F1 {result[METRIC]:.4f}", flush=True)
