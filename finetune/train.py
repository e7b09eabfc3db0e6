"""Fine-tunes the emotion model: `python -m finetune.train --config configs/train.yaml`.

With `workers` above 0 it runs on Ray Train, with 0 in this process. A checkpoint is written every `checkpoint_steps`
steps and after every epoch; a run that was stopped goes on from the last one with the batches it would have seen.
"""

from __future__ import annotations

import argparse
import logging
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from pydantic import BaseModel, ConfigDict, Field
from tokenizers import Tokenizer
from torch import Tensor, nn

from finetune import cluster, dataset, distil, loop, mixing, restart, shipped
from finetune.batches import length_sorted_batches, pad, share, tokenise
from finetune.journal_rows import as_rows, read_journal
from finetune.model import Ema, EmotionModel, from_base
from finetune.progress import Display
from reader.base import base_folder

log = logging.getLogger("discovery.finetune")


class TrainConfig(BaseModel):
    """Everything a training run depends on; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    goemotions: Path | None = None
    base: Path | None = None
    rules: Path | None = None
    output: Path = Path("runs/emotion")
    seed: int = 13
    epochs: int = Field(4, ge=1)
    batch: int = Field(32, ge=1)
    max_tokens: int = Field(96, ge=8, le=512)
    lr_encoder: float = Field(1.2e-4, gt=0)
    lr_head: float = Field(1e-3, gt=0)
    warmup: float = Field(0.06, ge=0, lt=1)
    weight_decay: float = Field(0.01, ge=0)
    label_smoothing: float = Field(0.0, ge=0, lt=0.5)
    ema: float = Field(0.999, ge=0, lt=1)
    ema_every: int = Field(1, ge=1)
    bf16: bool = False
    init: Path | None = None
    blend: float = Field(1.0, gt=0, le=1)
    journal: list[Path] = []
    journal_dev: Path | None = None
    journal_test: Path | None = None
    journal_weight: float = Field(2.0, gt=0)
    neutral_weight: float = Field(1.0, gt=0)
    rare_weight: float = Field(1.0, gt=0)
    freeze_words: bool = False
    attention_dropout: float = Field(0.1, ge=0, lt=1)
    teachers: list[Path] = []
    teacher_share: float = Field(0.5, ge=0, le=1)
    threads: int = Field(0, ge=0)
    layer_decay: float = Field(1.0, gt=0, le=1)
    patience: int = Field(0, ge=0)
    workers: int = Field(0, ge=0)
    failures: int = Field(3, ge=0)
    checkpoint_steps: int = Field(500, ge=0)
    track: str | None = None

    def own_sets(self) -> dict[str, Path]:
        """The files of our own entries that are kept for choosing and for testing, by the name of their figures."""
        named = {"journal_dev": self.journal_dev, "journal_test": self.journal_test}
        return {name: path for name, path in named.items() if path}


@torch.inference_mode()
def predict(model: EmotionModel, token_ids: list[list[int]], batch: int = 128) -> np.ndarray:
    """Logits, float32 (n, 28), in the order of the rows given."""
    model.eval()
    logits = np.zeros((len(token_ids), model.head.out_features), np.float32)
    order = np.argsort([len(t) for t in token_ids], kind="stable")
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        logits[rows] = model(*pad([token_ids[i] for i in rows])).numpy()
    return logits


class Trainer:
    """One training run: model, optimiser and schedule, with what is needed to stop and go on.

    `network` is what a step runs: the model itself, or the model wrapped by Ray Train for one of `world` workers.
    `step` counts within the epoch, `epoch_steps` is how many an epoch has.
    """

    def __init__(self, config: TrainConfig, splits: dict[str, dataset.Rows], rank: int = 0, world: int = 1) -> None:
        torch.manual_seed(config.seed)
        if config.threads:
            torch.set_num_threads(config.threads)
        base = config.base or base_folder()
        own = [entry for path in config.journal for entry in read_journal(path)]
        rows = mixing.joined(splits["train"], as_rows(own)) if own else splits["train"]
        self.config, self.splits = config, {**splits, "train": rows}
        self.weight = mixing.weights(
            splits["train"], len(own),
            journal=config.journal_weight, neutral=config.neutral_weight, rare=config.rare_weight,
        )  # fmt: skip
        self.model = self._start(base)
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self.tokens = {name: tokenise(tokenizer, rows.texts, config.max_tokens) for name, rows in self.splits.items()}
        self.targets = torch.from_numpy(self._targets(len(splits["train"])))
        self.optimiser = torch.optim.AdamW(self._groups(), weight_decay=config.weight_decay, fused=True)
        self.epoch_steps = math.ceil(self.weight.sum() / config.batch)
        steps = self.epoch_steps * config.epochs
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, lambda step: self._rate(step, steps))
        self.ema = Ema(self.model, config.ema) if config.ema else None
        self.epoch = self.step = 0
        self.rank, self.world, self.network = rank, world, self.model
        blended = config.init and config.blend < 1
        self.origin = {k: v.clone() for k, v in self.model.state_dict().items()} if blended else None
        self.total_loss, self.stopped = 0.0, False
        self.history: list[dict[str, Any]] = []

    def _start(self, base: Path) -> EmotionModel:
        """A fresh head on the base, or the network of an earlier run (`weights.pt`) or of a shipped folder."""
        model, init = from_base(base), self.config.init
        if init and init.is_dir():
            shipped.restore(model, init)
        elif init:
            model.load_state_dict(torch.load(init, weights_only=True))
        model.encoder.embeddings.word_embeddings.requires_grad_(not self.config.freeze_words)
        # Written out, attention costs a third of what torch's fused one takes on a CPU in bfloat16, backward.
        model.encoder.set_attn_implementation("eager")
        for layer in model.encoder.encoder.layer:
            layer.attention.self.dropout.p = self.config.attention_dropout
        return model

    def _targets(self, comments: int) -> np.ndarray:
        """What train rows should be read as. Teachers are asked about comments only: our entries were labelled with
        more care than Reddit's."""
        rows, config = self.splits["train"], self.config
        if not config.teachers:
            return rows.labels
        texts, labels = rows.texts[:comments], rows.labels[:comments]
        taught = distil.soft_labels(texts, labels, config.teachers, config.teacher_share)
        return np.concatenate([taught, rows.labels[comments:]])

    def _groups(self) -> list[dict[str, object]]:
        """The encoder, each layer at `layer_decay` times the rate of the next one up, and the head."""
        encoder, config = self.model.encoder, self.config
        parts = [encoder.embeddings, *encoder.encoder.layer] if config.layer_decay < 1 else [encoder]
        groups: list[dict[str, object]] = []
        for height, part in enumerate(reversed(parts)):
            learned = [p for p in part.parameters() if p.requires_grad]
            groups.append({"params": learned, "lr": config.lr_encoder * config.layer_decay**height})
        return [*(g for g in groups if g["params"]), {"params": self.model.head.parameters(), "lr": config.lr_head}]

    def _rate(self, step: int, steps: int) -> float:
        warm = max(1, int(steps * self.config.warmup))
        return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))

    def _loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        smooth = self.config.label_smoothing
        return nn.functional.binary_cross_entropy_with_logits(logits.float(), targets * (1 - smooth) + smooth / 28)

    def _batches(self) -> Iterator[np.ndarray]:
        # Seeded by epoch: a run that goes on from a checkpoint sees the batches it would have seen.
        rng = np.random.default_rng((self.config.seed, self.epoch))
        lengths = np.asarray([len(t) for t in self.tokens["train"]])
        rows = mixing.drawn(self.weight, rng)
        for batch in length_sorted_batches(lengths[rows], self.config.batch, rng):
            yield rows[batch]

    def run_epoch(self, after: Callable[[int, float], None]) -> float:
        """The rest of a pass over train; returns the whole pass's mean loss. `after(rows, loss)` follows a step."""
        self.model.train()
        batches = list(self._batches())
        for rows in batches[self.step :]:
            # What dropout does is seeded by the step as well: a run that goes on needs no memory of chance.
            torch.manual_seed(((self.config.seed * 1000 + self.epoch) * 100_003 + self.step) * 64 + self.rank)
            loss = self._step(share(rows, self.rank, self.world))
            self.step += 1
            self.total_loss += loss
            after(len(rows), loss)
        mean = self.total_loss / len(batches)
        self.epoch, self.step, self.total_loss = self.epoch + 1, 0, 0.0
        return mean

    def _step(self, rows: np.ndarray) -> float:
        ids, mask = pad([self.tokens["train"][i] for i in rows])
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bf16):
            logits = self.network(ids, mask)
        loss = self._loss(logits, self.targets[rows])
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.requires_grad], 1.0)
        self.optimiser.step()
        self.schedule.step()
        if self.ema and self.step % self.config.ema_every == 0:
            self.ema.update(self.model)
        return float(loss.detach())

    def averaged(self) -> EmotionModel:
        """The model to evaluate and export: averaged over steps, and blended with where it started."""
        learned = self.ema.weights if self.ema else self.model.state_dict()
        if not self.ema and not self.origin:
            return self.model
        model = EmotionModel(type(self.model.encoder)(self.model.encoder.config, add_pooling_layer=False))
        model.load_state_dict(mixing.blended(self.origin, learned, self.config.blend) if self.origin else learned)
        return model

    def save(self, folder: Path) -> bool:
        """Writes a checkpoint beside the old one, then swaps: a killed run finds one or the other, whole."""
        state = {
            "model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "epoch": self.epoch,
            "schedule": self.schedule.state_dict(), "ema": self.ema and (self.ema.steps, self.ema.weights),
            "step": self.step, "total_loss": self.total_loss, "history": self.history, "stopped": self.stopped,
            "recipe": recipe(self.config),
        }  # fmt: skip
        return loop.write(folder, "checkpoint.pt", state)

    def resume(self, folder: Path) -> None:
        """Goes on from the last checkpoint, if there is one. Raises `DataError` for one of another recipe."""
        path = folder / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        mine, theirs = recipe(self.config), state.get("recipe", {})
        if other := [f"{k}: {theirs[k]} there, {v} here" for k, v in mine.items() if k in theirs and theirs[k] != v]:
            raise dataset.DataError(f"{path} is of another recipe ({', '.join(other)}); choose another output")
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch, self.step = state["epoch"], state.get("step", 0)
        self.total_loss, self.stopped = state.get("total_loss", 0.0), state.get("stopped", False)
        self.history = state.get("history", [])
        if self.ema and state["ema"]:
            self.ema.steps, self.ema.weights = state["ema"]
        log.info("going on after epoch %d, step %d", self.epoch, self.step)


