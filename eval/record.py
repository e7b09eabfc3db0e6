"""What an evaluation or a prompt experiment leaves in MLflow: figures and reports, never a text that somebody wrote.

A server that does not answer costs nothing but the record: see `finetune.track`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.domain import Reading
from agent.prompts import version
from eval.cells import Cell
from finetune.track import Tracker, register_prompt

EVALUATIONS = "discovery-evaluation"
EXPERIMENTS = "discovery-prompts"
PROMPT = "discovery-explanation"
REPORTS = ("report.json", "report.html", "report.md")


def figures(told: Mapping[str, Any]) -> dict[str, float]:
    """Every number of a report under a name of its own, such as `label.joy.f1`; those without a value are left out."""
    found: dict[str, float] = {k: told[k] for k in ("broken_rows", "rows_a_second") if k in told}
    found |= {k: v for k, v in told["overall"].items() if isinstance(v, int | float)}
    low, high = told["overall"].get("macro_f1_interval_95", (None, None))
    found |= {"macro_f1_low": low, "macro_f1_high": high}
    for part, short in (("labels", "label"), ("slices", "slice"), ("explanations", "explanation"),
                        ("suggestions", "suggestion")):  # fmt: skip
        for name, row in told.get(part, {}).items():
            values = row.items() if isinstance(row, Mapping) else [("", row)]
            found |= {f"{short}.{_plain(name)}{'.' if k else ''}{_plain(k)}": v for k, v in values}
    for name, row in told.get("against", {}).items():
        if isinstance(row, Mapping):
            found[f"against.{_plain(name)}.difference"] = row["difference"]
    if "safety" in told:
        found["safety_passed"] = float(told["safety"]["passed"])
    return {k: float(v) for k, v in found.items() if isinstance(v, int | float)}


def _plain(name: str) -> str:
    # MLflow takes letters, digits and a few signs; a comma of a slice's name is none of them.
    return "".join(c if c.isalnum() or c in "_-." else "_" for c in str(name)).replace("__", "_")


def evaluation(folder: Path, told: Mapping[str, Any], uri: str) -> str | None:
    """Records the report in `folder`; the id of its run, or None where it could not be sent."""
    tracker = Tracker(folder / "mlflow" / _stamp(), uri)
    tracker.note(
        "begin",
        experiment=EVALUATIONS,
        run=told["model"]["version"],
        params={"model": told["model"]["version"], "source": told.get("source", ""), "rows": told["overall"]["rows"]},
        tags={"kind": "evaluation", "against": told.get("against", {}).get("version", "")},
    )
    tracker.note("metrics", step=0, values=figures(told))
    for name in REPORTS:
        tracker.note("file", path=str((folder / name).resolve()))
    tracker.note("end")
    return _run(tracker)


def experiment(
    folder: Path, cells: Sequence[Cell], found: Mapping[str, Mapping[str, float]], told: Mapping[str, Any], uri: str
) -> str | None:
    """Records a matrix: a parent with the table and the chart in `folder`, one child a cell, a copy of every prompt.

    `found` are the figures of each cell by its name, `told` says who won. Returns the id of the parent, or None where
    it could not be sent: then nothing else is, and the same command with its rows kept sends it all later.
    """
    base = folder / "mlflow" / _stamp()
    parent = Tracker(base / "parent", uri)
    params = {"cells": len(cells), "entries": max(int(row["entries"]) for row in found.values())}
    tags = {"kind": "prompts", **{name: json.dumps(value) for name, value in told.items()}}
    parent.note("begin", experiment=EXPERIMENTS, run=f"{len(cells)} cells", params=params, tags=tags)
    run = _run(parent)
    if run is None:
        return None
    for cell in cells:
        child = Tracker(base / cell.name, uri)
        tags = {"mlflow.parentRunId": run, "kind": "cell"}
        child.note("begin", experiment=EXPERIMENTS, run=cell.name, params=asdict(cell), tags=tags)
        child.note("metrics", step=0, values=dict(found[cell.name]))
        child.note("end")
    for name in ("report.md", "report.svg"):
        parent.note("file", path=str((folder / name).resolve()))
    parent.note("end")
    for name in sorted({cell.prompt for cell in cells}):
        register_prompt(f"{PROMPT}-{name}", template(name), uri)
    return run


def template(name: str) -> list[dict[str, str]]:
    """A prompt as the registry keeps it: its fixed messages, and where an entry and what was found in it go."""
    nothing = Reading(emotions=(), model="none", windows=1)
    fixed: list[dict[str, str]] = version(name).messages("", (), nothing)[:-1]
    return [*fixed, {"role": "user", "content": "Entry: {{entry}}\nFound: {{found}}"}]


def _run(tracker: Tracker) -> str | None:
    run = tracker.state()["run"]
    return str(run) if run else None


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
