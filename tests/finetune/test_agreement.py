"""Agreement of readers: known tables, refused rows, and the labellings that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agent.domain import EMOTIONS
from finetune.agreement import compare, kappa, read_agreement
from finetune.dataset import DataError
from finetune.journal_rows import FOLDER

JOURNALS = [FOLDER / f"{name}.jsonl" for name in ("journal", "journal-dev", "journal-test")]


def test_kappa_of_known_tables() -> None:
    one = np.zeros((10, 28), np.float32)
    one[:, 3] = 1
    assert kappa(one, one) == pytest.approx(1.0)
    square, other = np.array([[1, 1, 0, 0]], np.float32), np.array([[1, 0, 1, 0]], np.float32)
    assert kappa(square, other) == pytest.approx(0.0)
    found = compare(one, one)
    assert found["kappa"] == found["a label in common"] == 1.0 and found["interval_95"] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "nobody wrote this", "first": ["joy"], "second": ["joy"]}, r"a\.jsonl:1: expected a text of our own"),
        (
            {"text": "", "first": ["glee"], "second": ["joy"]},
            r"a\.jsonl:1: expected labels of the 28, found \['glee'\]",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_its_line(tmp_path: Path, row: dict[str, object], said: str) -> None:
    own = json.loads(JOURNALS[1].read_text(encoding="utf-8").splitlines()[0])["text"]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row | {"text": row["text"] or own}), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_agreement(path, JOURNALS)


def test_two_readers_agree_with_each_other_and_with_the_writers() -> None:
    readers = read_agreement(FOLDER / "agreement.jsonl", JOURNALS)
    assert all(rows.shape == (200, len(EMOTIONS)) for rows in readers.values())
    assert kappa(readers["first"], readers["second"]) > 0.6
    assert min(kappa(readers[name], readers["writer"]) for name in ("first", "second")) > 0.6
