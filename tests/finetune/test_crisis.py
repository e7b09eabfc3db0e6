"""Training the crisis head: rows by writer, thresholds by budget, spoilt letters, a tiny run from rows to a folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agent.config import ROOT
from finetune import crisis
from finetune.crisis import CONCERN_BUDGET, CRISIS_ADDED, Held, figures, lesson, thresholds
from finetune.crisis_net import Recipe, fresh
from finetune.crisis_rows import MOST_PIECES, Texts, everyday, load, pieces, roughened
from reader.base import base_folder
from reader.crisis import CrisisHead, load_card

ROWS = Texts(
    ["I am done.", "Keep my cat.", "We had soup. Then it rained on the tents and nobody minded at all, not even Jo."],
    np.array([2, 1, 0]), np.array(["a", "a", "b"]),
)  # fmt: skip


def test_no_judged_text_is_learned() -> None:
    rows = load(ROOT / "eval" / "data" / "safety")
    judged = {json.loads(line)["text"] for line in (ROOT / "eval/data/safety/blind.jsonl").read_text().splitlines()}
    assert not judged & set(rows.texts) and "blind" not in set(rows.writers)
    with pytest.raises(FileNotFoundError, match="labelled sets"):
        load(ROOT / "docs")


def test_a_writer_left_out_is_not_learned_from() -> None:
    whole, without = lesson(ROWS, ["Milk."], Recipe()), lesson(ROWS, ["Milk."], Recipe(), ["a"])
    assert "I am done." in whole.texts and "I am done." not in without.texts
    assert len(whole.texts) == len(whole.classes) == len(whole.weights)
    assert whole.classes[-1] == 0 and whole.weights[-1] == Recipe().everyday_weight


def test_everyday_texts_hold_nothing_that_the_rules_worry_about(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_text('{"text": "I want to kill myself."}\n{"text": "Milk and bread."}\n', encoding="utf-8")
    assert everyday([path], None, 9, 9) == ["Milk and bread."]


def test_spoilt_letters_leave_a_text_of_the_same_length_in_words() -> None:
    text = "Everybody would certainly manage without these endless evenings."
    spoilt = [roughened(text, np.random.default_rng(seed)) for seed in range(20)]
    assert all(len(s.split()) == len(text.split()) for s in spoilt) and sum(s != text for s in spoilt) > 12


def test_the_head_keeps_within_its_budgets() -> None:
    rng = np.random.default_rng(0)
    classes, ruled = np.repeat([0, 1, 2], [2000, 1000, 1000]), rng.choice(3, size=4000, p=[0.94, 0.055, 0.005])
    held = Held(rng.normal(size=(4000, 2)).astype(np.float32), classes, ruled)
    found, alone = figures(held, thresholds(held)), float(np.mean(ruled[classes == 0] == 2))
    assert found["negative_at_crisis"] == pytest.approx(alone + CRISIS_ADDED, abs=0.001)
    assert found["negative_at_concern"] == pytest.approx(CONCERN_BUDGET, abs=0.001)


def test_alarms_of_the_rules_cost_the_head_nothing_at_crisis_and_everything_at_concern() -> None:
    scores = np.linspace(-1, 1, 1000, dtype=np.float32).repeat(2).reshape(1000, 2)
    held = Held(scores, np.zeros(1000, int), np.full(1000, 2))
    held.ruled[:500] = 0
    crisis, concern = thresholds(held)
    raised = scores[:500, 0] >= crisis
    assert raised.sum() == int(CRISIS_ADDED * 500) and concern > scores[:500][~raised].max()


def test_every_word_stands_in_one_piece_and_pieces_are_few() -> None:
    text = "We had soup. Then the rain came and everybody ran. " * 60 + "I was last!"
    assert len(pieces(text)) <= MOST_PIECES and " ".join(pieces(text)).split() == text.split()
    assert pieces("") == []


def test_a_tiny_run_writes_a_folder_that_can_be_read(tmp_path: Path) -> None:
    recipe = Recipe(epochs=1, batch=3, bf16=False)
    crisis.make(ROWS, ["Milk."], recipe, base_folder(), ["b", "a"], tmp_path / "head")
    card = load_card(tmp_path / "head")
    assert card.data == {"explicit": 1, "implicit": 1, "negative": 1, "everyday": 1} and card.recipe["epochs"] == 1
    assert CrisisHead(tmp_path / "head").scores(["Milk.", "Keep my cat."]).shape == (2, 2)
    assert not list(tmp_path.glob(".crisis-*"))
    found = crisis.settle(tmp_path / "head", ROWS)
    assert load_card(tmp_path / "head").metrics == {
        "held_out_writers": card.metrics["held_out_writers"],
        "settled_on": found,
    }


def test_word_vectors_do_not_learn() -> None:
    model = fresh(base_folder(), frozen_layers=2)
    learned = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert not any("embeddings" in name or "layer.0." in name or "layer.1." in name for name in learned)
    assert any("layer.5." in name for name in learned) and "head.weight" in learned
