"""The catalogue on disk: JSONL rows to items, refusing what the rest of the room could not trust.

A row is one `agent.domain.Item` as JSON, its types exact ("0.5" is no number) and its warnings from the fixed
vocabulary. `python -m retrieval.catalog validate [PATH]` prints what is there and what falls short.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from agent.domain import Item
from agent.errors import DiscoveryError, Invalid
from retrieval.validation import Report as Report
from retrieval.validation import validate as validate
from retrieval.vocabulary import WARNINGS

_DATA = Path(__file__).parent / "data"


class BrokenRow(Invalid):
    """A row that cannot be used: which line of which file, which field, what was found and what is allowed."""

    def __init__(self, where: str, field: str, found: object, allowed: str) -> None:
        shown = json.dumps(found, ensure_ascii=False, default=str)
        shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
        super().__init__(field, f"found {shown}; allowed: {allowed}. Correct the row and load again")
        self.where, self.found, self.allowed = where, found, allowed

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}"


def shipped() -> Path:
    """Where the catalogue that ships with Discovery lies: one file, or the folder of parts it is put together from."""
    whole = _DATA / "catalog.jsonl"
    return whole if whole.is_file() else _DATA / "parts"


def load(path: Path) -> list[Item]:
    """The items of one JSONL file, or of every `*.jsonl` directly in a folder, files by name and rows in order.

    Raises `BrokenRow` for the first row that is no item or repeats an id, `Invalid` where there is nothing to read.
    """
    items, broken = read(path)
    if broken:
        raise broken[0]
    return items


def read(path: Path) -> tuple[list[Item], list[BrokenRow]]:
    """Like `load`, but goes on after a broken row and hands back all of them, so that an author sees every one."""
    items: list[Item] = []
    broken: list[BrokenRow] = []
    first: dict[str, str] = {}
    for where, line in _lines(_files(path)):
        try:
            item = parse(line, where)
            if item.id in first:
                raise BrokenRow(where, "id", item.id, f"an id of its own; {first[item.id]} has this one")
        except BrokenRow as error:
            broken.append(error)
        else:
            first[item.id] = where
            items.append(item)
    return items, broken


def parse(line: bytes, where: str) -> Item:
    """One row to its item; `where` names it in the message. Raises `BrokenRow`."""
    try:
        item = Item.model_validate_json(line, strict=True)
    except ValidationError as error:
        raise _broken(error, where) from error
    for warning in item.warnings:
        if warning not in WARNINGS:
            raise BrokenRow(where, "warnings", warning, ", ".join(WARNINGS))
    return item


def digest(items: Sequence[Item]) -> str:
    """sha256 in hex over all fields of all items, whatever file or order they came in."""
    rows = sorted(json.dumps(i.model_dump(mode="json"), sort_keys=True, ensure_ascii=False) for i in items)
    return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogatepass")).hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else []
    if not files:
        found = "a folder without any .jsonl file" if path.is_dir() else "nothing there"
        raise Invalid("catalogue", f"{path}: found {found}; allowed: a JSONL file, or a folder that holds some")
    return files


def _lines(files: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        # Split at b"\n" alone: a U+2028 inside a description ends no row, and broken UTF-8 is left to the parser.
        for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
            if line.strip():
                yield f"{file}:{number}", line


def _broken(error: ValidationError, where: str) -> BrokenRow:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "row"
    if first["type"] == "missing":
        return BrokenRow(where, field, "nothing", "a value; every field but warnings and goals is required")
    if first["type"] == "extra_forbidden":
        return BrokenRow(where, field, first["input"], f"only {', '.join(Item.model_fields)}")
    found = first["input"]
    return BrokenRow(
        where, field, found.decode("utf-8", "replace") if isinstance(found, bytes) else found, first["msg"]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """`validate [PATH]`: prints the report; 0 when the catalogue is whole, 1 when something falls short."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.catalog", description="Look the catalogue over.")
    parser.add_argument("command", choices=["validate"])
    parser.add_argument("path", nargs="?", type=Path, default=shipped(), help="a JSONL file or a folder of them")
    options = parser.parse_args(arguments)
    try:
        items, broken = read(options.path)
    except DiscoveryError as error:
        print(error, file=sys.stderr)
        return 1
    for row in broken:
        print(row, file=sys.stderr)
    report = validate(items)
    print(report.text())
    return 0 if report.whole and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
