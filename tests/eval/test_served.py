"""Models of experiments at an endpoint; those of a cluster are started by the tests of the product."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agent.errors import Unavailable
from eval import prompts
from eval.served import served


def test_an_endpoint_that_is_away_is_said_before_a_run_of_nothing() -> None:
    with pytest.raises(Unavailable, match=r"127.0.0.1:9/v1 does not answer"), served("http://127.0.0.1:9/v1#m"):
        pass


def test_the_command_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "entries.jsonl").write_text('{"text": "I am glad."}\n')
    arguments = ["--models", "http://127.0.0.1:9/v1#m", "--entries", str(tmp_path / "entries.jsonl"), "--n", "1"]
    monkeypatch.setattr(sys, "argv", ["eval.prompts", *arguments, "--output", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as stopped:
        prompts.main()
    error = capsys.readouterr().err
    assert stopped.value.code == 2 and "does not answer" in error and "Traceback" not in error
    assert not (tmp_path / "out" / "report.md").exists()
