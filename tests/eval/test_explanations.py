"""Explanations of a served model: sets by name, rows that a killed run keeps, figures, and a file to read."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.domain import Emotion, Reading, Span
from eval import explanations
from eval.cells import Case, Cell, Results

TEXT = "Mum cried when I passed. I am so proud and I miss Dad."
READING = Reading(emotions=(Emotion(label="pride", probability=0.9),), model="m")
SPANS = (Span(label="pride", start=TEXT.index("I am"), end=TEXT.index(" and"), drop=0.6),)
CASES = [Case(0, TEXT, READING, SPANS), Case(1, TEXT + " Tea.", READING, ())]
GOOD = 'You are probably proud, where you write "I am so proud".'


class Says:
    """A model that says one sentence and counts how often."""

    def __init__(self, sentence: str) -> None:
        self.sentence, self.asked = sentence, 0

    async def stream(self, messages: Any, *, max_tokens: int, **more: Any) -> AsyncIterator[str]:
        self.asked += 1
        yield self.sentence + " "


def test_a_set_is_named_with_its_file_and_its_count() -> None:
    assert explanations.asked("dev=data/dev.tsv:300") == ("dev", Path("data/dev.tsv"), 300)
    for wrong in ("dev.tsv:300", "dev=dev.tsv", "dev=:3", "dev=x:many"):
        with pytest.raises(ValueError, match="NAME=FILE:COUNT"):
            explanations.asked(wrong)


def test_rows_are_kept_while_the_emotion_model_and_the_text_are_the_same(tmp_path: Path) -> None:
    cell, model = Cell("v2", "default", True), Says("Pride comes through, probably.")
    results = Results(tmp_path / "own", cell)
    for reader, times in (("a", 1), ("a", 1), ("b", 2)):
        asyncio.run(explanations.fill(cell, CASES, results, reader, model))
        assert model.asked == times * 2
    assert explanations.of_before(results, CASES, "a") == {}
    assert [row["passed"] for row in explanations.of_before(results, CASES, "b").values()] == [True, True]
    assert list(explanations.of_before(results, [Case(1, "Another text.", READING, ())], "b")) == []


def test_the_figures_say_why_sentences_were_refused(tmp_path: Path) -> None:
    cell = Cell("v2", "default", True)
    results = Results(tmp_path / "own", cell)
    asyncio.run(explanations.fill(cell, CASES[:1], results, "a", Says(GOOD)))
    asyncio.run(explanations.fill(cell, CASES, results, "a", Says("You should rest, probably proud as you are.")))
    rows = list(explanations.of_before(results, CASES, "a").values())
    told = explanations.summary(rows)
    assert told["passed"] == 0.5 and told["second tries"] == 1
    assert (told["with a feeling"], told["every feeling quoted"]) == (2, 1)
    assert told["refused"] == {"gives advice or asks a question": 2}
    page = explanations.report({"own": rows})
    assert page.startswith("# own") and GOOD in page and "**gives advice or asks a question" in page


def test_the_command_reads_explains_and_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def stand_in(name: str) -> Iterator[Says]:
        yield Says("No single feeling stands out in these words.")

    monkeypatch.setattr(explanations, "served", stand_in)
    (tmp_path / "own.jsonl").write_text(json.dumps({"text": "The bus came at nine."}) + "\n")
    options = ["--model", "http://127.0.0.1:9/v1#m", "--output", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["eval.explanations", f"own={tmp_path / 'own.jsonl'}:1", *options])
    explanations.main()
    assert "own {'entries': 1" in capsys.readouterr().out
    assert "The bus came at nine." in (tmp_path / "out" / "explanations.md").read_text()
