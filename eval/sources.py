"""What is evaluated, row by row: JSONL, TSV, CSV, Parquet or a set of the hub by name, streamed by Ray Data.

A row becomes `{row, text, labels, told, broken}`: its number in the source, the text as it stands there, label names,
how the feeling is told where the source says so, and, for a row that cannot be read, why. Broken rows go on to a side
file with their numbers and are counted; they never stop a run. Files of lines are cut at line ends and read in
parallel, so that a set larger than memory passes through.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import ray.data

from agent.domain import EMOTIONS
from finetune.dataset import DataError
from finetune.ingest import pieces

Row = dict[str, Any]
FORMATS = (".jsonl", ".tsv", ".csv", ".parquet")


def label_names(value: object) -> list[str]:
    """Names from what a source holds: a list of names or ids, or one string of them with commas or semicolons.

    Raises `DataError` naming what was expected and found.
    """
    items = value.replace(";", ",").split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise DataError(f"labels: expected names or ids of the 28 labels, found {value!r:.60}")
    return [_name(item) for item in items]


def _name(item: object) -> str:
    text = str(item).strip()
    if text in EMOTIONS:
        return text
    if text.isdigit() and int(text) < len(EMOTIONS):
        return EMOTIONS[int(text)]
    raise DataError(f"labels: expected names or ids of the 28 labels, found {text!r:.60}")


def as_row(number: int, fields: object) -> Row:
    """One row of any source, checked; a row that is not what it should be carries why in `broken`."""
    try:
        if not isinstance(fields, dict):
            raise DataError(f"expected an object with text and labels, found {type(fields).__name__}")
        text, labels = fields.get("text"), fields.get("labels")
        if not isinstance(text, str) or not text.strip():
            raise DataError(f"text: expected words, found {text!r:.60}")
        told = fields.get("told")
        return _row(number, text, label_names(labels), str(told or ""))
    except DataError as error:
        return _row(number, "", [], "", str(error))


def _row(number: int, text: str, labels: list[str], told: str, broken: str = "") -> Row:
    # One form of column for every row, or blocks of only broken rows would have another schema.
    return {"row": number, "text": text, "labels": ",".join(labels), "told": told, "broken": broken}


def _json_line(line: bytes) -> object:
    return json.loads(line.decode())


def _tsv_line(line: bytes) -> object:
    columns = line.decode().rstrip("\r").split("\t")
    if len(columns) < 2:
        raise DataError(f"expected text and labels separated by a tab, found {len(columns)} column(s)")
    return {"text": columns[0], "labels": columns[1]}


_LINES: dict[str, Callable[[bytes], object]] = {".jsonl": _json_line, ".tsv": _tsv_line}


def read_lines(piece: dict[str, Any]) -> list[Row]:
    """The rows of one piece of a file of lines."""
    path = Path(piece["path"])
    parse = _LINES[path.suffix]
    with path.open("rb") as file:
        file.seek(piece["start"])
        lines = file.read(piece["size"]).split(b"\n")
    return [_line(parse, number, line) for number, line in enumerate(lines, piece["line"]) if line.strip()]


def _line(parse: Callable[[bytes], object], number: int, line: bytes) -> Row:
    try:
        return as_row(number, parse(line))
    except (ValueError, RecursionError) as error:
        return _row(number, "", [], "", f"expected one row, found {type(error).__name__}: {error}"[:200])


def read_csv(item: dict[str, Any]) -> Iterator[Row]:
    """The rows of a CSV file with a header that names `text` and `labels`; quoted line breaks are part of a row."""
    with Path(item["path"]).open(newline="", encoding="utf-8", errors="replace") as file:
        reader = csv.DictReader(file)
        for fields in reader:
            yield as_row(reader.line_num, dict(fields))


def read_group(item: dict[str, Any]) -> list[Row]:
    """The rows of one row group of a Parquet file."""
    table = pq.ParquetFile(item["path"]).read_row_group(item["group"])
    return [as_row(item["row"] + n, fields) for n, fields in enumerate(table.to_pylist(), 1)]


def _groups(path: Path) -> list[dict[str, Any]]:
    file, found, first = pq.ParquetFile(path), [], 0
    for group in range(file.num_row_groups):
        found.append({"path": str(path), "group": group, "row": first})
        first += file.metadata.row_group(group).num_rows
    return found


def stream(source: str, split: str = "test") -> ray.data.Dataset:
    """The rows of a file, or of a set of the hub (`name` or `name:configuration`). Raises `DataError` by name."""
    path = Path(source)
    if path.suffix not in FORMATS:
        return _hub(source, split)
    if not path.is_file() or not path.stat().st_size:
        raise DataError(f"{path}: expected rows to evaluate, found no such file or an empty one")
    if path.suffix == ".parquet":
        return _spread(_groups(path)).flat_map(read_group)
    if path.suffix == ".csv":
        return _spread([{"path": str(path)}]).flat_map(read_csv)
    return _spread(list(pieces(path))).flat_map(read_lines)


def _spread(items: list[dict[str, Any]]) -> ray.data.Dataset:
    return ray.data.from_items(items, override_num_blocks=len(items))


def _hub(source: str, split: str) -> ray.data.Dataset:
    from datasets import load_dataset  # heavy, and not needed for a file

    name, _, configuration = source.partition(":")
    try:
        rows = load_dataset(name, configuration or None, split=split)
    except (ValueError, OSError) as error:
        raise DataError(f"{source}: expected a file {FORMATS} or a set of the hub: {error}") from error
    numbered = rows.add_column("row_number", list(range(1, len(rows) + 1)))
    return ray.data.from_huggingface(numbered).map(lambda fields: as_row(int(fields["row_number"]), dict(fields)))
