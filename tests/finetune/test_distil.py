"""Targets that a teacher softens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.domain import EMOTIONS
from agent.errors import ArtifactError
from finetune.distil import soft_labels

SHIPPED = Path(__file__).parents[2] / "models" / "emotion"


def test_the_teacher_has_its_share_of_the_targets() -> None:
    labels = np.zeros((2, 28), np.float32)
    labels[:, EMOTIONS.index("neutral")] = 1
    texts = ["Thank you so much, I am really grateful!", "The shop opens at nine."]
    half, none = (soft_labels(texts, labels, [SHIPPED], share) for share in (0.5, 0.0))
    assert (none == labels).all()
    assert (
        half.dtype == np.float32 and half[0, EMOTIONS.index("gratitude")] > 0.3 > half[1, EMOTIONS.index("gratitude")]
    )
    assert half[1, -1] > 0.7


def test_a_teacher_that_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"card\.json is missing"):
        soft_labels(["a"], np.zeros((1, 28), np.float32), [SHIPPED, tmp_path], 0.5)
