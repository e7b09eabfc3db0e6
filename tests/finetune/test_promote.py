"""The rule of promotion: better or as good passes, worse than noise or blind to distress does not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from support.shelves import model

from agent.domain import EMOTIONS
from finetune import promote as module
from finetune import track
from finetune.dataset import Rows
from finetune.promote import PROTECTED, compare, objections, paired, promote
from reader.shelf import Shelf
from tests.finetune.conftest import write_splits


def case(rows: int = 1000, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((rows, 28)) < 0.1


def flawed(labels: np.ndarray, share: float, seed: int, only: int | None = None) -> np.ndarray:
    flips = np.random.default_rng(seed).random(labels.shape) < share
    if only is not None:
        flips[:, [k for k in range(28) if k != only]] = False
    return labels ^ flips


def judged(labels: np.ndarray, old: np.ndarray, new: np.ndarray) -> list[str]:
    truth = labels.astype(np.float32)
    return objections(compare("dev", old, new, truth), compare("journal-dev", old, new, truth))


def test_as_good_within_noise_and_better_pass_and_worse_does_not() -> None:
    labels = case()
    assert judged(labels, flawed(labels, 0.001, 1), flawed(labels, 0.001, 2)) == []
    assert judged(labels, flawed(labels, 0.03, 1), flawed(labels, 0.01, 2)) == []
    worse = judged(labels, flawed(labels, 0.01, 1), flawed(labels, 0.03, 2))
    assert any("dev macro-F1" in w and "beyond noise" in w for w in worse)


@pytest.mark.parametrize("label", PROTECTED)
def test_a_fall_of_one_protected_label_is_enough(label: str) -> None:
    labels, k = case(), EMOTIONS.index(label)
    old = flawed(labels, 0.03, 1)
    old[:, k] = labels[:, k]
    new = flawed(flawed(labels, 0.01, 2), 0.05, 3, only=k)
    found = judged(labels, old, new)
    assert found and all(label in reason for reason in found)
    assert "falls by more than 0.02" in found[0]


def test_the_bootstrap_is_paired() -> None:
    labels = case()
    same = flawed(labels, 0.05, 1)
    assert not paired(same, same, labels.astype(np.float32), repeats=20).any()


def some_rows() -> Rows:
    texts = ["Thank you so much!", "I am so scared of tomorrow.", "The bus came at nine.", "I miss her so much."] * 5
    ids = [15, 14, 27, 25] * 5
    return Rows(texts, np.eye(28, dtype=np.float32)[ids])


def test_a_challenger_serves_or_the_reasons_are_told(tmp_path: Path) -> None:
    shelf = Shelf(model(tmp_path / "models" / "emotion", "old", threshold=0.99))
    rows = some_rows()
    good = promote(shelf, model(tmp_path / "good", "good", threshold=0.4), rows, rows)
    assert good.promoted and shelf.current() == shelf.root / "good" and "before it old" in good.lines[-1]
    assert not promote(shelf, tmp_path / "good", rows, rows).promoted
    bad = promote(shelf, model(tmp_path / "bad", "bad", threshold=0.99), rows, rows)
    assert not bad.promoted and shelf.current() == shelf.root / "good"
    assert any("not promoted: dev F1 of fear" in line for line in bad.lines)


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["promote", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        module.main()
    return int(done.value.code or 0)


@pytest.mark.timeout(300)
def test_registry_challenger_to_champion_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    shipped = model(tmp_path / "models" / "emotion", "old", threshold=0.99)
    (tmp_path / "train.yaml").write_text(f"goemotions: {write_splits(tmp_path / 'raw')}\ntrack: {uri}\n")
    entry = {"text": "I am scared.", "labels": ["fear"], "told": "named", "plan": "x"}
    (tmp_path / "journal.jsonl").write_text(json.dumps(entry) + "\n")
    common = ("--config", tmp_path / "train.yaml", "--models", shipped, "--journal-dev", tmp_path / "journal.jsonl")
    assert call(monkeypatch, *common) == 2 and "names no challenger" in capsys.readouterr().err

    challenger = model(tmp_path / "new", "new", threshold=0.3)
    track.register(shipped, uri, alias="champion")
    assert track.register(challenger, uri) == track.register(challenger, uri) == "2"
    assert call(monkeypatch, *common) == 0
    assert "new serves from now on" in capsys.readouterr().out
    assert Shelf(shipped).current().name == "new"
    aliases = track.client(uri).get_registered_model(track.MODEL).aliases
    assert {name: str(version) for name, version in aliases.items()} == {"champion": "2"}
    logged = {p.name for p in (tmp_path / "mlartifacts").rglob("*") if p.is_file()}
    assert (
        logged == {p.name for p in challenger.iterdir()} >= {"model.onnx", "tokenizer.json", "card.json"}
    )  # no pickle
