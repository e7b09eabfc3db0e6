"""Journal entries: what ships is whole, varied and kept apart; what is broken is refused by file and row."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agent.domain import EMOTIONS
from finetune.dataset import DataError
from finetune.journal_rows import FOLDER, as_rows, read_journal
from finetune.variety import check_openings, nearest, too_near, variety

GOOD = {"text": "Left his boots by the door.", "labels": ["grief"], "told": "event", "plan": "x"}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" if isinstance(row, dict) else f"{row}\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD | {"labels": ["glee"]}, "expected labels of the 28, found .*glee"),
        (GOOD | {"labels": []}, "labels"),
        (GOOD | {"labels": ["neutral", "joy"]}, "expected 'neutral' to stand alone"),
        (GOOD | {"labels": ["joy", "joy"]}, "expected every label once"),
        (GOOD | {"told": "sung"}, "told: .*'event', 'named' or 'mixed'.*'sung'"),
        (GOOD | {"mood": 3}, "mood: .*found 3"),
        (GOOD | {"text": ""}, "text"),
        ("{not json", "expected one JSON object, found '{not json'"),
        ("[1, 2]", "row: "),
    ],
)
def test_a_broken_row_is_refused_with_file_row_and_what_was_expected(tmp_path: Path, row: object, words: str) -> None:
    with pytest.raises(DataError, match=rf"journal\.jsonl:2: .*{words}") as caught:
        read_journal(write(tmp_path / "journal.jsonl", GOOD, row))
    assert "\n" not in str(caught.value)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (write(tmp_path / "empty.jsonl"), tmp_path / "nowhere.jsonl"):
        with pytest.raises(DataError, match=path.name):
            read_journal(path)


def test_entries_become_rows(tmp_path: Path) -> None:
    rows = as_rows(read_journal(write(tmp_path / "j.jsonl", GOOD, GOOD | {"labels": ["joy", "pride"]})))
    assert rows.labels.shape == (2, 28)
    assert [EMOTIONS[i] for i in np.flatnonzero(rows.labels[1])] == ["joy", "pride"]


def test_the_training_entries_are_many_varied_and_half_told_by_events() -> None:
    entries = read_journal(FOLDER / "journal.jsonl")
    found = variety(entries)
    assert found.rows >= 2500 and found.event_share >= 0.5
    assert min(found.per_label.values()) >= 60
    assert found.type_token_1000 > 0.4
    check_openings(entries, FOLDER / "journal.jsonl")


def test_the_judging_entries_are_apart_from_those_that_train() -> None:
    splits = {name: read_journal(FOLDER / f"{name}.jsonl") for name in ("journal", "journal-dev", "journal-test")}
    assert len(splits["journal-dev"]) + len(splits["journal-test"]) >= 400
    texts = {name: {e.text for e in entries} for name, entries in splits.items()}
    plans = {name: {e.plan for e in entries} for name, entries in splits.items()}
    for first, second in (("journal", "journal-dev"), ("journal", "journal-test"), ("journal-dev", "journal-test")):
        assert not texts[first] & texts[second]
        assert not plans[first] & plans[second]
    for name in ("journal-dev", "journal-test"):
        check_openings(splits[name], FOLDER / f"{name}.jsonl")
        assert all(count > 0 for count in variety(splits[name]).per_label.values())


def test_a_template_is_caught(tmp_path: Path) -> None:
    rows = [GOOD | {"text": f"Today I went to place {i}."} for i in range(5)]
    path = write(tmp_path / "j.jsonl", *rows)
    with pytest.raises(DataError, match="'today i went' 5x"):
        check_openings(read_journal(path), path)


def test_neighbours() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    assert nearest(vectors) == pytest.approx([0.6, 0.8, 0.8])
    assert nearest(vectors[:1], vectors[2:]) == pytest.approx([0.0])
    assert too_near(vectors[:1], vectors) == [(0, 0)]
