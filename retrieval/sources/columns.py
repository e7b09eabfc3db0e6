"""Any CSV, with a map (YAML) that says which of its columns is what.

A field of the map is a column's name, or `{column: NAME, split: "|"}`, or `{value: CONSTANT}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from agent.errors import Invalid
from retrieval.sources.raw import Found, Kind, Raw, csv_rows, ranked, year
from retrieval.sources.table import ADULT, plain


class Place(BaseModel):
    """Where a field comes from: a column, split where it holds several words, or the same `value` for every row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    split: str = ","
    value: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Place:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either column or value")
        return self


class Columns(BaseModel):
    """The map of a CSV. `genres` decide what a row feels like; a row without `url` gets an encyclopedia search."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Place
    kind: Place
    year: Place
    description: Place
    genres: Place
    licence: Place
    url: Place | None = None
    minutes: Place | None = None
    free: Place | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        """A bare word is a column's name."""
        if not isinstance(given, dict):
            return given
        return {name: {"column": place} if isinstance(place, str) else place for name, place in given.items()}


def read_map(path: Path) -> Columns:
    """A column map. Raises `Invalid` naming the field that is wrong."""
    try:
        return Columns.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise Invalid("map", f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Invalid("map", f"{path}: found no YAML; allowed: one `field: column` a line") from None
    except ValidationError as error:
        # A field that is misspelt is told before the one it leaves missing.
        first = sorted(error.errors(), key=lambda e: e["type"] == "missing")[0]
        where = ".".join(map(str, first["loc"])) or "the whole file"
        allowed = ", ".join(Columns.model_fields)
        raise Invalid("map", f"{path}: {where}: {first['msg']}; allowed fields: {allowed}") from None


def read(path: Path, columns: Columns) -> Iterator[Found]:
    """The rows of a CSV by its map. Raises `Invalid` when the map names a column that is not there."""
    named = {p.column for name in Columns.model_fields if (p := getattr(columns, name)) and p.column}
    for where, row in csv_rows(path):
        if missing := sorted(column for column in named if column.lower().strip() not in row):
            raise Invalid("map", f"found no column {missing[0]!r} in {path.name}; there are {', '.join(row)}")
        yield _found(where, row, columns)


def _found(where: str, row: dict[str, str], columns: Columns) -> Found:
    def of(place: Place | None) -> str:
        if place is None:
            return ""
        return place.value if place.value is not None else row[str(place.column).lower().strip()].strip()

    kind = next((k for k in get_args(Kind) if k == of(columns.kind).lower()), None)
    if not of(columns.title):
        return Found(where, trouble="no title")
    if kind is None:
        return Found(where, trouble=f"no kind that is known ({', '.join(get_args(Kind))})")
    words = [word.strip() for word in of(columns.genres).split(columns.genres.split) if word.strip()]
    minutes = of(columns.minutes)
    raw = Raw(
        title=of(columns.title),
        kind=kind,
        year=year(of(columns.year)),
        url=of(columns.url),
        description=of(columns.description),
        tags=ranked(words),
        licence=of(columns.licence),
        minutes=int(minutes) if minutes.isdigit() and int(minutes) else None,
        free=of(columns.free).lower() in ("1", "true", "yes", "y", "free", "0.00", "0"),
        adult=any(plain(word) in ADULT for word in words),
    )
    return Found(where, raw)
