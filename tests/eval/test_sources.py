"""Rows of every format: read as they are, numbered, and set aside with a reason where they are broken."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eval.sources import as_row, label_names, read_csv, read_group, read_lines
from finetune.dataset import DataError
from finetune.ingest import pieces


def test_labels_are_names_or_ids() -> None:
    assert label_names("3,27") == ["annoyance", "neutral"]
    assert label_names("joy; love") == ["joy", "love"]
    assert label_names(["grief", 17]) == ["grief", "joy"]


@pytest.mark.parametrize("value", ["28", "-1", "happy", None, 3.5, ["joy", "28"]])
def test_a_label_that_is_none_of_ours_is_named(value: object) -> None:
    with pytest.raises(DataError, match="expected names or ids"):
        label_names(value)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"not json", "JSONDecodeError"),
        (b"[1]", "expected an object"),
        (b'{"text": "  ", "labels": ["joy"]}', "text: expected words"),
        (b'{"text": "x", "labels": ["glee"]}', "'glee'"),
        (b'{"text": 7, "labels": ["joy"]}', "text: expected words, found 7"),
        (b"\xff\xfe", "UnicodeDecodeError"),
        (b"[" * 100_000, "RecursionError"),
    ],
)
def test_a_broken_line_carries_its_number_and_why(tmp_path: Path, line: bytes, why: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"text": "Fine.", "labels": ["joy"], "told": "named"}\n' + line + b"\n")
    first, second = [row for piece in pieces(path) for row in read_lines(piece)]
    assert (first["row"], first["labels"], first["told"], first["broken"]) == (1, "joy", "named", "")
    assert second["row"] == 2 and why in second["broken"] and second["text"] == ""


def test_pieces_of_a_file_are_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("".join(f"text {n}\t{n % 28}\n" for n in range(1, 101)))
    rows = [row for piece in pieces(path, rows=7) for row in read_lines(piece)]
    assert [row["row"] for row in rows] == list(range(1, 101))
    assert rows[41]["text"] == "text 42" and not any(row["broken"] for row in rows)


def test_csv_with_line_breaks_and_parquet_with_groups(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text('text,labels\n"one\ntwo","3,27"\nbad,99\n')
    one, bad = read_csv({"path": str(tmp_path / "rows.csv")})
    assert one["text"] == "one\ntwo" and one["labels"] == "annoyance,neutral" and "'99'" in bad["broken"]
    table = pa.table({"text": ["a", "b", None], "labels": [[0], [1, 2], [3]]})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=2)
    rows = [
        *read_group({"path": str(tmp_path / "rows.parquet"), "group": 0, "row": 0}),
        *read_group({"path": str(tmp_path / "rows.parquet"), "group": 1, "row": 2}),
    ]
    assert [row["row"] for row in rows] == [1, 2, 3] and rows[1]["labels"] == "amusement,anger"
    assert "expected words" in rows[2]["broken"]


def test_every_row_has_the_same_columns() -> None:
    assert set(as_row(1, {"text": "x", "labels": "0"})) == set(as_row(2, None))
