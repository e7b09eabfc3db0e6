"""The loop of a run: steps, checkpoints, dev after every epoch, early stop. The same alone and as one of N workers.

Worker 0 writes and evaluates; the others wait for it at their next step. What cannot be written (a full disk) is told
and the run goes on from memory.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist

from finetune import dataset, metrics, quality, track
from finetune.progress import Meter, State

if TYPE_CHECKING:
    from finetune.train import TrainConfig, Trainer

log = logging.getLogger("discovery.finetune")
Show = Callable[[State], None]
Figures = dict[str, float]


def tested_rows(config: TrainConfig) -> dict[str, dataset.Rows]:
    """The splits of a configuration. Raises `DataError` where the data tests fail; a pass on record is not repeated."""
    splits, rules = dataset.load(config.goemotions), quality.rules_of(config.rules)
    if not quality.passed_before(config.output.parent, splits, rules):
        quality.refuse(quality.check(splits, rules))
    return splits


def begin(config: TrainConfig, splits: dict[str, dataset.Rows]) -> track.Tracker:
    """The record of a run: parameters, the hash of its data, the commit. One that goes on is not begun twice."""
    tracker = track.Tracker(config.output, config.track)
    if not (config.output / "track.jsonl").exists():
        head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
        tags = {"data_sha256": dataset.fingerprint(splits), "git_commit": head.stdout.strip() or "unknown"}
        tracker.note("begin", params=config.model_dump(mode="json"), tags=tags)
    return tracker


def dev_figures(trainer: Trainer) -> Figures:
    """Macro- and micro-F1 on dev with one threshold of 0.3: a yardstick between epochs, not a result."""
    from finetune.train import predict

    logits = predict(trainer.averaged(), trainer.tokens["dev"])
    predicted, labels = metrics.sigmoid(logits) >= 0.3, trainer.splits["dev"].labels
    return {"macro_f1": metrics.macro_f1(predicted, labels), "micro_f1": metrics.micro_f1(predicted, labels)}


def write(folder: Path, name: str, value: Any) -> bool:
    """Writes beside, then swaps; False, with one line in the log, where there is no room or no right to."""
    beside = folder / f"{name}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(value, beside)
        os.replace(beside, folder / name)
    except (OSError, RuntimeError) as error:  # torch raises the latter on a full disk
        beside.unlink(missing_ok=True)
        said = " ".join(str(error).split())[:160]
        log.warning("%s was not written (%s); the run goes on, make room before it ends", folder / name, said)
        return False
    return True


def run(trainer: Trainer, show: Show, tracker: track.Tracker, after: Callable[[Figures], None] | None = None) -> Path:
    """Trains to the end, or until dev stopped rising for `patience` epochs, and returns the run's folder."""
    config = trainer.config
    meter = Meter(trainer.epoch_steps * config.epochs, trainer.epoch * trainer.epoch_steps + trainer.step)

    def step(rows: int, loss: float) -> None:
        speed, left = meter.count(rows)
        if trainer.rank:
            return
        show(State(trainer.epoch + 1, config.epochs, meter.step, meter.steps, loss, speed, left))
        if meter.step % 50 == 0:
            tracker.note("metrics", step=meter.step, values={"loss": loss, "rows_s": speed})
        if config.checkpoint_steps and meter.step % config.checkpoint_steps == 0:
            trainer.save(config.output)

    while trainer.epoch < config.epochs and not trainer.stopped:
        loss = trainer.run_epoch(step)
        figures = _end_of_epoch(trainer, loss, tracker, meter.step) if trainer.rank == 0 else {}
        trainer.stopped = _told_by_first(trainer, trainer.stopped)
        if after:
            after(figures)
    if trainer.rank == 0:
        _finish(trainer, tracker)
    return config.output


def _end_of_epoch(trainer: Trainer, loss: float, tracker: track.Tracker, step: int) -> Figures:
    config, figures = trainer.config, dev_figures(trainer)
    trainer.history.append({"epoch": trainer.epoch, "loss": loss, **figures})
    log.info("%s", json.dumps(trainer.history[-1]))
    write(config.output, f"weights-{trainer.epoch}.pt", trainer.averaged().state_dict())
    best = max(range(len(trainer.history)), key=lambda i: trainer.history[i]["macro_f1"])
    trainer.stopped = bool(config.patience) and len(trainer.history) - 1 - best >= config.patience
    if trainer.stopped:
        log.info("dev has not risen for %d epochs: stopped early", config.patience)
    trainer.save(config.output)
    tracker.note("metrics", step=step, values={f"dev_{name}": value for name, value in figures.items()})
    return {"loss": loss, **figures}


def _told_by_first(trainer: Trainer, value: bool) -> bool:
    if trainer.world == 1:
        return value
    told = torch.tensor([int(value)])
    dist.broadcast(told, 0)
    return bool(told.item())


def _finish(trainer: Trainer, tracker: track.Tracker) -> None:
    """`weights.pt`: those of the best epoch on dev where the run may stop early, else those of the last."""
    config, history = trainer.config, trainer.history
    epoch = max(history, key=lambda row: row["macro_f1"])["epoch"] if config.patience else trainer.epoch
    chosen = config.output / f"weights-{epoch}.pt"
    if chosen.exists():
        os.replace(chosen, config.output / "weights.pt")
    elif epoch == trainer.epoch and not (config.output / "weights.pt").exists():
        write(config.output, "weights.pt", trainer.averaged().state_dict())
    if not (config.output / "weights.pt").exists():
        said = "expected room for the weights, found none; make room: the same command goes on from the last checkpoint"
        raise dataset.DataError(f"{config.output / 'weights.pt'}: {said}")
    (config.output / "history.json").write_text(json.dumps(history, indent=1))
    tracker.note("file", path=str(config.output / "history.json"))
    tracker.note("end")
