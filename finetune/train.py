"""Fine-tunes the emotion model: `python -m finetune.train --config configs/train.yaml`.

A checkpoint is written after every epoch; a run that was stopped goes on from the last one.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import yaml
from pydantic import BaseModel, ConfigDict, Field
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from tokenizers import Tokenizer
from torch import Tensor, nn

from finetune import dataset, metrics, quality
from finetune import dataset, metrics, mixing, shipped
from finetune.journal_rows import as_rows, read_journal
from finetune.model import Ema, EmotionModel, from_base
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
    journal: list[Path] = []
    journal_dev: Path | None = None
    journal_test: Path | None = None
    journal_weight: float = Field(2.0, gt=0)
    neutral_weight: float = Field(1.0, gt=0)
    rare_weight: float = Field(1.0, gt=0)
    freeze_words: bool = False
    attention_dropout: float = Field(0.1, ge=0, lt=1)
    threads: int = Field(0, ge=0)

    def own_sets(self) -> dict[str, Path]:
        """The files of our own entries that are kept for choosing and for testing, by the name of their figures."""
        named = {"journal_dev": self.journal_dev, "journal_test": self.journal_test}
        return {name: path for name, path in named.items() if path}


def length_sorted_batches(lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Row numbers in batches of like length, in random order: padding costs little, and chance stays."""
    jitter = rng.permutation(len(lengths))
    order = jitter[np.argsort(lengths[jitter], kind="stable")]
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def pad(token_ids: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids and mask, int64 (n, t), padded with zeros to the longest row."""
    longest = max(map(len, token_ids))
    ids = torch.zeros(len(token_ids), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(token_ids):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
    return ids, mask


def tokenise(tokenizer: Tokenizer, texts: list[str], max_tokens: int) -> list[list[int]]:
    """Token ids of every text, special tokens included."""
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


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
    """One training run: model, optimiser and schedule, with what is needed to stop and go on."""

    def __init__(self, config: TrainConfig, splits: dict[str, dataset.Rows]) -> None:
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
        self.targets = torch.from_numpy(rows.labels)
        self.optimiser = torch.optim.AdamW(self._groups(), weight_decay=config.weight_decay)
        steps = math.ceil(self.weight.sum() / config.batch) * config.epochs
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, lambda step: self._rate(step, steps))
        self.ema = Ema(self.model, config.ema) if config.ema else None
        self.epoch, self.steps = 0, 0

    def _start(self, base: Path) -> EmotionModel:
        """A fresh head on the base, or the network of an earlier run (`weights.pt`) or of a shipped folder."""
        model, init = from_base(base), self.config.init
        if init and init.is_dir():
            shipped.restore(model, init)
        elif init:
            model.load_state_dict(torch.load(init, weights_only=True))
        model.encoder.embeddings.word_embeddings.requires_grad_(not self.config.freeze_words)
        for layer in model.encoder.encoder.layer:
            layer.attention.self.dropout.p = self.config.attention_dropout
        return model

    def _groups(self) -> list[dict[str, object]]:
        return [
            {"params": [p for p in self.model.encoder.parameters() if p.requires_grad], "lr": self.config.lr_encoder},
            {"params": self.model.head.parameters(), "lr": self.config.lr_head},
        ]

    def _rate(self, step: int, steps: int) -> float:
        warm = max(1, int(steps * self.config.warmup))
        return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))

    def _loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        smooth = self.config.label_smoothing
        return nn.functional.binary_cross_entropy_with_logits(logits.float(), targets * (1 - smooth) + smooth / 28)

    def _batches(self) -> Iterator[np.ndarray]:
        # Seeded by epoch: a run that goes on from a checkpoint sees the batches it would have seen.
        rng = np.random.default_rng((self.config.seed, self.epoch))
        torch.manual_seed(self.config.seed * 1000 + self.epoch)
        lengths = np.asarray([len(t) for t in self.tokens["train"]])
        rows = mixing.drawn(self.weight, rng)
        for batch in length_sorted_batches(lengths[rows], self.config.batch, rng):
            yield rows[batch]

    def run_epoch(self, progress: Progress) -> float:
        """One pass over train; returns the mean loss."""
        self.model.train()
        batches = list(self._batches())
        name = f"epoch {self.epoch + 1}/{self.config.epochs}"
        losses = [self._step(rows) for rows in progress.track(batches, description=name)]
        self.epoch += 1
        return float(np.mean(losses))

    def _step(self, rows: np.ndarray) -> float:
        ids, mask = pad([self.tokens["train"][i] for i in rows])
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bf16):
            logits = self.model(ids, mask)
        loss = self._loss(logits, self.targets[rows])
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.requires_grad], 1.0)
        self.optimiser.step()
        self.schedule.step()
        self.steps += 1
        if self.ema and self.steps % self.config.ema_every == 0:
            self.ema.update(self.model)
        return float(loss.detach())

    def averaged(self) -> EmotionModel:
        """The model to evaluate and export: the averaged weights where there are any."""
        if not self.ema:
            return self.model
        model = EmotionModel(type(self.model.encoder)(self.model.encoder.config, add_pooling_layer=False))
        model.load_state_dict(self.ema.weights)
        return model

    def save(self, folder: Path) -> None:
        """Writes a checkpoint beside the old one, then swaps: a killed run finds one or the other, whole."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {
            "model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "epoch": self.epoch,
            "schedule": self.schedule.state_dict(), "steps": self.steps,
            "ema": self.ema and (self.ema.steps, self.ema.weights),
        }  # fmt: skip
        torch.save(state, folder / "checkpoint.new")
        os.replace(folder / "checkpoint.new", folder / "checkpoint.pt")

    def resume(self, folder: Path) -> None:
        """Goes on from the last checkpoint, if there is one."""
        path = folder / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch, self.steps = state["epoch"], state["steps"]
        if self.ema and state["ema"]:
            self.ema.steps, self.ema.weights = state["ema"]
        log.info("going on after epoch %d", self.epoch)


