"""The crisis head in the gateway: the shipped one answers by itself, and a broken one leaves the rules alone."""

from __future__ import annotations

from pathlib import Path

from agent.config import ROOT
from agent.domain import Level
from serving.crisis_head import open_head


async def test_the_shipped_head_needs_no_other_part() -> None:
    head = open_head(ROOT / "models" / "crisis")
    assert head is not None
    assert await head.levels(["We had soup and the kitchen was warm."]) == [Level.NONE]


def test_a_missing_head_is_none_and_not_an_error(tmp_path: Path) -> None:
    assert open_head(tmp_path) is None
