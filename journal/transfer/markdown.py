"""A folder of Markdown, as a zip: one file an entry, facts in the YAML at its head, the text below as it is.

Of other people's folders (Obsidian and the like) the date comes from the head or from the file's name; the rest of the
head is kept aside. A file without either is left out, because a made-up day would be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from zipfile import ZipInfo

import yaml  # type: ignore[import-untyped]

from agent.errors import Invalid
from journal.transfer.draft import Draft, Found, How, Note, left_out
from journal.transfer.mapping import plain_yaml
from journal.transfer.moments import in_zone, moment
from journal.transfer.names import state
from journal.transfer.packed import folder, member, opened
from journal.transfer.texts import tags_of

NAME = "a zip of Markdown files"
EXPECTED = "a date in the head of the file, or a name that begins with one, such as 2026-05-04.md"
MOST_HEAD = 20_000

_HEAD = re.compile(r"---\n(.*?\n)?---\n", re.DOTALL)
_NAMED = re.compile(r"(?:.*[^\d])?(\d{4}-\d{2}-\d{2})(?:[T _-]?(\d{2})[-:.]?(\d{2}))?")
_DATES = ("created_at", "created", "date", "datetime", "timestamp")
_OURS = frozenset(("id", "zone", "tags", "kind", "valence", "labels", "associations", *_DATES))


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of every `.md` file in the zip, in the order of their names."""
    with opened(source) as archive:
        files = sorted((i for i in archive.infolist() if _counts(i.filename)), key=lambda info: info.filename)
        if not files and archive.namelist():
            raise Invalid("file", f"This is not {NAME}: the zip holds no file that ends in .md.")
        for info in files:
            yield from _file(info, member(archive, info), how)


def _counts(name: str) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
    return name.lower().endswith(".md") and not hidden


def _file(info: ZipInfo, data: bytes, how: How) -> Iterator[Found]:
    where = info.filename[-80:]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield left_out(where, f"byte {error.start} that is not UTF-8", "UTF-8 text")
        return
    head = _HEAD.match(text.replace("\r\n", "\n", 1) if text.startswith("---\r\n") else text)
    try:
        facts = plain_yaml(head[1] or "", where) if head and len(head[0]) < MOST_HEAD else None
    except Invalid as error:
        yield left_out(where, error.message, "YAML between the two lines of ---")
        return
    body = text[head.end() :] if head else text
    yield from _draft(where, facts if isinstance(facts, dict) else {}, body, how)


def _draft(where: str, facts: dict[str, Any], body: str, how: How) -> Iterator[Found]:
    told = next((facts[name] for name in _DATES if facts.get(name)), None)
    known = _moment(told, how) if told is not None else _from_name(where, how)
    if known is None:
        yield left_out(where, told if told is not None else "no date", EXPECTED)
        return
    at, zone = in_zone(known[0], facts["zone"]) if facts.get("zone") else (known[0], None)
    notes: list[Note] = []
    mind = None
    if facts.get("valence") is not None:
        mind, notes = state(
            where, valence=facts["valence"], kind=facts.get("kind"), labels=facts.get("labels"),
            associations=facts.get("associations"),
        )  # fmt: skip
    raw = facts.get("tags")
    tags = tags_of(where, raw if isinstance(raw, list) else re.split(r"[,\s]+", str(raw or "")), notes)
    yield from notes
    extra = {str(name): _plain(value) for name, value in facts.items() if name not in _OURS}
    yield Draft(
        where=where, text=body, created_at=at, zone=zone, assumed=known[1] and zone is None, state_of_mind=mind,
        tags=tags, id=str(facts["id"]) if facts.get("id") else None, extra=extra,
    )  # fmt: skip


def _moment(told: object, how: How) -> tuple[datetime, bool] | None:
    if isinstance(told, datetime | date):
        told = told.isoformat()
    return moment(told, how.zone)


def _from_name(name: str, how: How) -> tuple[datetime, bool] | None:
    found = _NAMED.match(name.rsplit("/", 1)[-1])
    return moment(f"{found[1]} {found[2] or '12'}:{found[3] or '00'}", how.zone) if found else None


def _plain(value: object) -> Any:
    """A value of the head as JSON."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """A zip with a folder a year."""
    files: dict[str, bytes] = {}
    for draft in drafts:
        at = draft.created_at
        name = stem = f"{at.year:04d}/{at:%Y-%m-%d-%H%M}" if at.year > 999 else f"{at.year:04d}/{at.isoformat()[:10]}"
        number = 1
        while f"{name}.md" in files:
            number += 1
            name = f"{stem}-{number}"
        files[f"{name}.md"] = (_head(draft) + draft.text).encode()
    yield folder(files)


def _head(draft: Draft) -> str:
    mind = draft.state_of_mind
    facts: dict[str, Any] = {"created_at": draft.created_at.isoformat()}
    if mind:
        facts |= {"kind": mind.kind, "valence": mind.valence}
        facts |= {"labels": list(mind.labels), "associations": list(mind.associations)}
    facts |= {"zone": draft.zone, "tags": list(draft.tags), "id": draft.id}
    kept = draft.extra | {name: value for name, value in facts.items() if value not in (None, [])}
    return f"---\n{yaml.dump(kept, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)}---\n"
