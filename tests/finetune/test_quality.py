"""Data tests: good rows pass, every kind of bad row is named, and training refuses them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune import dataset, quality
from finetune.dataset import DataError, Rows
from finetune.quality import DataRules
from finetune.train import TrainConfig, train
from tests.finetune.conftest import write_splits

pytestmark = pytest.mark.timeout(180)  # the first import of Great Expectations takes its time


@pytest.fixture
def splits(tmp_path: Path) -> dict[str, Rows]:
    return dataset.load(write_splits(tmp_path / "raw"))


def failures(splits: dict[str, Rows], rules: DataRules | None = None) -> dict[str, tuple[str, ...]]:
    outcomes = quality.check(splits, rules or DataRules())
    return {o.expectation.split("(")[1].split(",")[0]: o.where for o in outcomes if not o.holds}


def with_text(rows: Rows, index: int, text: str) -> Rows:
    return replace(rows, texts=[*rows.texts[:index], text, *rows.texts[index + 1 :]])


def test_good_rows_pass_and_the_report_says_so(splits: dict[str, Rows]) -> None:
    outcomes = quality.check(splits, DataRules(rows={"train": (24, 24)}, label_rate=(0.0, 0.5)))
    assert len(outcomes) == 10 and all(o.holds for o in outcomes)
    quality.refuse(outcomes)
    page = quality.report(splits, outcomes)
    assert "train 24, dev 24, test 24" in page and "10 of 10 expectations hold" in page


def test_each_kind_of_bad_row_is_named(splits: dict[str, Rows]) -> None:
    train_rows = splits["train"]
    assert failures({**splits, "train": with_text(train_rows, 4, " ")})["text"] == ("train:5 ( )",)
    assert failures({**splits, "dev": with_text(splits["dev"], 1, train_rows.texts[0])})["leaks_into"] == (
        "train:1 (dev)",
        "dev:2 (train)",
    )
    assert failures({**splits, "dev": with_text(splits["dev"], 1, splits["test"].texts[0])})["dev_in_test"]
    labels = train_rows.labels.copy()
    labels[2] = 0
    labels[3, 5] = 2
    bad = failures({**splits, "train": replace(train_rows, labels=labels)})
    assert bad["labels_a_row"] == ("train:3 (0)",) and bad["label_values"] == ("train:4 (False)",)


def test_bounds_are_held(splits: dict[str, Rows]) -> None:
    rules = DataRules(rows={"train": (100, 200)}, label_rate=(0.0, 0.2), characters=(1, 20), repeats=1)
    bad = failures(splits, rules)
    assert bad["off_by"] == ("train: 24 rows, expected 100 to 200 (-76)",)
    assert any(where.startswith("train fear") for where in bad["label_rate"])
    assert "characters" in bad


def test_a_template_is_found() -> None:
    rows = Rows([f"Today I went to the shop for {n} apples" for n in range(10)], np.eye(28, dtype=np.float32)[:10])
    splits = {"train": rows, "dev": rows.take(np.arange(0)), "test": rows.take(np.arange(0))}
    assert len(failures(splits, DataRules(opening_share=0.5))["opening_share"]) == 10


def test_training_refuses_what_fails_and_names_it(tiny: TrainConfig) -> None:
    assert tiny.goemotions
    path = tiny.goemotions / "dev.tsv"
    path.write_text("  \t3\tx\n" + path.read_text())
    with pytest.raises(DataError, match=r"data tests failed.*not_match_regex\(text.*dev:1 \("):
        train(tiny)
    assert not tiny.output.exists()


def test_the_command_writes_its_report_and_says_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_splits(tmp_path / "raw")
    (tmp_path / "rules.yaml").write_text("rows: {train: [1, 5]}\n")
    config = tmp_path / "train.yaml"
    config.write_text(f"goemotions: {raw}\nrules: {tmp_path}/rules.yaml\n")
    arguments = ["quality", "--config", str(config), "--report", str(tmp_path / "r.md")]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as done:
        quality.main()
    assert done.value.code == 1 and "FAILS  expect_column_values_to_be_between(off_by" in capsys.readouterr().out
    assert "train: 24 rows, expected 1 to 5" in (tmp_path / "r.md").read_text()
    (raw / "dev.tsv").write_text("broken\n")
    with pytest.raises(SystemExit) as done:
        quality.main()
    said = capsys.readouterr().err
    assert done.value.code == 2 and said.count("\n") == 1 and "dev.tsv:1: expected text" in said
