"""The frozen check against sentences written by hand: what must be refused, and what must be let through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.domain import Emotion, Reading, Span
from agent.truth import check, named

DATA = Path(__file__).parents[2] / "eval" / "data" / "explain" / "check.jsonl"
LEAST = 0.95


def _entries() -> list[dict[str, Any]]:
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def _read(row: dict[str, Any]) -> tuple[str, Reading, list[Span]]:
    """The entry, its reading and the spans of one row."""
    text = row["text"]
    emotions = [Emotion(label=label, probability=p) for label, p in row["read"]]
    if row.get("neutral"):
        emotions.append(Emotion(label="neutral", probability=0.8))
    probabilities = dict(row["read"] + row.get("near", []))
    reading = Reading(emotions=tuple(emotions), unsure=row.get("unsure", False), probabilities=probabilities)
    places = [(label, text.index(quote), len(quote)) for label, quote in row["spans"]]
    return text, reading, [Span(label=k, start=at, end=at + n, drop=0.3) for k, at, n in places]


def _verdicts(kind: str) -> list[tuple[str, str | None]]:
    return [(s, check(s, *_read(row))) for row in _entries() for s in row[kind]]


def test_there_are_enough_sentences_of_both_kinds_and_none_twice() -> None:
    for kind in ("good", "bad"):
        sentences = [(row["text"], s) for row in _entries() for s in row[kind]]
        assert len(sentences) == len(set(sentences)) >= 200


def test_bad_sentences_are_refused() -> None:
    accepted = [sentence for sentence, fault in _verdicts("bad") if fault is None]
    assert len(accepted) <= (1 - LEAST) * len(_verdicts("bad")), accepted


def test_good_sentences_are_let_through() -> None:
    refused = [(sentence, fault) for sentence, fault in _verdicts("good") if fault]
    assert len(refused) <= (1 - LEAST) * len(_verdicts("good")), refused


TEXT = "I missed the last train again. My sister waited up for me with soup, and I could have cried."
READING = Reading(
    emotions=(Emotion(label="gratitude", probability=0.8), Emotion(label="sadness", probability=0.45)),
    probabilities={"gratitude": 0.8, "sadness": 0.45},
)
SPANS = [
    Span(label="gratitude", start=TEXT.index("waited"), end=TEXT.index(" with soup"), drop=0.5),
    Span(label="sadness", start=TEXT.index("could"), end=TEXT.index("cried") + 5, drop=0.3),
]


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ('You are probably grateful that your sister "waited up for yo.', "without an end"),
        ('You are probably grateful that she "aited up for me".', "the entry does not hold"),
        ("You are probably grateful that she 'cooked all night'.", "the entry does not hold"),
        ('Probably gratitude is in "could have cried", and perhaps sadness in "waited up for me".', "no evidence"),
        ("You are grateful to your sister for the soup.", "how sure"),
        ("You are certainly grateful to your sister.", "certain"),
        ("You are probably sad about the train.", "surer"),
        ("You are perhaps grateful, and sadness is not here.", "denies"),
        ("No single feeling stands out here.", "denies"),
        ("I am probably grateful that my sister waited.", "first person"),
        ("You are probably grateful to Anna for the soup.", "does not hold"),
        ("You are probably grateful for 3 bowls of soup.", "the entry does not hold"),
        ("You are probably grateful to your sister!", "exclaims"),
        ("You probably est grateful und der sister.", "language"),
        ("You are probably grateful, and it is normal to cry.", "comforts"),
        ("The probability of gratitude is 0.8 here.", "machinery"),
    ],
)
def test_each_rule_gives_its_reason(sentence: str, why: str) -> None:
    fault = check(sentence, TEXT, READING, SPANS)
    assert fault is not None and why in fault


def test_a_word_of_two_meanings_counts_as_the_one_that_was_read() -> None:
    assert named("Perhaps you are ashamed.", frozenset({"remorse"})) == {"remorse"}
    assert named('You write "so happy" here.') == set()
