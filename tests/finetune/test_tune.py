"""The search: settings are checked, two trials run on real Ray, and one that was stopped goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import yaml
from pydantic import ValidationError

from finetune import tune
from finetune.dataset import DataError
from finetune.train import TrainConfig, read_config
from finetune.tune import TuneConfig, base_run, search

ROOT = Path(__file__).parents[2]
SPACE = {"lr_head": {"low": 1e-3, "high": 1e-2, "log": True}, "batch": {"choices": [4, 8]}}


def config_of(tiny: TrainConfig, folder: Path, **more: object) -> TuneConfig:
    (folder / "train.yaml").write_text(tiny.model_dump_json())
    given = {"train": folder / "train.yaml", "output": folder / "tune", "samples": 2, "share": 0.5, "epochs": 2}
    return TuneConfig.model_validate({**given, "space": SPACE, **more})


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({"speed": {"low": 1, "high": 2}}, r"expected keys of a training run, found \['speed'\]"),
        ({"batch": {"low": 1}}, "expected low and high, or choices"),
        ({"batch": {"low": 1, "high": 2, "choices": [1]}}, "expected low and high, or choices"),
        ({"ema": {"low": 0.9, "high": 0.5}}, "expected low below high"),
        ({}, "at least 1"),
    ],
)
def test_settings_that_cannot_be_searched_are_refused(space: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        TuneConfig.model_validate({"space": space})


def test_the_shipped_configuration_is_valid_and_shares_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config = TuneConfig.model_validate(yaml.safe_load(Path("configs/tune.yaml").read_text()))
    run = base_run(config)
    assert (config.samples, config.share, run["threads"], run["workers"]) == (8, 0.2, config.cpus, 0)
    assert Path(run["rules"]).is_absolute() and run["track"].startswith("sqlite:////")


def test_a_folder_of_another_search_is_refused(tiny: TrainConfig, tmp_path: Path) -> None:
    config = config_of(tiny, tmp_path)
    tune._same_search(config, base_run(config))
    tune._same_search(config, base_run(config))
    other = config.model_copy(update={"seed": 5})
    with pytest.raises(DataError, match=r"another search \(other: seed\)"):
        tune._same_search(other, base_run(other))


@pytest.mark.e2e
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("ray_here")
def test_two_trials_run_and_the_best_is_a_configuration(tiny: TrainConfig, tmp_path: Path) -> None:
    config = config_of(tiny, tmp_path)
    trials = search(config)
    assert len(trials) == 2 and trials[0]["macro_f1"] >= trials[1]["macro_f1"]
    assert {trial["epoch"] for trial in trials} <= {1, 2} and all(1e-3 <= t["lr_head"] <= 1e-2 for t in trials)
    assert json.loads((config.output / "trials.json").read_text()) == trials
    best = read_config(config.output / "best.yaml")
    assert best.lr_head == trials[0]["lr_head"] and best.goemotions == tiny.goemotions and best.output == tiny.output
    assert [p.parent.name for p in (config.output / "trials").glob("*/*.pt")] <= [trials[0]["trial"]]
    assert search(config) == trials  # finished: nothing runs again


@pytest.mark.e2e
@pytest.mark.timeout(600)
def test_a_search_that_was_stopped_goes_on_with_the_same_command(tiny: TrainConfig, tmp_path: Path) -> None:
    long = tiny.model_copy(update={"epochs": 60, "checkpoint_steps": 5})
    config = config_of(long, tmp_path, epochs=60, grace=60, share=1.0, space={"lr_head": SPACE["lr_head"]})
    (tmp_path / "tune.yaml").write_text(config.model_dump_json())
    command = [sys.executable, "-m", "finetune.tune", "--config", str(tmp_path / "tune.yaml")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert first.stdout
    seen: list[str] = []
    while len([line for line in seen if "epoch" in line]) < 4 and (line := first.stdout.readline()):
        seen.append(line)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=120)
    assert first.returncode == 130 and "The same command goes on" in said, said
    left = {p.parent.name: torch.load(p, weights_only=True) for p in config.output.glob("trials/*/checkpoint.pt")}
    assert left and all(0 < state["epoch"] < 60 or state["step"] for state in left.values())
    before = time.time()
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert second.returncode == 0 and "going on with the search" in second.stdout, second.stderr
    trials = json.loads((config.output / "trials.json").read_text())
    assert [trial["epoch"] for trial in trials] == [60, 60] and set(left) <= {trial["trial"] for trial in trials}
    for trial in left:  # begun once, and no epoch was learned twice
        folder = config.output / "trials" / trial
        lines = [json.loads(line) for line in (folder / "track.jsonl").read_text().splitlines()]
        assert sum(line["kind"] == "begin" for line in lines) == 1
        judged = [line["step"] for line in lines if "dev_macro_f1" in line.get("values", {})]
        assert len(judged) == len(set(judged)) and 59 <= len(judged) <= 60
        assert (folder / "track.jsonl").stat().st_mtime > before
