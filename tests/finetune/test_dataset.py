"""GoEmotions rows: read as they are, refused by line, kept apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.domain import EMOTIONS
from finetune.dataset import DataError, fingerprint, load, read_tsv


def write(folder: Path, **splits: str) -> Path:
    for name in ("train", "dev", "test"):
        (folder / f"{name}.tsv").write_text(splits.get(name, "Fine.\t27\tx1\n"), encoding="utf-8")
    return folder


def test_rows_become_texts_and_ones(tmp_path: Path) -> None:
    rows = read_tsv(write(tmp_path, train='I\u2019m "so" happy\t17,0\tx1\nFine.\t27\tx2\n') / "train.tsv")
    assert rows.texts == ['I\'m "so" happy', "Fine."]
    assert [EMOTIONS[i] for i in np.flatnonzero(rows.labels[0])] == ["admiration", "joy"]
    assert rows.labels.shape == (2, 28) and rows.labels.dtype == np.float32


@pytest.mark.parametrize(
    ("line", "words"),
    [("no tabs here", "1 column"), ("text\tx\tid", "'x'"), ("text\t28\tid", r"\[28\]"), ("text\t-1\tid", r"\[-1\]")],
)
def test_a_broken_row_is_refused_with_file_and_line(tmp_path: Path, line: str, words: str) -> None:
    path = write(tmp_path, train=f"Fine.\t27\tx1\n{line}\n") / "train.tsv"
    with pytest.raises(DataError, match=rf"train\.tsv:2.*{words}"):
        read_tsv(path)


def test_an_empty_or_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("")
    for name in ("train.tsv", "nowhere.tsv"):
        with pytest.raises(DataError, match=name):
            read_tsv(tmp_path / name)


def test_texts_of_dev_and_test_are_left_out_of_train(tmp_path: Path) -> None:
    folder = write(
        tmp_path, train="Same.\t27\ta\nOwn.\t3\tb\nTest  one.\t2\tc\n", dev="Same.\t27\td\n", test="Test one.\t2\te\n"
    )
    splits = load(folder)
    assert splits["train"].texts == ["Own."]
    assert fingerprint(splits) == fingerprint(load(folder))


@pytest.mark.data
def test_the_official_split_is_whole_and_kept_apart(shared_data: Path) -> None:
    splits = load(shared_data / "goemotions")
    assert {n: len(r) for n, r in splits.items() if n != "train"} == {"dev": 5426, "test": 5427}
    assert 43_000 < len(splits["train"]) < 43_410
    assert not set(splits["train"].texts) & (set(splits["dev"].texts) | set(splits["test"].texts))
