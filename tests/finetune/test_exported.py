"""An export is told: figures and plots in the run's record and in MLflow, the model as the challenger, no pickle."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from finetune import export as module
from finetune import exported, track
from finetune.train import TrainConfig, train
from reader.card import load_card

pytestmark = pytest.mark.timeout(300)


def test_figures_by_name() -> None:
    metrics = {
        "threshold_shrinkage": 25.0,
        "dev": {"macro_f1": 0.5, "ece": 0.1, "f1": {"joy": 1.0}},
        "parity": {"rows": 3, "int8": {"most": 0.2}},
    }
    assert exported.told_figures(metrics) == {"dev_macro_f1": 0.5, "dev_ece": 0.1, "parity_int8_most": 0.2}


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["export", *map(str, arguments)])
    module.main()


def test_the_command_calibrates_measures_parity_and_offers_a_challenger(
    tiny: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    config = tiny.model_copy(update={"track": uri})
    (tmp_path / "train.yaml").write_text(config.model_dump_json())
    arguments = ("--config", tmp_path / "train.yaml", "--output", tmp_path / "model")
    with pytest.raises(SystemExit) as untrained:
        call(monkeypatch, *arguments)
    assert untrained.value.code == 2
    train(config)
    call(monkeypatch, *arguments)
    card = load_card(tmp_path / "model")
    assert card.metrics["parity"]["onnx_fp32"]["most"] < 1e-4
    assert {p.name for p in (tmp_path / "model").iterdir()} == {
        "model.onnx", "tokenizer.json", "card.json", "README.md", "calibration.svg",
    }  # fmt: skip
    server = track.client(uri)
    [version] = server.search_model_versions(f"name = '{track.MODEL}'")
    assert server.get_registered_model(track.MODEL).aliases == {"challenger": version.version}
    run = server.get_run(track.Tracker(config.output, uri).state()["run"])
    assert version.run_id == run.info.run_id
    assert run.data.metrics["test_macro_f1"] == card.metrics["test"]["macro_f1"]
    assert {a.path for a in server.list_artifacts(run.info.run_id, "plots")} == {
        "plots/curve.png", "plots/reliability.png",
    }  # fmt: skip
    assert not [p for p in (tmp_path / "mlartifacts").rglob("*") if p.suffix in (".pkl", ".pickle", ".pt")]

    caplog.set_level(logging.WARNING, logger="discovery.finetune")
    call(monkeypatch, *arguments, "--track", "http://127.0.0.1:9")  # away: the folder is written, and the way is told
    said = [r.getMessage() for r in caplog.records]
    assert any(f"python -m finetune.track register {tmp_path / 'model'} --uri http://127.0.0.1:9" in s for s in said)
    assert not [s for s in said if "\n" in s] and load_card(tmp_path / "model").version == card.version