_NOT_OF_THE_RECIPE = {
    "output", "goemotions", "base", "rules", "workers", "failures", "checkpoint_steps", "track", "patience",
    "journal_dev", "journal_test", "threads",
}  # fmt: skip


def recipe(config: TrainConfig) -> dict[str, str]:
    """What the weights depend on, as words: a run does not go on under other settings."""
    return {k: str(v) for k, v in config.model_dump(mode="json").items() if k not in _NOT_OF_THE_RECIPE}


def train(config: TrainConfig) -> Path:
    """Trains to the end and returns the folder with `weights.pt` (a plain state dict) and `history.json`."""
    splits = loop.tested_rows(config)
    if config.workers:
        from finetune.distributed import fit

        loop.begin(config, splits)
        return fit(config)
    trainer, display = Trainer(config, splits), Display()
    trainer.resume(config.output)
    try:
        return loop.run(trainer, display.show, loop.begin(config, splits))
    finally:
        display.close()


def read_config(path: Path) -> TrainConfig:
    """The configuration of a run. Raises pydantic's error for unknown keys, `OSError` for a missing file."""
    return TrainConfig.model_validate(yaml.safe_load(path.read_text()) or {})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--data", type=Path, help="folder of the rows, in the place of the configured one")
    parser.add_argument(
        "--replace", action="store_true", help="begin anew where the run in the folder is over or another"
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with cluster.one_line():
        config = read_config(options.config)
        config = config.model_copy(update={"goemotions": options.data}) if options.data else config
        if options.replace:
            restart.make_way(config)
        folder = train(config)
    print(f"weights: {folder / 'weights.pt'}; next: make export")


if __name__ == "__main__":
    main()
