"""From drafts to entries: texts cut to what an entry holds, origins kept, and what is there already recognised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from uuid import uuid4

from agent.domain import MAX_TEXT, Entry, Origin, Written
from journal.rows import micros
from journal.transfer.draft import Draft, Note

MOST_EXTRA = 4_000
"""Characters of JSON that an entry keeps of what its format says beyond."""

LONGEST_ID = 200


def entries_of(format_name: str, draft: Draft) -> Iterator[Entry | Note]:
    """The entry of a draft; a text that is too long for one becomes several, cut between paragraphs."""
    extra, told = dict(draft.extra), len(json.dumps(draft.extra, default=str))
    if told > MOST_EXTRA:
        yield Note(where=draft.where, found=f"{told:,} characters of details", expected=f"at most {MOST_EXTRA:,}")
        extra = {}
    parts = list(pieces(draft.text))
    if len(parts) > 1:
        found = f"a text of {len(draft.text):,} characters"
        yield Note(where=draft.where, found=found, expected=f"at most {MAX_TEXT:,}: it becomes {len(parts)} entries")
    for number, text in enumerate(parts, start=1):
        identity = draft.id and (draft.id if number == 1 else f"{draft.id}#{number}")[:LONGEST_ID]
        yield Entry(
            id=str(uuid4()), person="", text=text, created_at=draft.created_at, zone=draft.zone,
            state_of_mind=draft.state_of_mind if number == 1 else None, tags=draft.tags,
            origin=Origin(format=format_name, id=identity, extra=extra if number == 1 else {}),
        )  # fmt: skip


def pieces(text: str, longest: int = MAX_TEXT) -> Iterator[str]:
    """A text in pieces of at most `longest` characters, cut at the last empty line, line or space before that."""
    while len(text) > longest:
        places = (text.rfind(mark, longest // 2, longest) for mark in ("\n\n", "\n", " "))
        cut = next((place for place in places if place > 0), longest)
        yield text[:cut]
        text = text[cut:]
    yield text


def prints(entry_id: str, written: Written) -> Iterator[str]:
    """By what an entry is recognised: its own id, its id in the format it came from, and its moment (to the second)
    with its text and valence."""
    yield entry_id
    origin = written.origin
    if origin and origin.id:
        yield f"{origin.format} {origin.id}"
        yield origin.id if len(origin.id) == 36 else f"{origin.format} {origin.id}"
    mind = written.state_of_mind
    said = f"{written.text.strip()}\0{round(mind.valence, 3) if mind else ''}"
    digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    yield f"{micros(written.created_at) // 1_000_000} {digest}"


def new(entries: Iterable[Entry], there: set[str]) -> Iterator[Entry]:
    """The entries that are neither there nor twice among themselves; `there` grows by their prints."""
    for entry in entries:
        marks = set(prints(entry.id, entry))
        if not marks & there:
            there |= marks
            yield entry
