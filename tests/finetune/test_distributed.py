"""Ray Train: one worker gives what this process gives, two share each step, and a worker that dies costs nothing."""

from __future__ import annotations

import json

import pytest
import torch

from finetune.dataset import DataError
from finetune.distributed import fit
from finetune.train import TrainConfig, train

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("ray_here")]


def test_two_workers_learn_what_one_process_learns(tiny: TrainConfig) -> None:
    still = tiny.model_copy(update={"epochs": 1, "patience": 1})
    alone = torch.load(train(still) / "weights.pt", weights_only=True)
    two = still.model_copy(update={"workers": 2, "output": tiny.output.with_name("two")})
    together = torch.load(train(two) / "weights.pt", weights_only=True)
    # Each worker draws its own dropout, so the weights are near and not the same.
    assert all(torch.allclose(alone[name], together[name], atol=5e-3) for name in alone)
    progress = json.loads((two.output / "progress.json").read_text())
    assert progress["step"] == progress["steps"] == 6 and progress["rows_s"] > 0


def test_what_a_worker_says_comes_back_in_one_line(tiny: TrainConfig) -> None:
    assert tiny.goemotions
    gone = tiny.model_copy(update={"workers": 1, "failures": 0, "goemotions": tiny.goemotions / "nowhere"})
    with pytest.raises(
        DataError, match=r"the workers gave up: .*nowhere/dev|the workers gave up: .*nowhere/train"
    ) as e:
        fit(gone)
    assert "\n" not in str(e.value)
