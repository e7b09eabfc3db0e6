"""What a card says: groups as in the paper, and every figure of the issue's table."""

from __future__ import annotations

import numpy as np
import pytest

from agent.domain import EMOTIONS
from finetune.figures import GROUPS, figures, group_thresholds

LABELS = np.eye(28)[np.arange(280) % 28]


def test_the_groups_are_those_of_the_paper() -> None:
    assert [len(GROUPS[name]) for name in ("ekman", "sentiment")] == [7, 4]
    for groups in GROUPS.values():
        assert sorted(i for group in groups for i in group) == list(range(28))
    named = [{EMOTIONS[i] for i in group} for group in GROUPS["ekman"]]
    assert {"anger", "annoyance", "disapproval"} in named
    assert {"fear", "nervousness"} in named
    assert {"sadness", "disappointment", "embarrassment", "grief", "remorse"} in named
    assert {"confusion", "curiosity", "realization", "surprise"} in [
        {EMOTIONS[i] for i in g} for g in GROUPS["sentiment"]
    ]


def test_perfect_readings_have_perfect_figures() -> None:
    chosen = group_thresholds(LABELS, LABELS)
    row = figures(LABELS, LABELS, LABELS > 0.5, chosen)
    for name in ("macro_f1", "micro_f1", "macro_f1_ekman", "macro_f1_sentiment", "macro_auc", "brier_skill_least"):
        assert row[name] == pytest.approx(1.0), name
    assert row["silent"] == row["talks"] == row["ece"] == 0.0
    assert row["rows"] == 280 and set(row["f1"]) == set(EMOTIONS)
