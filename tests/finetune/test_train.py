"""Training on a handful of rows: it learns, it stops and goes on, and the export is what was trained."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from finetune import loop, metrics
from finetune.dataset import DataError, load
from finetune.export import export
from finetune.progress import Meter, Shared, State
from finetune.track import Tracker
from finetune.train import TrainConfig, Trainer, length_sorted_batches, pad, share, train
from reader.emotion import EmotionClassifier
from tests.finetune.conftest import write_splits


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    return TrainConfig(
        goemotions=write_splits(tmp_path / "raw"), output=tmp_path / "run", epochs=1, batch=8, lr_encoder=5e-5, ema=0.5
    )


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


KILLED = """
import os, pathlib, signal, sys
from finetune import loop, quality, train
from finetune.progress import Display
quality.passed_before = lambda *_: True
def show(self, state):
    if state.step == 9:
        os.kill(os.getpid(), signal.SIGKILL)
Display.show = show
train.train(train.read_config(pathlib.Path(sys.argv[1])))
"""


@pytest.mark.timeout(300)
def test_a_killed_run_goes_on_with_the_same_batches(tiny: TrainConfig, tmp_path: Path) -> None:
    whole = torch.load(train(tiny) / "weights.pt", weights_only=True)
    cut = tiny.model_copy(update={"output": tmp_path / "cut", "checkpoint_steps": 2})
    (tmp_path / "cut.yaml").write_text(cut.model_dump_json())
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "cut.yaml")], capture_output=True)
    assert done.returncode == -signal.SIGKILL
    state = torch.load(cut.output / "checkpoint.pt", weights_only=True)
    assert (state["epoch"], state["step"]) == (1, 2)  # killed in step 9 of 12; what step 8 left was on disk
    resumed = torch.load(train(cut) / "weights.pt", weights_only=True)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    rows = json.loads((cut.output / "history.json").read_text())
    assert rows == json.loads((tiny.output / "history.json").read_text()) and [r["epoch"] for r in rows] == [1, 2]


def test_a_stop_within_an_epoch_costs_nothing_but_time(tiny: TrainConfig, tmp_path: Path) -> None:
    splits = load(tiny.goemotions)
    trainer = Trainer(tiny, splits)
    whole = trainer.run_epoch(lambda rows, loss: None)

    class Stopped(Exception):
        pass

    first = Trainer(tiny, splits)

    def stops(rows: int, loss: float) -> None:
        if first.step == 4:
            first.save(tmp_path)
            raise Stopped

    with pytest.raises(Stopped):
        first.run_epoch(stops)
    second = Trainer(tiny, splits)
    second.resume(tmp_path)
    seen: list[int] = []
    assert second.run_epoch(lambda rows, loss: seen.append(rows)) == pytest.approx(whole)
    assert sum(seen) == 8
    theirs = trainer.averaged().state_dict()
    assert all(torch.equal(value, theirs[name]) for name, value in second.averaged().state_dict().items())


def test_a_checkpoint_of_another_recipe_is_refused(tiny: TrainConfig, tmp_path: Path) -> None:
    splits = load(tiny.goemotions)
    Trainer(tiny, splits).save(tmp_path)
    other = Trainer(tiny.model_copy(update={"seed": 5, "workers": 2}), splits)
    with pytest.raises(DataError, match=r"another recipe \(seed: 13 there, 5 here\)"):
        other.resume(tmp_path)


def test_a_full_disk_is_told_and_the_run_goes_on(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tiny.output.mkdir()
    trainer, write = Trainer(tiny, load(tiny.goemotions)), torch.save

    def full(value: object, path: Path) -> None:
        if "checkpoint" in str(path):
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        write(value, path)

    monkeypatch.setattr(torch, "save", full)
    loop.run(trainer, lambda state: None, Tracker(tiny.output, None))
    assert "checkpoint.pt was not written" in caplog.text and "No space left" in caplog.text
    assert (tiny.output / "weights.pt").exists() and not (tiny.output / "checkpoint.pt.new").exists()


def test_early_stop_keeps_the_best_epoch(tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = iter([0.3, 0.5, 0.4, 0.4, 0.9])
    monkeypatch.setattr(loop, "dev_figures", lambda trainer: {"macro_f1": next(scores), "micro_f1": 0.0})
    config = tiny.model_copy(update={"epochs": 5, "patience": 2})
    trainer = Trainer(config, load(config.goemotions))
    loop.run(trainer, lambda state: None, Tracker(config.output, None))
    assert len(trainer.history) == 4 and next(scores) == 0.9
    assert not (config.output / "weights-2.pt").exists() and (config.output / "weights-4.pt").exists()


def test_shares_and_rates(tiny: TrainConfig) -> None:
    assert [share(np.arange(7), rank, 2).tolist() for rank in (0, 1)] == [[0, 1, 2, 3], [4, 5, 6]]
    assert share(np.arange(1), 1, 2).tolist() == [0]
    groups = Trainer(tiny.model_copy(update={"layer_decay": 0.5}), load(tiny.goemotions)).optimiser.param_groups
    assert [g["initial_lr"] for g in groups] == [1.2e-4, 0.6e-4, 1e-3]  # the one layer, the embeddings, the head


def test_progress_knows_speed_and_time_left(tmp_path: Path) -> None:
    meter = Meter(steps=10, done=4)
    speed, left = meter.count(32)
    assert speed > 0 and left > 0 and meter.step == 5
    shared = Shared(tmp_path)
    assert shared.read() is None
    shared.show(State(1, 2, 10, 10, 0.25, 120.0, 200.0))
    assert str(shared.read()) == "epoch 1/2 step 10/10 loss 0.2500 120 rows/s 3 min left"


@pytest.mark.timeout(300)
def test_a_trained_model_is_exported(config: TrainConfig, tmp_path: Path) -> None:
    train(config)
    card = export(config, tmp_path / "model")
    assert card["metrics"]["dev"]["rows"] == 24
    [reading] = EmotionClassifier(tmp_path / "model").read(["Thank you so much for this! 3"])
    assert len(reading.probabilities) == 28
    assert metrics.sigmoid(np.zeros(1)) == 0.5


def test_what_is_kept_is_blended_with_where_it_started(tiny: TrainConfig, tmp_path: Path) -> None:
    first = train(tiny.model_copy(update={"output": tmp_path / "first"})) / "weights.pt"
    go_on = {"init": first, "epochs": 1, "seed": 5}
    whole, half = (
        torch.load(
            train(tiny.model_copy(update=go_on | {"output": tmp_path / str(blend), "blend": blend})) / "weights.pt",
            weights_only=True,
        )
        for blend in (1.0, 0.5)
    )
    origin = torch.load(first, weights_only=True)
    name = "head.weight"
    assert not torch.equal(origin[name], whole[name])
    assert torch.allclose(half[name], (origin[name] + whole[name]) / 2, atol=1e-6)
