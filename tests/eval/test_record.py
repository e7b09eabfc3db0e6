"""What MLflow knows of evaluations and experiments, on a real SQLite store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval import record
from eval.cells import Cell
from finetune import track

pytestmark = pytest.mark.timeout(300)
TOLD: dict[str, Any] = {
    "model": {"folder": "models/emotion", "version": "e1"},
    "source": "rows.tsv",
    "broken_rows": 2,
    "rows_a_second": 500.0,
    "overall": {"rows": 58, "macro_f1": 0.5, "macro_f1_interval_95": [0.4, 0.6], "silent": None},
    "labels": {"joy": {"rows": 3, "precision": 1.0, "recall": 0.5, "f1": 0.667}},
    "slices": {"short, up to 10 words": {"rows": 58, "micro_f1": 0.6, "silent": None}},
    "against": {"version": "e0", "macro_f1": {"difference": 0.01, "interval_95": [-0.1, 0.1], "clear": False}},
    "safety": {"passed": True, "said": ["fine"]},
}
ROW = {"entries": 40, "pass_rate": 0.9, "faithfulness": 0.8}


def test_every_number_has_a_name_that_mlflow_takes_and_missing_ones_are_left_out() -> None:
    found = record.figures(TOLD)
    assert found["slice.short_up_to_10_words.micro_f1"] == 0.6 and found["label.joy.f1"] == 0.667
    assert found["against.macro_f1.difference"] == 0.01 and found["macro_f1_low"] == 0.4 and found["safety_passed"] == 1
    assert not any("silent" in name for name in found)


def test_an_evaluation_is_a_run_with_its_figures_and_its_report(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    for name in (*record.REPORTS, "rows.parquet", "broken.jsonl"):
        (tmp_path / name).write_text("x")
    run = record.evaluation(tmp_path, TOLD, uri)
    assert run
    kept = track.client(uri).get_run(run)
    assert kept.info.run_name == "e1" and kept.info.status == "FINISHED" and kept.data.params["source"] == "rows.tsv"
    assert kept.data.metrics["macro_f1"] == 0.5 and kept.data.tags["against"] == "e0"
    files = {file.path for file in track.client(uri).list_artifacts(run)}
    assert files == set(record.REPORTS), "texts are not sent along"
    assert record.evaluation(tmp_path, TOLD, uri) != run, "a second evaluation is a run of its own"
    [experiment] = track.client(uri).search_experiments(filter_string=f"name = '{record.EVALUATIONS}'")
    assert len(track.client(uri).search_runs([experiment.experiment_id])) == 2


def test_an_experiment_is_a_parent_with_a_child_a_cell_and_prompts_are_copied_once(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    cells = [Cell("v1", "default", True), Cell("v2", "default", False)]
    for name in ("report.md", "report.svg"):
        (tmp_path / name).write_text("x")
    for _ in range(2):
        parent = record.experiment(tmp_path, cells, {c.name: ROW for c in cells}, {"winner": cells[0].name}, uri)
    server = track.client(uri)
    [experiment] = server.search_experiments(filter_string=f"name = '{record.EXPERIMENTS}'")
    children = server.search_runs([experiment.experiment_id], f"tags.`mlflow.parentRunId` = '{parent}'")
    assert {run.info.run_name for run in children} == {cell.name for cell in cells}
    assert {run.data.metrics["pass_rate"] for run in children} == {0.9}
    assert {file.path for file in server.list_artifacts(parent)} == {"report.md", "report.svg"}
    copied = server.load_prompt(f"{record.PROMPT}-v2")
    assert copied.version == 1 and copied.template == record.template("v2")
    assert copied.template[-1]["content"].count("{{entry}}") == 1 and len(copied.template) > 2


def test_a_changed_prompt_is_a_new_version(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    assert [track.register_prompt("p", [{"role": "system", "content": t}], uri) for t in "aab"] == [1, 1, 2]


def test_a_server_that_is_away_costs_the_record_only(tmp_path: Path) -> None:
    assert record.evaluation(tmp_path, TOLD, "http://127.0.0.1:9") is None
    cell = Cell("v1", "default", True)
    assert record.experiment(tmp_path, [cell], {cell.name: ROW}, {"winner": cell.name}, "http://127.0.0.1:9") is None
