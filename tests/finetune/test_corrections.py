"""Corrections: only enough of them teach, the person's own label wins, and the rule of promotion decides."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from agent.domain import Emotion, Reading
from agent.revision import SharedCorrection
from finetune import corrections, track
from finetune.corrections import LEAST, gather, read
from finetune.dataset import DataError
from finetune.export import export
from finetune.train import TrainConfig, train
from reader.shelf import Shelf

READ = Reading(emotions=(Emotion(label="fear", probability=0.9),))


def line(text: str, *labels: str, **more: object) -> str:
    return json.dumps({"text": text, "labels": labels, **more}) + "\n"


def written(path: Path, rows: int) -> Path:
    path.write_text("".join(line(f"It rained and I was at peace, day {n}.", "relief") for n in range(rows)))
    return path


def test_too_few_are_refused_and_it_says_so(tmp_path: Path) -> None:
    file = written(tmp_path / "few.jsonl", LEAST - 1)
    with pytest.raises(
        DataError, match=rf"few\.jsonl: expected at least {LEAST} corrections .*, found {LEAST - 1}; noth"
    ):
        gather([file], set())
    assert gather([written(tmp_path / "enough.jsonl", LEAST)], set()).rows == LEAST


def test_the_last_word_wins_each_text_counts_once_and_what_judges_never_teaches(tmp_path: Path) -> None:
    file = written(tmp_path / "own.jsonl", LEAST)
    file.write_text(
        file.read_text()
        + SharedCorrection(text="It rained and I was at peace, day 3.", labels=("joy",), reading=READ).model_dump_json()
        + "\n"
        + line("This one judges.", "joy")
        + line("Nothing of the 28.")
        + line("Both.", "neutral", "joy")
    )
    found = gather([file, file], {"This one judges."})
    rows = {row.text: row.labels for row in [*found.teach, *found.judge]}
    assert rows["It rained and I was at peace, day 3."] == ("joy",) and rows["Both."] == ("joy",)
    assert len(rows) == found.rows == LEAST + 1 and found.left_out == 2 * (LEAST + 4) - found.rows
    assert 5 < len(found.judge) < 40 and not {r.text for r in found.judge} & {r.text for r in found.teach}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (line("secret", "glee"), r"own\.jsonl:1: labels: expected some of the 28, found \['glee'\]"),
        ('{"text": "secret"}\n', r"own\.jsonl:1: labels: Field required"),
        (line("secret", "joy", mood=3), r"own\.jsonl:1: mood: Extra"),
        ("secret\n", r"own\.jsonl:1: expected one JSON object"),
    ],
)
def test_a_broken_line_is_named_without_its_words(tmp_path: Path, row: str, words: str) -> None:
    (tmp_path / "own.jsonl").write_text(row)
    with pytest.raises(DataError, match=words) as caught:
        list(read(tmp_path / "own.jsonl"))
    assert "secret" not in str(caught.value)
    with pytest.raises(DataError, match="found no such file"):
        list(read(tmp_path / "none.jsonl"))


@pytest.mark.timeout(300)
def test_from_a_file_to_a_challenger_and_a_verdict(
    tiny: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train(tiny)
    shipped = tmp_path / "models" / "emotion"
    export(tiny, shipped)
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    settings = tiny.model_copy(update={"track": uri, "output": tmp_path / "unused"})
    (tmp_path / "train.yaml").write_text(settings.model_dump_json())
    entry = {"text": "I am scared.", "labels": ["fear"], "told": "named", "plan": "x"}
    (tmp_path / "journal-dev.jsonl").write_text(json.dumps(entry) + "\n")
    monkeypatch.setattr(corrections, "GENTLE", corrections.GENTLE | {"lr_encoder": 1e-2, "lr_head": 1e-1})
    arguments = [
        written(tmp_path / "own.jsonl", LEAST), "--config", tmp_path / "train.yaml", "--models", shipped,
        "--journal-dev", tmp_path / "journal-dev.jsonl", "--output", tmp_path / "out",
    ]  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["corrections", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        corrections.main()
    said = capsys.readouterr().out
    assert "100 corrections: " in said and "corrections kept aside: micro-F1" in said and "dev macro-F1" in said
    assert done.value.code == int("not promoted" in said)
    [folder] = (tmp_path / "out").iterdir()
    card = json.loads((folder / "model" / "card.json").read_text())
    assert card["training"]["init"] == str(shipped) and not (folder / "corrections.jsonl").exists()
    named = track.client(uri).get_registered_model(track.MODEL).aliases
    assert set(named) == {"champion" if done.value.code == 0 else "challenger"}
    assert Shelf(shipped).served() == ([card["version"]] if done.value.code == 0 else [])
    thresholds = np.asarray(card["thresholds"])
    assert thresholds.shape == (28,)
