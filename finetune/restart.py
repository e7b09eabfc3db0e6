"""Whether a run in a folder may go on, for a stage that is run again: `finetune.train --replace`.

By hand a checkpoint of another recipe is refused, so that nobody loses a run by a slip. A stage of `dvc repro` is run
because something changed, so there a run that is over, or of other settings or rows, gives way to a new one; one that
was stopped half-way under the same settings and rows goes on.
"""

from __future__ import annotations

import json
import logging
import shutil
from typing import TYPE_CHECKING, Any

from finetune import dataset

if TYPE_CHECKING:
    from finetune.train import TrainConfig

log = logging.getLogger("discovery.finetune")


def noted(config: TrainConfig) -> list[dict[str, Any]]:
    """The record of the run in the folder; empty where there is none."""
    path = config.output / "track.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def may_go_on(config: TrainConfig) -> bool:
    """Whether the run in the folder is unfinished and of these very settings and rows."""
    from finetune.train import recipe

    lines = noted(config)
    if not lines or any(line["kind"] == "end" for line in lines):
        return False
    begun = next(line for line in lines if line["kind"] == "begin")
    same = recipe(type(config).model_validate(begun["params"])) == recipe(config)
    return same and begun["tags"]["data_sha256"] == dataset.fingerprint(dataset.load(config.goemotions))


def make_way(config: TrainConfig) -> None:
    """Empties the folder unless the run in it may go on."""
    if config.output.exists() and not may_go_on(config):
        log.info("%s holds a run that is over or another one: a new one begins", config.output)
        shutil.rmtree(config.output)
