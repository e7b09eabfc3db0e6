"""Health Auto Export: JSON (`{"data": {"stateOfMind": [...]}}`) and CSV.

What has been measured of it and what its documentation says differ, so both are read: the valence decides, the class
is recomputed, and a bare number as a class counts only where the valence is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from journal.transfer.draft import Draft, Found, How, Note, left_out, passed_over
from journal.transfer.moments import EXPECTED, moment, stamped
from journal.transfer.names import class_of, state, title
from journal.transfer.streamed import objects
from journal.transfer.texts import cell, rows

NAME = "a Health Auto Export file"
LISTS = frozenset(
    f"{at}{name}.item" for at in ("data.", "") for name in ("stateOfMind", "state_of_mind", "entries", "samples")
) | {"item"}
COLUMNS = ("Start", "End", "Kind", "Labels", "Associations", "Valence", "Valence Classification")
_KNOWN = frozenset("id start end date startDate endDate kind valence valenceClassification labels associations".split())


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of the JSON, in whichever envelope."""
    number = 0
    for found in objects(source, LISTS, NAME):
        if isinstance(found, Note):
            yield found
            continue
        number += 1
        yield from _drafts(found[1], f"entry {number}", how)


def _drafts(raw: dict[str, Any], where: str, how: How) -> Iterator[Found]:
    stamp = next((raw[name] for name in ("start", "startDate", "date", "end") if raw.get(name)), None)
    known = moment(stamp, how.zone) if stamp is not None else None
    if known is None:
        yield left_out(where, stamp if stamp is not None else "no start", EXPECTED)
        return
    mind, notes = state(
        where, valence=raw.get("valence"), kind=raw.get("kind"), labels=raw.get("labels"),
        associations=raw.get("associations"), named_class=raw.get("valenceClassification"),
    )  # fmt: skip
    yield from notes if mind else [notes[0].model_copy(update={"left_out": True})]
    if mind:
        extra = {name: value for name, value in raw.items() if name not in _KNOWN and value not in (None, {}, [])}
        identity = str(raw["id"]) if raw.get("id") else None
        yield Draft(where=where, created_at=known[0], assumed=known[1], state_of_mind=mind, id=identity, extra=extra)


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """The JSON; entries without a state of mind of the person's own have no place in it."""
    yield b'{"data":{"stateOfMind":['
    comma = b""
    for draft in drafts:
        if mind := draft.state_of_mind:
            row = draft.extra | {
                "id": draft.id, "start": stamped(draft.created_at), "end": stamped(draft.created_at),
                "kind": mind.kind, "valence": mind.valence, "valenceClassification": class_of(mind.valence),
                "labels": [title(name) for name in mind.labels],
                "associations": [title(name) for name in mind.associations],
            }  # fmt: skip
            yield comma + json.dumps(row, ensure_ascii=False).encode()
            comma = b",\n"
    yield b"]}}\n"


def read_csv(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of the CSV. Its rows end in a comma of their own, which adds a nameless cell."""
    for line, row in rows(source, NAME, ("Start", "Valence")):
        where = f"line {line}"
        surplus = [value for value in row.get(None) or () if value]  # type: ignore[attr-defined]
        if surplus:
            yield passed_over(where, surplus[0], f"the {len(COLUMNS)} cells of the header")
        raw: dict[str, Any] = {
            "start": cell(row, "Start"), "kind": cell(row, "Kind"), "valence": cell(row, "Valence"),
            "labels": cell(row, "Labels"), "associations": cell(row, "Associations"),
            "valenceClassification": cell(row, "Valence Classification"),
        }  # fmt: skip
        yield from _drafts(raw, where, how)
