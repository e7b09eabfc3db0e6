"""`dvc repro` on a few rows: every stage runs once, nothing runs again, and a changed setting runs what it touches."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from finetune.train import TrainConfig
from tests.finetune.conftest import write_base, write_splits

ROOT = Path(__file__).parents[2]
STAGES = ["ingest", "data-test", "train", "export", "evaluate"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's stages and code, with configurations for 72 rows and a tiny encoder."""
    folder = tmp_path / "project"
    for part in ("agent", "reader", "finetune", "eval"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "dvc.yaml", folder / "dvc.yaml")
    write_splits(tmp_path / "raw")
    (folder / "configs").mkdir()
    write(folder, "stages", {"share": 1.0, "folder": "runs"})
    write(folder, "data", {"rows": {"train": [20, 30]}})
    write(folder, "eval", {"source": "given by the stage", "safety": False, "threads": 1})
    train = {
        "goemotions": "../raw", "rules": "configs/data.yaml", "base": str(write_base(tmp_path)),
        "output": "runs/emotion", "epochs": 1, "batch": 8, "seed": 13,
    }  # fmt: skip
    write(folder, "train", train)
    dvc(folder, "init", "--no-scm", "-q")
    return folder


def write(folder: Path, name: str, value: dict[str, object]) -> None:
    (folder / "configs" / f"{name}.yaml").write_text(yaml.safe_dump(value))


def dvc(folder: Path, *words: str) -> str:
    """Runs dvc in the project, on its own copy of the code."""
    own = {
        "DVC_NO_ANALYTICS": "1",
        "PYTHONPATH": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "dvc", *words]
    done = subprocess.run(command, cwd=folder, env=os.environ | own, capture_output=True, text=True, timeout=550)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ran(said: str) -> list[str]:
    return [stage for stage in STAGES if f"Running stage '{stage}'" in said]


@pytest.mark.e2e
@pytest.mark.timeout(900)
def test_from_rows_to_a_judged_model_once_and_again_where_something_changed(project: Path) -> None:
    assert ran(dvc(project, "repro")) == STAGES
    first = json.loads((project / "runs/model/card.json").read_text())
    report = json.loads((project / "runs/eval/report.json").read_text())
    assert first["data"]["rows"] == {"train": 24, "dev": 24, "test": 24} and report["overall"]["rows"] == 24
    weights = (project / "runs/emotion/weights.pt").read_bytes()
    assert ran(dvc(project, "repro")) == []
    settings = yaml.safe_load((project / "configs/train.yaml").read_text())
    write(project, "train", settings | {"lr_head": 0.05})
    assert ran(dvc(project, "repro", "train")) == ["train"]  # the rows are as they were
    assert (project / "runs/emotion/weights.pt").read_bytes() != weights
    write(project, "train", settings)
    assert ran(dvc(project, "repro")) == []  # what it gave before is in the cache
    assert (project / "runs/emotion/weights.pt").read_bytes() == weights


def test_every_stage_names_files_that_are_there_and_takes_its_settings_from_configs() -> None:
    TrainConfig.model_validate(yaml.safe_load((ROOT / "configs/train.yaml").read_text()))
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    assert list(stages) == STAGES
    code = [dep for stage in stages.values() for dep in stage["deps"] if not dep.startswith("$")]
    assert code and all((ROOT / dep).is_file() for dep in code)
    assert all("configs/" in json.dumps(stage) for stage in stages.values())
