"""Day One's JSON, alone or in its zip. A state of mind may stand inside an entry's rich text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, BinaryIO

from agent.domain import StateOfMind
from agent.errors import Invalid
from journal.transfer.draft import Draft, Found, How, Note, left_out
from journal.transfer.moments import in_zone, moment
from journal.transfer.names import camel, class_of, state
from journal.transfer.packed import is_zip, opened, piece
from journal.transfer.streamed import objects
from journal.transfer.texts import plain, tags_of

NAME = "a Day One export"
LISTS = frozenset({"entries.item"})
EXPECTED = "creationDate such as 2026-05-04T19:05:00Z"

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PICTURE = re.compile(r"!\[[^\]]*\]\(dayone-moment:[^)]*\)\n?")
_OURS = frozenset(("uuid", "creationDate", "modifiedDate", "timeZone", "text", "richText", "tags"))
_HEAVY = frozenset(("photos", "videos", "audios", "pdfAttachments"))


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of every journal in the export."""
    if not is_zip(source):
        yield from _read(source, how, "")
        return
    with opened(source) as archive:
        journals = [i for i in archive.infolist() if i.filename.endswith(".json") and "/" not in i.filename]
        if not journals:
            raise Invalid("file", f"This is not {NAME}: the zip holds no journal as .json.")
        for info in journals:
            with piece(archive, info) as journal:
                yield from _read(journal, how, f"{info.filename[:60]}, " if len(journals) > 1 else "")


def _read(source: Any, how: How, before: str) -> Iterator[Found]:
    number = 0
    for found in objects(source, LISTS, NAME):
        if isinstance(found, Note):
            yield found
            continue
        number += 1
        yield from _drafts(found[1], f"{before}entry {number}", how)


def _drafts(raw: dict[str, Any], where: str, how: How) -> Iterator[Found]:
    known = moment(raw["creationDate"], how.zone or UTC) if raw.get("creationDate") else None
    if known is None:
        yield left_out(where, raw.get("creationDate", "no creationDate"), EXPECTED)
        return
    at, zone = in_zone(known[0], raw["timeZone"]) if raw.get("timeZone") else (known[0], None)
    if zone is None and how.zone:
        at = at.astimezone(how.zone)
    notes: list[Note] = []
    nodes = _nodes(raw.get("richText"), where, notes)
    mind = _mind(nodes, where, notes)
    text = unescaped(str(raw["text"])) if raw.get("text") else _text(nodes)
    pictures = sum(len(raw[name]) for name in _HEAVY if isinstance(raw.get(name), list))
    if pictures:
        notes.append(Note(where=where, found=f"{pictures} pictures, films or recordings", expected="text"))
    tags = tags_of(where, raw["tags"] if isinstance(raw.get("tags"), list) else (), notes)
    yield from notes
    extra = {name: value for name, value in raw.items() if name not in _OURS | _HEAVY and value not in (None, {}, [])}
    yield Draft(
        where=where, created_at=at, zone=zone, assumed=zone is None, state_of_mind=mind, tags=tags,
        id=str(raw["uuid"]) if raw.get("uuid") else None, text=text, extra=extra,
    )  # fmt: skip


def unescaped(text: str) -> str:
    """The text without Day One's backslashes before signs, and without the places of its pictures."""
    return _ESCAPED.sub(r"\1", _PICTURE.sub("", text))


def escaped(text: str) -> str:
    """The text as Day One writes it: what `unescaped` undoes."""
    return re.sub(r"([\\.()!\[\]-])", r"\\\1", text)


def _nodes(rich: object, where: str, notes: list[Note]) -> list[dict[str, Any]]:
    if not rich:
        return []
    try:
        raw = json.loads(str(rich))
        nodes = raw.get("contents", raw.get("nodes"))
        return [node for node in nodes if isinstance(node, dict)]
    except (ValueError, AttributeError, TypeError, RecursionError):
        notes.append(Note(where=where, found="rich text that is no JSON", expected="an object with contents or nodes"))
        return []


def _embedded(nodes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        many = node.get("embeddedObjects")
        yield from (one for one in many if isinstance(one, dict)) if isinstance(many, list) else ()


def _mind(nodes: list[dict[str, Any]], where: str, notes: list[Note]) -> StateOfMind | None:
    found = next((one for one in _embedded(nodes) if one.get("type") == "stateOfMind"), None)
    if found is None:
        return None
    mind, said = state(
        where, valence=found.get("valence"), kind=found.get("kind"), labels=found.get("labels"),
        associations=found.get("associations"),
    )  # fmt: skip
    notes += said
    return mind


def _text(nodes: list[dict[str, Any]]) -> str:
    return "".join(str(node.get("text") or "") for node in nodes) or "\n".join(
        plain(str(one["contents"])) for one in _embedded(nodes) if one.get("contents")
    )


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """One journal as JSON."""
    yield b'{"metadata":{"version":"1.0"},"entries":['
    comma = b""
    for draft in drafts:
        yield comma + json.dumps(_row(draft), ensure_ascii=False).encode()
        comma = b",\n"
    yield b"]}\n"


def _row(draft: Draft) -> dict[str, Any]:
    row = dict(draft.extra)
    if draft.id:
        row["uuid"] = draft.id.replace("-", "").upper() if len(draft.id) == 36 else draft.id
    stamp = f"{draft.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    row |= {"creationDate": stamp, "modifiedDate": stamp, "text": escaped(draft.text), "tags": list(draft.tags)}
    if draft.zone:
        row["timeZone"] = draft.zone
    if mind := draft.state_of_mind:
        node = {
            "type": "stateOfMind", "kind": camel(mind.kind), "valence": mind.valence,
            "valenceClassification": camel(class_of(mind.valence)), "labels": list(map(camel, mind.labels)),
            "associations": list(map(camel, mind.associations)),
        }  # fmt: skip
        row["richText"] = json.dumps({"meta": {"version": 1}, "contents": [{"embeddedObjects": [node]}]})
    return row
