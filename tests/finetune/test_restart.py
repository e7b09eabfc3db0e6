"""A stage that is run again: goes on with what was stopped, and begins anew where the run is over or another one."""

from __future__ import annotations

import json
from pathlib import Path

from finetune import loop
from finetune.dataset import load
from finetune.restart import make_way, may_go_on
from finetune.train import TrainConfig
from tests.finetune.conftest import write_splits


def test_only_the_same_unfinished_run_goes_on(tiny: TrainConfig, tmp_path: Path) -> None:
    assert not may_go_on(tiny)
    tracker = loop.begin(tiny, load(tiny.goemotions))
    assert may_go_on(tiny) and not may_go_on(tiny.model_copy(update={"seed": 5}))
    other = tiny.model_copy(update={"goemotions": write_splits(tmp_path / "more", rows=9)})
    assert not may_go_on(other) and may_go_on(tiny.model_copy(update={"workers": 2}))
    make_way(tiny)
    assert json.loads((tiny.output / "track.jsonl").read_text().splitlines()[0])["kind"] == "begin"
    tracker.note("end")
    assert not may_go_on(tiny)
    make_way(tiny)
    assert not tiny.output.exists()
    make_way(tiny)
