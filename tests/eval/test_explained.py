"""Explanations of evaluated rows: which are drawn, what they should say, and what our checks make of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from agent.config import ROOT
from agent.domain import EMOTIONS
from eval import explained
from eval.judged import Judged


def run(*rows: tuple[str, str]) -> Judged:
    labels = np.zeros((len(rows), 28), np.float32)
    for place, (_, names) in enumerate(rows):
        labels[place, [EMOTIONS.index(name) for name in names.split(",")]] = 1
    n = len(rows)
    return Judged(np.arange(1, n + 1), [t for t, _ in rows], [""] * n, labels, labels, np.ones(n, np.int64))


def test_rows_with_a_feeling_are_drawn_the_same_ones_every_time() -> None:
    rows = run(*[(f"row {n}", "neutral" if n % 2 else "joy,grief") for n in range(40)])
    drawn = explained.sample(rows, 5)
    assert drawn == explained.sample(rows, 5) and len(drawn) == 5
    assert all(int(row["text"].split()[1]) % 2 == 0 for row in drawn)
    assert drawn[0]["should"] == "There is grief and joy in this entry."
    assert explained.sample(run(("x", "neutral")), 5) == []


def test_an_explanation_of_the_evidence_is_true_and_names_what_was_read() -> None:
    reads = explained.Explains(str(ROOT / "models" / "emotion"), 1, "v2", explained.NOBODY)
    texts = ["Thank you so much for helping me move!", "I am so angry that he lied to me again."]
    batch = reads({"text": np.asarray(texts, object)})
    facts = [json.loads(fact) for fact in batch["facts"]]
    assert all(fact["sound"] and fact["named"] == 1.0 and fact["verbatim"] in (1.0, None) for fact in facts)
    assert "gratitude" in facts[0]["said"].lower() and not facts[0]["passed"]
    told = explained.checks(facts)
    assert told["sentences_true"] == 1.0 and told["by_the_model_alone"] == 0.0 and told["words"] > 5


def test_checks_leave_out_what_nothing_can_be_said_of() -> None:
    fact = {"sound": True, "passed": False, "named": None, "verbatim": None, "faithfulness": None, "words": 9,
            "reading_ease": 60.0}  # fmt: skip
    assert "emotions_named" not in explained.checks([fact]) and explained.checks([fact])["words"] == 9
    fault = fact | {"sound": False}
    assert explained.checks([fact, fault])["sentences_true"] == pytest.approx(0.5)
