"""What an epoch is made of."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agent.domain import EMOTIONS, NEUTRAL
from finetune import mixing
from finetune.dataset import Rows, one_hot

GRIEF = EMOTIONS.index("grief")


def rows(*ids: list[int]) -> Rows:
    return Rows([f"row {i}" for i in range(len(ids))], np.stack([one_hot(i) for i in ids]))


def test_every_kind_of_row_has_its_weight() -> None:
    comments = rows(*[[0]] * 60, *[[NEUTRAL]] * 60, *[[0, NEUTRAL]] * 60, [GRIEF])
    weight = mixing.weights(comments, 2, journal=3, neutral=0.25, rare=2)
    assert weight[[0, 60, 120, 180]].tolist() == [1.0, 0.25, 1.0, 2.0]
    assert weight[181:].tolist() == [3.0, 3.0]
    assert len(mixing.joined(comments, rows([1], [2]))) == len(weight)


def test_an_epoch_is_drawn_by_weight_and_by_seed() -> None:
    weight = np.array([0.25] * 4000 + [2.0] * 10)
    drawn = mixing.drawn(weight, np.random.default_rng(0))
    assert 900 < (drawn < 4000).sum() < 1100
    assert (drawn >= 4000).sum() == 20
    assert drawn.tolist() == mixing.drawn(weight, np.random.default_rng(0)).tolist()
    assert mixing.drawn(np.ones(5), np.random.default_rng(0)).tolist() == [0, 1, 2, 3, 4]


def test_blended_weights_lie_on_the_line_between_two_networks() -> None:
    origin = {"w": torch.zeros(2), "steps": torch.tensor(1)}
    found = mixing.blended(origin, {"w": torch.tensor([1.0, 10.0]), "steps": torch.tensor(7)}, 0.7)
    assert found["w"].tolist() == pytest.approx([0.7, 7.0]) and found["steps"] == 7
    assert origin["w"].tolist() == [0.0, 0.0]
