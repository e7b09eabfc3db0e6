"""Training on a handful of rows: it learns, it stops and goes on, and the export is what was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from finetune import metrics
from finetune.export import export
from finetune.train import TrainConfig, length_sorted_batches, pad, train
from reader.emotion import EmotionClassifier

ROWS = [("Thank you so much for this!", 15), ("I am so scared of tomorrow.", 14), ("The bus came at nine.", 27)]


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    lines = [f"{text} {n}\t{label}\tx\n" for n in range(8) for text, label in ROWS]
    for split, some in (("train", lines), ("dev", [ln.replace(" ", "  ", 1).replace("x", "d") for ln in lines])):
        (tmp_path / f"{split}.tsv").write_text("".join(some if split == "train" else [f"So {ln}" for ln in some]))
    (tmp_path / "test.tsv").write_text("".join(f"Well {ln}" for ln in lines))
    return TrainConfig(goemotions=tmp_path, output=tmp_path / "run", epochs=2, batch=4, lr_encoder=5e-5, ema=0.5)


def test_batches_hold_every_row_once_and_rows_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(5, 60, 103)
    batches = length_sorted_batches(lengths, 8, np.random.default_rng(1))
    assert sorted(np.concatenate(batches)) == list(range(103))
    assert np.mean([np.ptp(lengths[b]) for b in batches]) < 8


def test_padding() -> None:
    ids, mask = pad([[1, 2, 3], [4]])
    assert ids.tolist() == [[1, 2, 3], [4, 0, 0]] and mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="epoch"):
        TrainConfig.model_validate({"epoch": 3})


@pytest.mark.timeout(300)
def test_a_stopped_run_goes_on_to_the_same_weights_and_exports(config: TrainConfig, tmp_path: Path) -> None:
    whole = torch.load(train(config) / "weights.pt", weights_only=True)
    halves = config.model_copy(update={"output": tmp_path / "halves"})

    class Killed(Exception):
        pass

    from finetune import train as module

    original = module.dev_figures

    def dies(trainer: module.Trainer) -> dict[str, float]:
        if trainer.epoch == 1:
            raise Killed
        return original(trainer)

    module.dev_figures = dies
    try:
        with pytest.raises(Killed):
            train(halves)
    finally:
        module.dev_figures = original
    resumed = torch.load(train(halves) / "weights.pt", weights_only=True)
    assert all(torch.allclose(whole[name], resumed[name], atol=1e-5) for name in whole)

    card = export(config, tmp_path / "model")
    assert card["metrics"]["dev"]["rows"] == 24
    [reading] = EmotionClassifier(tmp_path / "model").read(["Thank you so much for this! 3"])
    assert len(reading.probabilities) == 28
    assert metrics.sigmoid(np.zeros(1)) == 0.5
