"""What the shipped emotion model must be able to do, as rows of input and expectation (Ribeiro et al., ACL 2020).

Each kind has a floor, a little below what the model does: a floor that is missed names the rows that failed.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from agent.domain import EMOTIONS, NEUTRAL, Reading
from reader.emotion import EmotionClassifier

HERE = Path(__file__).parent
MOVED = 0.15
"""How far the probability of the emotion may move when nothing of what is felt changes."""


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def classifier() -> EmotionClassifier:
    return EmotionClassifier(HERE.parents[1] / "models" / "emotion", threads=1)


def told(reading: Reading) -> set[str]:
    return {emotion.label for emotion in reading.emotions}


def hold(floor: float, failed: Iterable[str], count: int) -> None:
    missed = list(failed)
    share = 1 - len(missed) / count
    assert share >= floor, f"{share:.2f} of {count} hold, wanted {floor}:\n" + "\n".join(missed)


def test_every_label_is_found_in_clear_cases(classifier: EmotionClassifier) -> None:
    cases = rows("functionality")
    by_label: defaultdict[str, list[bool]] = defaultdict(list)
    failed = []
    for case, reading in zip(cases, classifier.read([c["text"] for c in cases]), strict=True):
        found = case["label"] in told(reading)
        by_label[case["label"]].append(found)
        if not found:
            failed.append(f"{case['label']}: {case['text']} -> {sorted(told(reading))}")
    assert set(by_label) == set(EMOTIONS) and min(map(len, by_label.values())) >= 3
    hold(FLOORS["functionality"], failed, len(cases))
    assert [label for label, found in by_label.items() if not any(found)] == []


@pytest.mark.parametrize("kind", ["name", "typo", "punctuation", "emoji", "case"])
def test_what_changes_no_feeling_changes_no_reading(classifier: EmotionClassifier, kind: str) -> None:
    pairs = [row for row in rows("invariance") if row["kind"] == kind]
    before, after = (classifier.probabilities([p[side] for p in pairs]) for side in ("text", "changed"))
    strongest = before[:, :NEUTRAL].argmax(1)
    moved = np.abs(before - after)[np.arange(len(pairs)), strongest]
    failed = [f"{p['changed']}: {m:.2f}" for p, m in zip(pairs, moved, strict=True) if m > MOVED]
    hold(FLOORS[kind], failed, len(pairs))


@pytest.mark.parametrize("way", ["down", "up"])
def test_words_move_a_label_the_way_they_should(classifier: EmotionClassifier, way: str) -> None:
    pairs = [row for row in rows("direction") if row["way"] == way]
    before, after = (classifier.probabilities([p[side] for p in pairs]) for side in ("text", "changed"))
    places = [EMOTIONS.index(p["label"]) for p in pairs]
    moves = (after - before)[np.arange(len(pairs)), places] * (1 if way == "up" else -1)
    hold(FLOORS[way], (f"{p['changed']}: {m:+.2f}" for p, m in zip(pairs, moves, strict=True) if m <= 0), len(pairs))


def test_several_emotions_are_found_in_one_entry(classifier: EmotionClassifier) -> None:
    cases = rows("several")
    failed, count = [], 0
    for case, reading in zip(cases, classifier.read([c["text"] for c in cases]), strict=True):
        wanted = set(case["labels"].split(","))
        count += len(wanted)
        failed += [f"{label}: {case['text']} -> {sorted(told(reading))}" for label in wanted - told(reading)]
    hold(FLOORS["several"], failed, count)


def test_one_feeling_in_a_long_day_is_found(classifier: EmotionClassifier) -> None:
    cases = [json.loads(line) for line in (HERE / "long.jsonl").read_text(encoding="utf-8").splitlines()]
    found = zip(cases, classifier.read([c["text"] for c in cases]), strict=True)
    failed = [f"{c['label']}: {sorted(told(reading))}" for c, reading in found if c["label"] not in told(reading)]
    hold(FLOORS["long"], failed, len(cases))


def test_a_day_on_which_nothing_happened_gets_no_emotion(classifier: EmotionClassifier) -> None:
    texts = (HERE / "nothing.txt").read_text(encoding="utf-8").splitlines()
    failed = [f"{t}: {sorted(told(r))}" for t, r in zip(texts, classifier.read(texts), strict=True) if r.felt]
    hold(FLOORS["nothing"], failed, len(texts))


FLOORS = {
    "functionality": 0.8,
    "name": 0.8,
    "typo": 0.8,
    "punctuation": 0.8,
    "emoji": 0.8,
    "case": 0.8,
    "down": 0.8,
    "up": 0.85,
    "several": 0.6,
    "long": 0.8,
    "nothing": 0.9,
}
"""Least share of rows that must hold, by kind."""
