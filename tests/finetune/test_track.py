"""The record of a run: whole in its folder, sent as far as a server takes it, sent later where it was away."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from finetune import track
from finetune.track import Tracker

pytestmark = pytest.mark.timeout(300)


def begun(folder: Path, uri: str | None) -> Tracker:
    tracker = Tracker(folder, uri)
    tracker.note("begin", params={"seed": 13}, tags={"git_commit": "abc", "data_sha256": "d"})
    for step in (1, 2, 3):
        tracker.note("metrics", step=step, values={"loss": 1 / step})
    (folder / "history.json").write_text("[]")
    tracker.note("file", path=str(folder / "history.json"))
    return tracker


def test_a_server_that_is_away_costs_a_run_nothing_and_gets_all_of_it_later(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.WARNING, logger="discovery.finetune")
    tracker = begun(tmp_path / "run", "http://127.0.0.1:9")
    tracker.note("end")
    [said] = [r.getMessage() for r in caplog.records if "MLflow" in r.getMessage()]
    assert f"python -m finetune.track sync {tmp_path / 'run'}" in said and "\n" not in said
    assert tracker.state()["sent"] == 0

    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setattr(sys, "argv", ["track", "sync", str(tmp_path / "run"), "--uri", uri])
    with pytest.raises(SystemExit) as done:
        track.main()
    assert done.value.code == 0 and "sent: 6 lines" in capsys.readouterr().out
    state = Tracker(tmp_path / "run", uri).state()
    run = track.client(uri).get_run(state["run"])
    assert run.data.params["seed"] == "13" and run.data.tags["git_commit"] == "abc" and run.info.status == "FINISHED"
    assert [m.step for m in track.client(uri).get_metric_history(state["run"], "loss")] == [1, 2, 3]
    assert [a.path for a in track.client(uri).list_artifacts(state["run"])] == ["history.json"]

    again = Tracker(tmp_path / "run", uri)  # a run that goes on sends what is new, and only that
    again.note("metrics", step=4, values={"loss": 0.1})
    assert [m.step for m in track.client(uri).get_metric_history(state["run"], "loss")] == [1, 2, 3, 4]


def test_without_a_server_the_record_is_whole_in_the_folder(tmp_path: Path) -> None:
    tracker = begun(tmp_path / "run", None)
    assert len((tmp_path / "run" / "track.jsonl").read_text().splitlines()) == 5
    assert tracker.state() == {"run": None, "sent": 0}
