"""Rows a second of our trainer beside `transformers.Trainer`: `python -m eval.bench_training`.

The same network, rows, batch, optimiser, schedule, clipping and precision, in the same process and turn by turn. The
peer pads each batch to its longest row; once it draws batches at random (its default) and once it groups rows of like
length. Every run is one whole pass over the same rows, so that each pays for every row once.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from finetune import cluster, dataset
from finetune.batches import pad
from finetune.dataset import Rows
from finetune.model import EmotionModel, from_base
from finetune.train import TrainConfig, Trainer, read_config
from reader.base import base_folder


class Speed(NamedTuple):
    """Rows a second by the clock, and rows a second of CPU time: the second hardly minds what else the machine does."""

    clock: float
    cpu: float


PEERS = {"peer, at random": "random", "peer, grouped by length": "group_by_length"}
OURS = "ours"


def sample(config: TrainConfig, rows: int, seed: int = 0) -> dict[str, Rows]:
    """So many training rows, drawn at random; dev and test are not looked at."""
    train = dataset.load(config.goemotions)["train"]
    some = train.take(np.random.default_rng(seed).permutation(len(train))[:rows])
    return {"train": some, "dev": some.take(np.arange(1)), "test": some.take(np.arange(1))}


def timed(work: Callable[[], object], rows: int) -> Speed:
    """How fast some work over so many rows is."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return Speed(round(rows / (time.perf_counter() - began), 1), round(rows / (time.process_time() - cpu), 1))


def ours(config: TrainConfig, splits: dict[str, Rows]) -> Speed:
    """One pass of our trainer."""
    trainer = Trainer(config, splits)
    return timed(lambda: trainer.run_epoch(lambda rows, loss: None), len(splits["train"]))


class Peer(nn.Module):
    """The same network, with the loss where `transformers.Trainer` looks for it."""

    def __init__(self, model: EmotionModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Loss and logits of one batch."""
        logits = self.model(input_ids, attention_mask)
        return {"loss": nn.functional.binary_cross_entropy_with_logits(logits.float(), labels), "logits": logits}


def collate(rows: list[dict[str, Any]]) -> dict[str, Tensor]:
    """Rows to a batch, padded to its longest row."""
    ids, mask = pad([row["input_ids"] for row in rows])
    return {"input_ids": ids, "attention_mask": mask, "labels": torch.stack([row["labels"] for row in rows])}


def peer(config: TrainConfig, splits: dict[str, Rows], sampling: str) -> Speed:
    """One pass of `transformers.Trainer`."""
    import transformers

    token_ids = Trainer(config, splits).tokens["train"]
    targets = torch.from_numpy(splits["train"].labels)
    rows = [{"input_ids": ids, "labels": row, "length": len(ids)} for ids, row in zip(token_ids, targets, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        settings = transformers.TrainingArguments(
            output_dir=folder, num_train_epochs=1, per_device_train_batch_size=config.batch, use_cpu=True,
            learning_rate=config.lr_encoder, weight_decay=config.weight_decay, warmup_steps=config.warmup,
            max_grad_norm=1.0, bf16=config.bf16, seed=config.seed, train_sampling_strategy=sampling,
            length_column_name="length", remove_unused_columns=False, report_to=[], save_strategy="no",
            logging_strategy="no", disable_tqdm=True,
        )  # fmt: skip
        model = Peer(from_base(config.base or base_folder()))
        trainer = transformers.Trainer(model, settings, data_collator=collate, train_dataset=_Dataset(rows))
        trainer.remove_callback(transformers.trainer_callback.PrinterCallback)
        return timed(trainer.train, len(rows))


class _Dataset(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """Rows by number, and the column of lengths that grouping asks for."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.column_names = list(rows[0])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: Any) -> Any:
        return [row[key] for row in self.rows] if isinstance(key, str) else self.rows[key]


def measure(config: TrainConfig, rows: int, repeats: int) -> dict[str, list[Speed]]:
    """The speed of each, by name, turn by turn; a short pass of each warms up and is not counted."""
    splits, few = sample(config, rows), sample(config, config.batch * 2)
    ways: dict[str, Callable[[dict[str, Rows]], Speed]] = {OURS: lambda some: ours(config, some)}
    ways |= {name: lambda some, how=how: peer(config, some, how) for name, how in PEERS.items()}  # type: ignore[misc]
    for way in ways.values():
        way(few)
    found: dict[str, list[Speed]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            found[name].append(way(splits))
    return found


def told(found: dict[str, list[Speed]]) -> dict[str, Any]:
    """By the clock and by CPU time: medians, every turn, and how many times as fast ours is in the median of the turns
    and in each."""
    return {
        kind: _one_kind({name: [getattr(s, kind) for s in each] for name, each in found.items()})
        for kind in Speed._fields
    } | {"machine": f"{platform.machine()}, {torch.get_num_threads()} torch threads"}


def _one_kind(found: dict[str, list[float]]) -> dict[str, Any]:
    ratios = {name: [round(a / b, 2) for a, b in zip(found[OURS], found[name], strict=True)] for name in PEERS}
    return {
        "rows_s": {name: float(np.median(rates)) for name, rates in found.items()},
        "every_turn": found,
        "times_as_fast": {name: float(np.median(each)) for name, each in ratios.items()},
        "times_every_turn": ratios,
    }


def main() -> None:
    """The command line: JSON on standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--data", type=Path, help="folder of the rows, in the place of the configured one")
    parser.add_argument("--rows", type=int, default=1536)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0 takes its own choice")
    options = parser.parse_args()
    with cluster.one_line():
        # What only ours can do (averaged weights, own rates for the head) is off on both sides.
        same = {"ema": 0.0, "bf16": False, "epochs": 1, "journal": [], "init": None, "threads": options.threads}
        same |= {"goemotions": options.data} if options.data else {}
        config = read_config(options.config).model_copy(update=same)
        print(json.dumps(told(measure(config, options.rows, options.repeats)), indent=1))


if __name__ == "__main__":
    main()