def dev_figures(trainer: Trainer) -> dict[str, float]:
    """Macro- and micro-F1 on dev with one threshold of 0.3: a yardstick between epochs, not a result."""
    logits = predict(trainer.averaged(), trainer.tokens["dev"])
    predicted, labels = metrics.sigmoid(logits) >= 0.3, trainer.splits["dev"].labels
    return {"macro_f1": metrics.macro_f1(predicted, labels), "micro_f1": metrics.micro_f1(predicted, labels)}


def tested_rows(config: TrainConfig) -> dict[str, dataset.Rows]:
    """The splits of a configuration. Raises `DataError` where the data tests fail; a pass on record is not repeated."""
    splits, rules = dataset.load(config.goemotions), quality.rules_of(config.rules)
    if not quality.passed_before(config.output.parent, splits, rules):
        quality.refuse(quality.check(splits, rules))
    return splits


def train(config: TrainConfig) -> Path:
    """Trains to the end and returns the folder with `weights.pt` (a plain state dict) and `history.json`."""
    splits = tested_rows(config)
    trainer = Trainer(config, splits)
    trainer.resume(config.output)
    history = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    while trainer.epoch < config.epochs:
        with Progress(*columns) as progress:
            loss = trainer.run_epoch(progress)
        trainer.save(config.output)
        history.append({"epoch": trainer.epoch, "loss": loss, **dev_figures(trainer)})
        log.info("%s", json.dumps(history[-1]))
        torch.save(trainer.averaged().state_dict(), config.output / f"weights-{trainer.epoch}.pt")
    (config.output / "history.json").write_text(json.dumps(history, indent=1))
    os.replace(config.output / f"weights-{config.epochs}.pt", config.output / "weights.pt")
    return config.output


def read_config(path: Path) -> TrainConfig:
    """The configuration of a run. Raises pydantic's error for unknown keys, `OSError` for a missing file."""
    return TrainConfig.model_validate(yaml.safe_load(path.read_text()) or {})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(read_config(parser.parse_args().config))


if __name__ == "__main__":
    main()
