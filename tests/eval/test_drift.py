"""Drift: live counts against a reference; the same traffic is calm, another one raises the alarm."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import generate_latest

from agent.domain import EMOTIONS, Emotion, Reading
from eval.drift import REFERENCE, Counts, drift, of_metrics, psi, read_reference, shaped
from finetune.dataset import DataError
from serving.metrics import REGISTRY
from serving.watched import WatchedClassifier


def traffic(rng: np.random.Generator, rows: int, weights: np.ndarray, words: list[str]) -> Counts:
    labels = dict(zip(EMOTIONS, rng.multinomial(rows, weights / weights.sum()).tolist(), strict=True))
    lengths = dict(zip(words, rng.multinomial(rows, np.ones(len(words)) / len(words)).tolist(), strict=True))
    return shaped(labels, {"0.5": rows / 2, "0.9": rows / 2}, lengths, rows)


def test_the_same_traffic_is_calm_and_a_shifted_one_is_an_alarm() -> None:
    rng, even = np.random.default_rng(0), np.ones(28)
    reference = traffic(rng, 5000, even, ["10", "20", "40"])
    assert not drift(traffic(rng, 2000, even, ["10", "20", "40"]), reference)["alarm"]
    sad = even.copy()
    sad[EMOTIONS.index("sadness")] = 30
    shifted = drift(traffic(rng, 2000, sad, ["10", "20", "40"]), reference)
    assert shifted["alarm"] and shifted["psi"]["labels"] > 0.25 > shifted["psi"]["words"]
    longer = drift(traffic(rng, 2000, even, ["160", "320"]), reference)
    assert longer["alarm"] and longer["psi"]["words"] > 0.25 > longer["psi"]["labels"]


def test_a_handful_of_readings_says_nothing() -> None:
    few = shaped({"joy": 3}, {"0.9": 3}, {"10": 3}, 3)
    assert drift(few, few) == {"readings": 3, "needed": 200, "alarm": False}


def test_stability_is_zero_for_the_same_and_never_negative() -> None:
    assert psi({"a": 2, "b": 6}, {"a": 1, "b": 3}) == pytest.approx(0)
    assert psi({"a": 9, "b": 1}, {"a": 1, "b": 9}) > 3


class Scripted:
    """A classifier that reads what it is told to."""

    async def read(self, texts: list[str], *, full: bool = True) -> list[Reading]:
        joy = Reading(emotions=(Emotion(label="joy", probability=0.93),), model="m", windows=1)
        return [joy if "glad" in text else Reading(emotions=(), unsure=True, model="m", windows=1) for text in texts]


async def test_counts_of_live_readings_hold_no_word_of_a_text() -> None:
    before = of_metrics(generate_latest(REGISTRY).decode())
    await WatchedClassifier(Scripted()).read(["so glad about Zanzibar", "well"])  # type: ignore[arg-type]
    page = generate_latest(REGISTRY).decode()
    after = of_metrics(page)
    assert after["rows"]["rows"] - before["rows"]["rows"] == 2
    assert after["labels"]["joy"] - before["labels"]["joy"] == 1
    assert after["sure"]["1.0"] - before["sure"]["1.0"] == 1 and after["sure"]["0.1"] - before["sure"]["0.1"] == 1
    assert after["words"]["5"] - before["words"]["5"] == 2
    assert "Zanzibar" not in page


def test_a_reference_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{}")
    for name in ("no.json", "nowhere.json"):
        with pytest.raises(DataError, match=name):
            read_reference(tmp_path / name)


def test_the_shipped_reference_is_of_this_form() -> None:
    counts = read_reference(REFERENCE)
    assert counts["rows"]["rows"] > 1000 and set(counts["labels"]) == set(EMOTIONS)
    assert json.loads(REFERENCE.read_text())["model"].startswith("minilm")
