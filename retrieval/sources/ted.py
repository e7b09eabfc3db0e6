"""TED talks (CSV): what they are about, how long they are, and which words their viewers chose for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retrieval.sources.raw import Found, Raw, csv_rows

LICENCE = "talk: CC-BY-NC-ND-4.0 by TED; list: as shared on Kaggle"


def read(path: Path) -> Iterator[Found]:
    """The talks of the list."""
    for where, row in csv_rows(path):
        try:
            yield Found(where, _raw(row))
        except (ValueError, SyntaxError, KeyError, TypeError, OverflowError) as error:
            yield Found(where, trouble=f"a field cannot be read ({type(error).__name__})")


def _raw(row: dict[str, str]) -> Raw:
    tags = [str(tag) for tag in _literal(row["tags"])]
    ratings = [(f"rated {r['name']}".lower(), float(r["count"])) for r in _literal(row["ratings"])]
    votes = sum(count for _, count in ratings) or 1.0
    # Half of the weight to what it is about, half to how people found it.
    weighed = [("talk", 0.0), *((tag, 0.5 / len(tags)) for tag in tags)]
    weighed += [(name, 0.5 * count / votes) for name, count in ratings]
    return Raw(
        title=row["title"].strip(),
        kind="video",
        year=datetime.fromtimestamp(int(row.get("published_date") or row["film_date"]), UTC).year,
        url=row["url"].strip(),
        description=row["description"],
        tags=tuple(weighed),
        licence=LICENCE,
        minutes=max(1, round(int(row["duration"]) / 60)),
        free=True,
    )


def _literal(text: str) -> list[Any]:
    # The list is written as Python prints it; `literal_eval` reads values and runs nothing.
    value = ast.literal_eval(text)
    if not isinstance(value, list):
        raise ValueError(f"expected a list, found {type(value).__name__}")
    return value
