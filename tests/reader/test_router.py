"""Entry or question, over the shipped head."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agent.asking import ROUTES, may_ask
from agent.errors import ArtifactError
from reader.router import EXAMPLES, HEAD, Router

ROUND = np.zeros((1, 384), np.float32)


def test_the_shipped_head_belongs_to_the_shipped_examples() -> None:
    rows = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]
    assert {row["route"] for row in rows} == set(ROUTES) and len(rows) >= 400
    assert Router().threshold >= 0.7


def test_a_head_of_other_examples_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "routes.jsonl"
    other.write_text(EXAMPLES.read_text() + "\n")
    with pytest.raises(ArtifactError, match="fitted on other examples"):
        Router(HEAD, other)
    with pytest.raises(ArtifactError, match="not there"):
        Router(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "line",
    [
        "Bus late again, then the whole morning went the same way. I told nobody. Lunch was cold.",
        "why\nwhy did you say sadness?",
        "How was my week? " + "and then " * 30,
        "",
        "   ",
        "He left at noon.",
    ],
)
def test_most_entries_never_reach_the_head(line: str) -> None:
    assert not may_ask(line)
    [asked] = Router().route([line], ROUND)
    assert asked.route == "entry"


def test_no_lines_are_no_answers() -> None:
    assert Router().route([], np.zeros((0, 384), np.float32)) == []
