"""Lists of films with their genres and the beginning of their encyclopedia article (JSONL, CC BY-SA)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from retrieval.sources.raw import Found, Raw, json_lines, ranked
from retrieval.sources.table import ADULT, plain


def read(path: Path) -> Iterator[Found]:
    """The films of the list."""
    for where, row in json_lines(path):
        if row is None:
            yield Found(where, trouble="no JSON object")
            continue
        title, href = str(row.get("title") or "").strip(), str(row.get("href") or "")
        genres = [str(genre) for genre in row.get("genres") or []]
        made = row.get("year")
        if not title or not isinstance(made, int):
            yield Found(where, trouble="no title" if not title else "no year")
            continue
        raw = Raw(
            title=title,
            kind="film",
            year=made,
            url=f"https://en.wikipedia.org/wiki/{quote(href, safe='%_(),!.:~*-')}" if href else "",
            description=str(row.get("extract") or ""),
            tags=ranked(genres),
            licence="CC-BY-SA-4.0",
            minutes=15 if "Short" in genres else 100,
            adult=any(plain(genre) in ADULT for genre in genres),
        )
        yield Found(where, raw)
