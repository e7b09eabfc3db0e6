"""Streamed rows: the same as read whole, the same twice, apart from what judges them, and refused by line."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from finetune import dataset, ingest
from finetune.dataset import DataError
from tests.finetune.conftest import write_splits

pytestmark = [pytest.mark.timeout(180), pytest.mark.usefixtures("ray_here")]


def test_pieces_cover_a_file_without_splitting_a_line(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_text("".join(f"line é {n}\t3\tx\n" for n in range(25)) + "last\t3\tx")
    found = list(ingest.pieces(path, rows=10))
    assert [p["line"] for p in found] == [1, 11, 21]
    rows = [row for piece in found for row in ingest.read_piece(piece)]
    assert [r["line"] for r in rows] == list(range(1, 27)) and rows[-1]["text"] == "last"
    assert sum(p["size"] for p in found) == path.stat().st_size


def test_ingest_equals_reading_whole_twice_the_same_and_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "ROWS_A_PIECE", 7)
    raw = write_splits(tmp_path / "raw")
    with (raw / "train.tsv").open("a") as file:
        file.write("So  Thank you so much for this! 0\t3\tx\n\t3\tx\n")  # stands in dev, once cleaned; and an empty one
    report = ingest.ingest(raw, tmp_path / "data")
    assert report["splits"]["train"] | {"sha256": ""} == {"rows": 24, "left_out": 2, "sha256": ""}
    again = ingest.ingest(raw, tmp_path / "again")
    assert again == report
    for split in ("train", "dev", "test"):
        assert (tmp_path / "data" / f"{split}.parquet").read_bytes() == (
            tmp_path / "again" / f"{split}.parquet"
        ).read_bytes()
    assert dataset.fingerprint(dataset.load(tmp_path / "data")) == dataset.fingerprint(dataset.load(raw))
    assert pq.read_table(tmp_path / "data" / "train.parquet").column_names == ["text", "labels", "source", "line"]


def test_a_leak_in_the_written_files_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    ingest.ingest(write_splits(tmp_path / "raw"), folder)
    ingest.check_apart(folder)
    (folder / "dev.parquet").write_bytes((folder / "train.parquet").read_bytes())
    with pytest.raises(DataError, match=r"row 1 \('Thank you so much for this! 0'\) stands in dev as well"):
        ingest.check_apart(folder)


def test_a_sample_is_seeded(tmp_path: Path) -> None:
    raw = write_splits(tmp_path / "raw", rows=40)
    first = ingest.ingest(raw, tmp_path / "a", share=0.5, seed=1)["splits"]["train"]
    assert 30 < first["rows"] < 90
    assert ingest.ingest(raw, tmp_path / "b", share=0.5, seed=1)["splits"]["train"] == first
    assert ingest.ingest(raw, tmp_path / "c", share=0.5, seed=2)["splits"]["train"] != first


@pytest.mark.parametrize(
    ("line", "words"),
    [(b"no tabs", "1 column"), (b"text\t3,x\tid", "'3,x'"), (b"text\t28\tid", "28"), (b"caf\xe9\t3\tid", "0xe9")],
)
def test_the_first_broken_row_is_named_and_nothing_is_left(tmp_path: Path, line: bytes, words: str) -> None:
    raw = write_splits(tmp_path / "raw")
    with (raw / "train.tsv").open("ab") as file:
        file.write(line + b"\n" + b"another broken one\n")
    ingest.ingest(write_splits(tmp_path / "good"), tmp_path / "data")
    before = json.loads((tmp_path / "data" / "ingest.json").read_text())
    with pytest.raises(DataError, match=rf"train\.tsv:25: .*{words}"):
        ingest.ingest(raw, tmp_path / "data")
    assert json.loads((tmp_path / "data" / "ingest.json").read_text()) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data", "good", "raw"]


def test_a_missing_column_is_refused_by_name(tmp_path: Path) -> None:
    ingest.ingest(write_splits(tmp_path / "raw"), tmp_path / "data")
    path = tmp_path / "data" / "dev.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["labels"]), path)
    with pytest.raises(DataError, match=r"dev\.parquet: expected the columns text and labels, found .*'line'.*labels"):
        dataset.load(tmp_path / "data")
