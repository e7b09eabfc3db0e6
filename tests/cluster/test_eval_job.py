"""Batch evaluation as a job of a running cluster: `ray job submit -- python -m eval.batch`, and its exit codes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cluster.test_job import RAY, ROOT, dashboard, environment  # noqa: F401 - the cluster is a fixture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def submit(url: str, *words: str) -> tuple[int, str]:
    command = [*RAY, "job", "submit", "--address", url, "--", "python", "-m", "eval.batch", *words]
    done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=400)
    return done.returncode, done.stdout + done.stderr


def test_a_job_leaves_its_report_and_one_with_bad_input_says_why(dashboard: str, tmp_path: Path) -> None:  # noqa: F811
    rows = tmp_path / "rows.jsonl"
    texts = [("Thank you so much for this!", "gratitude"), ("I am scared of tomorrow.", "fear")] * 20
    lines = [json.dumps({"text": text, "labels": label}) for text, label in texts]
    rows.write_text("\n".join([*lines, "{broken"]) + "\n")
    config = tmp_path / "eval.yaml"
    given = {"model": ROOT / "models" / "emotion", "source": rows, "output": tmp_path / "out"}
    words = [f"{name}: {value}" for name, value in given.items()]
    config.write_text("\n".join([*words, "threads: 1", "safety: false"]) + "\n")
    code, said = submit(dashboard, "--config", str(config))
    assert code == 0 and "succeeded" in said and "40 rows (1 broken)" in said, said
    assert json.loads((tmp_path / "out" / "report.json").read_text())["labels"]["gratitude"]["f1"] > 0.9

    code, said = submit(dashboard, "--config", str(config), "--source", str(tmp_path / "nowhere.tsv"))
    assert code == 1 and "nowhere.tsv: expected rows to evaluate" in said and "exit code 2" in said
    assert "Traceback" not in said
