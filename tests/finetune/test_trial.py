"""A trial's sample of the rows is seeded, and leaves dev and test whole."""

from __future__ import annotations

from pathlib import Path

from finetune.dataset import load
from finetune.trial import sampled
from tests.finetune.conftest import write_splits


def test_a_sample_is_seeded_and_leaves_what_judges_whole(tmp_path: Path) -> None:
    splits = load(write_splits(tmp_path, rows=40))
    first, again, other = (sampled(splits, 0.5, seed) for seed in (1, 1, 2))
    assert first["train"].texts == again["train"].texts != other["train"].texts
    assert 30 < len(first["train"]) < 90 and len(first["dev"]) == len(splits["dev"]) == 120
    assert len(sampled(splits, 1e-9, 1)["train"]) == 1 and len(sampled(splits, 1.0, 1)["train"]) == 120
