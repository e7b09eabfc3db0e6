"""Lists of Steam games, as JSONL or CSV, whatever of the usual names their columns have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from retrieval.sources.raw import Found, Raw, csv_rows, json_lines, ranked, year
from retrieval.sources.table import ADULT, plain

NAMES = {
    "title": ("name", "title"),
    "link": ("link", "url", "store_url", "steam_url"),
    "number": ("appid", "app_id", "steam_appid", "id"),
    "tags": ("tags", "steamspy_tags", "popular_tags"),
    "genre": ("genre", "genres"),
    "about": ("description", "short_description", "about the game", "about_the_game", "detailed_description"),
    "date": ("release_date", "release date", "released", "date_release", "year"),
    "price": ("price", "price_final", "final_price"),
}
"""What is looked for, under which names."""

_APP = re.compile(r"^https://store\.steampowered\.com/app/(\d+)")


def read(path: Path) -> Iterator[Found]:
    """The games of a list; a `.csv` is read as CSV, everything else as JSONL."""
    if path.suffix.lower() == ".csv":
        for where, row in csv_rows(path):
            yield _found(where, row)
        return
    for where, value in json_lines(path):
        if value is None:
            yield Found(where, trouble="no JSON object")
        else:
            yield _found(where, {name.lower(): field for name, field in value.items()})


def _found(where: str, row: Mapping[str, Any]) -> Found:
    title, link = _text(row, "title"), _text(row, "link")
    number = match.group(1) if (match := _APP.match(link)) else _text(row, "number")
    if not title:
        return Found(where, trouble="no title")
    if not number.isdigit():
        return Found(where, trouble="no Steam app number")
    words = _list(row, "tags") or _list(row, "genre")
    priced = _text(row, "price")
    free = priced in ("0", "0.0", "0.00", "Free") or any(plain(w) in ("free to play", "free") for w in words)
    raw = Raw(
        title=title,
        kind="game",
        year=year(_text(row, "date")),
        url=f"https://store.steampowered.com/app/{number}/",
        description=_text(row, "about"),
        tags=ranked([*words, *(g for g in _list(row, "genre") if g not in words)]),
        licence="description: Steam store text, all rights with its publisher",
        minutes=20 if any(plain(w) in ("short", "clicker", "idler") for w in words) else 45,
        free=free,
        adult=any(plain(w) in ADULT for w in words) or row.get("safe") == "n",
    )
    return Found(where, raw)


def _text(row: Mapping[str, Any], what: str) -> str:
    value = next((row[name] for name in NAMES[what] if row.get(name) not in (None, "")), "")
    return str(value).strip()


def _list(row: Mapping[str, Any], what: str) -> list[str]:
    value: Any = next((row[name] for name in NAMES[what] if row.get(name)), [])
    parts = value if isinstance(value, list) else re.split(r"[;,|]", str(value).strip("[]"))
    return [word for part in parts if (word := str(part).strip().strip("'\""))]
