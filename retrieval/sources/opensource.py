"""The list of open-source games (JSONL, CC0): title, keywords, description, home page, state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.sources.raw import Found, Raw, json_lines, ranked

TOOLS = frozenset({"game engine", "framework", "tool", "library", "engine"})
"""Keywords of what is made for making games."""

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|https?://\S+")


def read(path: Path) -> Iterator[Found]:
    """The games of the list; what needs the files of a bought game, or makes games, is none."""
    for where, row in json_lines(path):
        yield Found(where, trouble="no JSON object") if row is None else _found(where, row)


def _found(where: str, row: dict[str, Any]) -> Found:
    title, home = str(row.get("title") or "").strip(), str(row.get("home") or row.get("media") or "")
    words = [part.strip() for keyword in row.get("keywords") or [] for part in str(keyword).split("+")]
    words = [re.sub(r"^multiplayer .*", "multiplayer", word) for word in words]
    if not title:
        return Found(where, trouble="no title")
    if not TOOLS.isdisjoint(words):
        return Found(where, trouble="made for making games")
    if any("original required" in word for word in words):
        return Found(where, trouble="needs the files of another game")
    raw = Raw(
        title=title,
        kind="game",
        year=None,
        url=re.sub(r"^http://", "https://", home),
        description=_LINK.sub(r"\1", str(row.get("description") or "")),
        tags=ranked(words),
        licence="CC0-1.0",
        free=True,
        adult="adult" in words,
    )
    return Found(where, raw)
