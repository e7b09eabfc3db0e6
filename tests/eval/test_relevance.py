"""The shipped cases, and a broken file told by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.domain import EMOTIONS
from agent.errors import Invalid
from eval.relevance import load_cases


def test_the_shipped_cases_hold_every_emotion_and_both_halves() -> None:
    cases = load_cases()
    assert len(cases) == len({c.id for c in cases}) >= 120
    assert {label for c in cases for label in c.labels} == set(EMOTIONS)
    assert len({c.goal for c in cases}) == 7
    assert sum(c.split == "tune" for c in cases) == sum(c.split == "report" for c in cases)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "r001", "text": "a", "labels": ["joy"], "goal": "fly", "split": "tune"}\n', "utf-8")
    with pytest.raises(Invalid, match=r"cases\.jsonl:1"):
        load_cases(path)
