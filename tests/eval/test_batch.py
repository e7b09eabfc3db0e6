"""Batch evaluation on real Ray Data with the real model: the report, broken rows, a killed reader, another model."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import ray

from agent.config import ROOT
from eval import judged
from eval.batch import EvalConfig, evaluate, main, read
from eval.record import EVALUATIONS
from finetune import cluster
from finetune.dataset import DataError
from finetune.track import client

pytestmark = pytest.mark.timeout(300)
MODEL = ROOT / "models" / "emotion"
TEXTS = [("Thank you so much for this!", "gratitude"), ("I am scared of tomorrow.", "fear"), ("Bus at nine.", "27")]


@pytest.fixture(scope="module", autouse=True)
def on_ray() -> Iterator[None]:
    with cluster.started(3):
        yield


def rows(path: Path, times: int, broken: bool = False) -> Path:
    lines = [json.dumps({"text": f"{text} {n}", "labels": label}) for n in range(times) for text, label in TEXTS]
    if broken:
        lines[4] = '{"text": "half a row'
        lines[7] = '{"text": "x", "labels": "glee"}'
    path.write_text("\n".join(lines) + "\n")
    return path


def config(tmp_path: Path, source: Path, **more: object) -> EvalConfig:
    given = {"model": MODEL, "source": str(source), "output": tmp_path / "out", "threads": 1, "safety": False}
    return EvalConfig.model_validate(given | more)


def test_a_report_in_three_forms_and_broken_rows_apart(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    told = evaluate(
        config(tmp_path, rows(tmp_path / "rows.jsonl", 20, broken=True), track=uri, explanations={"rows": 4})
    )
    assert told["overall"]["rows"] == 58 and told["broken_rows"] == 2
    assert told["labels"]["gratitude"]["f1"] > 0.9 and told["slices"]["short, up to 10 words"]["rows"] == 58
    broken = [json.loads(line) for line in (tmp_path / "out" / "broken.jsonl").read_text().splitlines()]
    assert sorted(row["row"] for row in broken) == [5, 8] and "glee" in broken[1]["why"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<svg" in page and "http" not in page.replace("http://www.w3.org", "")
    assert "| gratitude |" in (tmp_path / "out" / "report.md").read_text()
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == told
    assert (
        told["explanations"]["our checks"]["sentences_true"] == 1.0 and told["explanations"]["explainer"]["rows"] == 4
    )
    assert "Explanations: ragas, offline" in page
    [experiment] = client(uri).search_experiments(filter_string=f"name = '{EVALUATIONS}'")
    [run] = client(uri).search_runs([experiment.experiment_id])
    assert run.data.metrics["label.gratitude.f1"] == told["labels"]["gratitude"]["f1"]


def test_a_reader_that_is_killed_costs_its_block_only(tmp_path: Path) -> None:
    setup = config(tmp_path, rows(tmp_path / "rows.jsonl", 700), batch=64)
    killed: list[int] = []

    def kill() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end and not killed:
            for process in psutil.process_iter(["name", "cmdline"]):
                if "MapWorker" in " ".join(process.info["cmdline"] or []) and process.cpu_times().user > 0.5:
                    os.kill(process.pid, signal.SIGKILL)
                    killed.append(process.pid)
                    return
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    sink = read(setup)
    killer.join()
    assert killed, "no reader was there to be killed"
    assert sink.rows == 2100 and list(judged.load(setup.output).rows) == list(range(1, 2101))


def test_another_run_is_compared_row_by_row(tmp_path: Path) -> None:
    source = rows(tmp_path / "rows.jsonl", 10)
    first = config(tmp_path, source)
    evaluate(first)
    second = first.model_copy(update={"output": tmp_path / "second"})
    told = evaluate(second, against=first.output)
    assert told["against"]["macro_f1"] == {"difference": 0.0, "interval_95": [0.0, 0.0], "clear": False}
    other = evaluate(config(tmp_path, rows(tmp_path / "other.jsonl", 5), output=tmp_path / "third"))
    assert other["overall"]["rows"] == 15
    with pytest.raises(DataError, match="expected the same 30 rows, found 15"):
        evaluate(second, against=tmp_path / "third")


def test_what_cannot_be_used_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: object) -> None:
    (tmp_path / "eval.yaml").write_text(f"source: {tmp_path}/nowhere.tsv\nmodel: {MODEL}\noutput: {tmp_path}/out\n")
    monkeypatch.setattr("sys.argv", ["eval.batch", "--config", str(tmp_path / "eval.yaml")])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    error = capsys.readouterr().err  # type: ignore[attr-defined]
    assert error.count("\n") == 1 and "nowhere.tsv: expected rows to evaluate" in error
    assert ray.is_initialized()
