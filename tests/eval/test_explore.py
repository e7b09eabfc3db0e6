"""Figures of the notebook: counted by hand on a few rows, and drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.domain import EMOTIONS
from eval import explore
from finetune.dataset import Rows
from finetune.slices import reliability
from tests.finetune.conftest import write_splits

JOY, FEAR, GRIEF = (EMOTIONS.index(label) for label in ("joy", "fear", "grief"))


def rows_of(*labels: tuple[int, ...], texts: list[str] | None = None) -> Rows:
    table = np.zeros((len(labels), 28), np.float32)
    for row, ids in enumerate(labels):
        table[row, list(ids)] = 1
    return Rows(texts or [f"text {n}" for n in range(len(labels))], table)


def test_rows_come_from_the_named_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_ROWS", str(write_splits(tmp_path)))
    assert {name: len(one) for name, one in explore.rows(most=5).items()} == {"train": 5, "dev": 5, "test": 5}
    assert len(explore.rows()["train"]) == 24


def test_counts_and_labels_that_go_together() -> None:
    one = rows_of((JOY,), (JOY, FEAR), (JOY, FEAR), (GRIEF,))
    assert explore.label_counts({"train": one, "dev": one})[:3] == [
        ("joy", [3, 3]),
        ("fear", [2, 2]),
        ("grief", [1, 1]),
    ]
    share = explore.together(one.labels)
    assert share[JOY, FEAR] == pytest.approx(2 / 3) and share[FEAR, JOY] == 1 and share[JOY, JOY] == 0
    assert explore.words(["a b c", "d"]).tolist() == [3, 1]


def test_noise_is_found() -> None:
    one = rows_of((JOY,), (FEAR,), (GRIEF,), texts=["same", "same", "other"])
    assert explore.contradicting(one) == [("same", ["fear", "joy"])]
    probabilities = np.full((3, 28), 0.1)
    probabilities[2, FEAR], probabilities[0, JOY] = 0.95, 0.99
    assert explore.doubtful(one, probabilities) == [("other", ["grief"], "fear", 0.95)]


def test_confusions_are_counted() -> None:
    one = rows_of((JOY,), (JOY,), (FEAR,))
    said = np.zeros((3, 28))
    said[[0, 1], FEAR] = said[2, FEAR] = 0.9
    assert explore.confusions(said >= 0.5, one.labels) == [("joy", "fear", 2)]


def test_pictures_are_pictures() -> None:
    labels = np.eye(28)
    bins = reliability(labels * 0.9, labels)
    drawn = [
        explore.bars(["joy"], [3], "t"),
        explore.heat(labels, "t"),
        explore.histogram({"a": np.asarray([1, 2, 3])}, "t"),
        explore.reliability({"dev": bins}, "t"),
    ]
    assert all(one._repr_png_().startswith(b"\x89PNG") for one in drawn)
