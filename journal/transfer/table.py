"""A CSV of our own, for a spreadsheet; and other people's, as far as their columns have names that can be told.

A spreadsheet would run a cell that begins with = + - or @ as a formula, so such a text gets an apostrophe before it,
which is taken away again on the way in.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from journal.transfer.draft import Draft, Found, How, Note, left_out, not_this
from journal.transfer.moments import EXPECTED, in_zone, moment
from journal.transfer.names import state
from journal.transfer.texts import cell, rows, tags_of

NAME = "a CSV with a date column"
COLUMNS = ("created_at", "zone", "kind", "valence", "labels", "associations", "tags", "text", "id", "extra")
ALIASES: dict[str, tuple[str, ...]] = {
    "created_at": ("created_at", "created", "datetime", "timestamp", "date", "day"),
    "time": ("time",),
    "text": ("text", "note", "entry", "content", "body", "journal"),
    "valence": ("valence", "mood", "score"),
    "labels": ("labels", "emotions", "feelings"),
    "tags": ("tags", "activities"),
} | {name: (name,) for name in ("zone", "kind", "associations", "id", "extra")}
"""Our columns, and the names under which others have them."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of the rows."""
    columns: dict[str, str] | None = None
    for line, row in rows(source, NAME, ()):
        columns = columns if columns is not None else _columns(row)
        yield from _draft(f"line {line}", row, columns, how)


def _columns(row: dict[str | None, object]) -> dict[str, str]:
    there = {name.lower(): name for name in row if name}
    columns = {ours: there[n] for ours, names in ALIASES.items() for n in reversed(names) if n in there}
    if "created_at" not in columns:
        raise not_this(NAME, f"the columns {', '.join(there)[:80]!r}", "one named created_at, date or timestamp")
    return columns


def _draft(where: str, row: dict[str | None, object], columns: dict[str, str], how: How) -> Iterator[Found]:
    def of(name: str) -> str:
        return cell(row, columns[name]) if name in columns else ""

    if row.get(None):
        yield left_out(where, row[None], "as many cells as the header has")
        return
    stamp = f"{of('created_at')} {of('time')}".strip()
    known = moment(stamp, how.zone)
    if known is None:
        yield left_out(where, stamp or "no date", EXPECTED)
        return
    at, zone = in_zone(known[0], of("zone")) if of("zone") else (known[0], None)
    mind, notes = None, list[Note]()
    if of("valence"):
        mind, notes = state(
            where, valence=of("valence"), kind=of("kind"), labels=of("labels"), associations=of("associations")
        )
    tags = tags_of(where, map(_unescaped, re.split(r"(?<!\\)\|", _bare(of("tags")))), notes)
    text = _bare(str(row.get(columns.get("text", ""), "") or ""))
    extra = _extra(where, of("extra"), notes)
    yield from notes
    yield Draft(
        where=where, text=text, created_at=at, zone=zone, assumed=known[1] and zone is None, state_of_mind=mind,
        tags=tags, id=of("id") or None, extra=extra,
    )  # fmt: skip


def _extra(where: str, raw: str, notes: list[Note]) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    notes.append(Note(where=where, found="an extra cell that is no JSON object", expected="one such as {}"))
    return {}


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _unescaped(tag: str) -> str:
    return tag.replace("\\|", "|")


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """The CSV, UTF-8 with a byte order mark, which spreadsheets want."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    writer.writerow(COLUMNS)
    for draft in drafts:
        writer.writerow(_row(draft))
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def _row(draft: Draft) -> list[str]:
    mind = draft.state_of_mind
    felt = [mind.kind, repr(mind.valence), " | ".join(mind.labels), " | ".join(mind.associations)] if mind else [""] * 4
    tags = _guarded(" | ".join(tag.replace("|", "\\|") for tag in draft.tags))
    extra = json.dumps(draft.extra, ensure_ascii=True) if draft.extra else ""
    return [
        draft.created_at.isoformat(), draft.zone or "", *felt, tags, _guarded(draft.text), draft.id or "", extra
    ]  # fmt: skip
