"""The benchmark of training runs both sides on the same rows, and its figures are those of its turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.bench_training import OURS, PEERS, Speed, measure, told
from finetune.train import TrainConfig
from tests.finetune.conftest import write_base, write_splits


@pytest.mark.timeout(180)
def test_both_sides_run_on_the_same_rows(tmp_path: Path) -> None:
    raw = write_splits(tmp_path / "raw")
    config = TrainConfig(goemotions=raw, base=write_base(tmp_path), ema=0.0, epochs=1, batch=4)
    found = measure(config, rows=16, repeats=1)
    assert set(found) == {OURS, *PEERS} and all(len(each) == 1 and min(each[0]) > 0 for each in found.values())


def test_ratios_are_taken_turn_by_turn() -> None:
    random, grouped = PEERS
    turns = {OURS: [20.0, 30.0, 10.0], random: [10.0, 10.0, 10.0], grouped: [20.0, 20.0, 20.0]}
    figures = told({name: [Speed(clock, 2 * clock) for clock in each] for name, each in turns.items()})
    for kind, ours in (("clock", 20.0), ("cpu", 40.0)):
        assert figures[kind]["times_every_turn"][random] == [2.0, 3.0, 1.0]
        assert figures[kind]["times_as_fast"] == {random: 2.0, grouped: 1.0} and figures[kind]["rows_s"][OURS] == ours
