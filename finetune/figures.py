"""What a card says of one set of rows: F1 with its interval, groups, calibration, ranking, and silence.

Groups are those of the GoEmotions paper (Demszky et al., ACL 2020): Ekman's six and neutral, and four sentiments.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from agent.affect import AFFECT
from agent.domain import EMOTIONS
from finetune import metrics

_AMBIGUOUS = {"realization", "surprise", "curiosity", "confusion"}


def _sentiment(label: str) -> str:
    if label in _AMBIGUOUS or label == "neutral":
        return "ambiguous" if label in _AMBIGUOUS else "neutral"
    return "positive" if AFFECT[label].valence > 0 else "negative"


def _members(names: list[str]) -> list[list[int]]:
    return [[i for i, name in enumerate(names) if name == group] for group in dict.fromkeys(names)]


GROUPS: dict[str, list[list[int]]] = {
    "ekman": _members([AFFECT[label].group for label in EMOTIONS]),
    "sentiment": _members([_sentiment(label) for label in EMOTIONS]),
}
"""Label numbers by group: 7 Ekman groups with neutral, 4 sentiments with ambiguous and neutral."""


def group_thresholds(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, list[float]]:
    """A threshold for every group, chosen on dev rows like those of the labels."""
    chosen = {}
    for name, groups in GROUPS.items():
        fitted, _ = metrics.fit_thresholds(metrics.grouped(probabilities, groups), metrics.grouped(labels, groups))
        chosen[name] = [round(float(t), 4) for t in fitted]
    return chosen


def figures(
    probabilities: np.ndarray, labels: np.ndarray, predicted: np.ndarray, of_groups: dict[str, list[float]]
) -> dict[str, Any]:
    """Everything about one set: `probabilities`, `labels` and what is told, `predicted`, (n, 28) each."""
    low, high = metrics.bootstrap_interval(predicted, labels)
    silent, talks = metrics.silence(predicted, labels)
    by_group = {
        f"macro_f1_{name}": round(
            metrics.macro_f1(
                metrics.grouped(probabilities, groups) >= of_groups[name], metrics.grouped(labels, groups)
            ),
            4,
        )
        for name, groups in GROUPS.items()
    }
    return {
        "macro_f1": round(metrics.macro_f1(predicted, labels), 4),
        "macro_f1_interval_95": [round(low, 4), round(high, 4)],
        "micro_f1": round(metrics.micro_f1(predicted, labels), 4),
        **by_group,
        "ece": round(metrics.expected_calibration_error(probabilities, labels), 4),
        "brier_skill_least": round(float(metrics.brier_skill(probabilities, labels).min()), 4),
        "macro_auc": round(metrics.macro_auc(probabilities, labels), 4),
        "silent": round(silent, 4),
        "talks": round(talks, 4),
        "rows": len(labels),
        "f1": {k: round(float(v), 3) for k, v in zip(EMOTIONS, metrics.f1_per_label(predicted, labels), strict=True)},
    }
