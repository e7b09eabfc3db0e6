"""What every importer makes of its list before anything is judged: a raw row, or why there is none."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agent.errors import Invalid

Kind = Literal["game", "film", "series", "video"]


@dataclass(frozen=True, slots=True)
class Raw:
    """One work as a list tells of it. `tags` are (word, weight); None is for what the list does not say."""

    title: str
    kind: Kind
    year: int | None
    url: str
    description: str
    tags: tuple[tuple[str, float], ...]
    licence: str
    minutes: int | None = None
    free: bool = False
    adult: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a list: where it stands ("games.jsonl:17"), and its row, or in `trouble` why it gives none."""

    where: str
    raw: Raw | None = None
    trouble: str = ""


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """(where, object) of every line; None for a line that is no JSON object."""
    for number, line in enumerate(_bytes(path).split(b"\n"), start=1):
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError:  # broken UTF-8 is one, too
                value = None
            yield f"{path.name}:{number}", value if isinstance(value, dict) else None


def csv_rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """(where, row) with column names in lower case; `where` is the line on which a row ends. Raises `Invalid`."""
    try:
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("file", f"{path}: byte {error.start} is no UTF-8; save the list as UTF-8") from None
    csv.field_size_limit(10_000_000)
    reader = csv.DictReader(text.splitlines(keepends=True))
    if not reader.fieldnames:
        raise Invalid("file", f"{path}: found no header line; allowed: CSV whose first line names the columns")
    try:
        for row in reader:
            yield f"{path.name}:{reader.line_num}", {str(k).lower().strip(): str(v or "") for k, v in row.items() if k}
    except csv.Error as error:
        raise Invalid("file", f"{path.name}:{reader.line_num}: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid("file", f"{path}: cannot be read ({error.strerror})") from None


def year(text: str) -> int | None:
    """The last four digits in a date that can be a year; None where there are none."""
    found = [w for w in "".join(c if c.isdigit() else " " for c in text).split() if len(w) == 4]
    return int(found[-1]) if found and 1880 <= int(found[-1]) <= 2100 else None


def ranked(tags: list[str]) -> tuple[tuple[str, float], ...]:
    """Tags in the order of their votes, the first weighing most."""
    return tuple((tag, 3.0 / (place + 3.0)) for place, tag in enumerate(tags))
