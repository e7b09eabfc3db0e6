"""A new card against the shipped one: within its interval or not, and one line for what cannot be compared."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.shelves import SHIPPED, model

from finetune import reproduced


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["reproduced", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        reproduced.main()
    return int(done.value.code or 0)


def test_inside_and_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, model(tmp_path / "same", "same"), SHIPPED) == 0
    assert "test: macro-F1" in capsys.readouterr().out
    assert call(monkeypatch, model(tmp_path / "far", "far", macro_f1=0.1), SHIPPED) == 1
    assert "test: macro-F1 0.1000" in (said := capsys.readouterr().out) and "outside" in said
    assert call(monkeypatch, tmp_path / "none", SHIPPED) == 2
    assert capsys.readouterr().err.count("\n") == 1
