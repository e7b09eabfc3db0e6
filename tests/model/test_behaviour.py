"""How the shipped model behaves, as rows of input and expectation in `rows/`.

A row that fails is named; a suite passes while the share of good rows holds its floor. Floors say what the model does
today: raise them when it gets better, never lower them to let a worse one through.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.domain import EMOTIONS
from reader.emotion import EmotionClassifier

ROWS = Path(__file__).parent / "rows"
MODEL = Path(__file__).parents[2] / "models" / "emotion"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def model() -> EmotionClassifier:
    return EmotionClassifier(MODEL, threads=1)


def rows(suite: str) -> list[Row]:
    return [json.loads(line) for line in (ROWS / f"{suite}.jsonl").read_text(encoding="utf-8").splitlines()]


def found(model: EmotionClassifier, text: str) -> set[str]:
    """Labels above their thresholds."""
    return {emotion.label for emotion in model.read([text])[0].emotions}


def strongest(model: EmotionClassifier, text: str) -> str:
    """The most probable label."""
    return EMOTIONS[int(model.probabilities([text])[0].argmax())]


def has_label(model: EmotionClassifier, row: Row) -> bool:
    """Neutral means: no emotion beside it."""
    labels = found(model, row["text"])
    return not labels - {"neutral"} if row["label"] == "neutral" else row["label"] in labels


def has_all_labels(model: EmotionClassifier, row: Row) -> bool:
    return set(row["labels"]) <= found(model, row["text"])


def says_nothing(model: EmotionClassifier, row: Row) -> bool:
    return not found(model, row["text"]) - {"neutral"}


def stays(model: EmotionClassifier, row: Row) -> bool:
    return strongest(model, row["text"]) == strongest(model, row["variant"])


def goes(model: EmotionClassifier, row: Row) -> bool:
    """The probability of the label moves by at least 0.02 in the direction that the row names."""
    before, after = model.probabilities([row["text"], row["variant"]])[:, EMOTIONS.index(row["label"])]
    return bool((after - before) * (1 if row["goes"] == "up" else -1) >= 0.02)


SUITES: dict[str, tuple[Callable[[EmotionClassifier, Row], bool], float]] = {
    "mft": (has_label, 0.90),
    "invariance": (stays, 0.90),
    "direction": (goes, 0.85),
    "long": (has_label, 0.75),
    "mixed": (has_all_labels, 0.75),
    "nothing": (says_nothing, 0.90),
}


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_holds_its_floor(model: EmotionClassifier, suite: str) -> None:
    holds, floor = SUITES[suite]
    cases = rows(suite)
    failed = [row for row in cases if not holds(model, row)]
    share = 1 - len(failed) / len(cases)
    print(f"{suite}: {len(cases) - len(failed)} of {len(cases)} hold")
    for row in failed:
        print(f"  {row} -> {sorted(found(model, row.get('variant', row['text'])))}")
    assert share >= floor, f"{suite}: {share:.0%} hold, the floor is {floor:.0%}"


def test_every_label_has_three_clear_cases_and_every_suite_has_rows() -> None:
    counts = Counter(row["label"] for row in rows("mft"))
    assert set(counts) == set(EMOTIONS) and min(counts.values()) >= 3
    assert {row["kind"] for row in rows("invariance")} >= {"name", "typo", "punctuation", "emoji", "case"}
    assert {row["kind"] for row in rows("direction")} >= {"negation", "intensifier", "turn"}
    assert all(len(rows(suite)) >= 8 for suite in SUITES)


def test_unseen_rows_are_not_training_rows() -> None:
    training = {
        json.loads(line)["text"]
        for line in (Path(__file__).parents[2] / "finetune" / "data" / "journal.jsonl").read_text().splitlines()
    }
    assert not training & {row["text"] for suite in SUITES for row in rows(suite)}
