"""What a reader of a format yields: drafts of entries, and notes of what it did not understand.

A reader is a function `(source, how) -> iterator of Draft | Note` over a binary stream that it reads once, forwards.
It raises `Invalid` for a file that is not of its format at all; a single broken row becomes a note and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, BinaryIO

from pydantic import AwareDatetime, Field

from agent.domain import Entry, Noun, StateOfMind
from agent.errors import Invalid

MOST_SHOWN = 60
"""Characters of a value that a note shows."""


class Draft(Noun):
    """One entry as a file tells it. `where` names its place in the file ("row 3"); `id` is the file's own id of it;
    `assumed` says that the file names no time zone, so the person's was taken; `extra` holds what the format carries
    and Discovery has no place for, as JSON values, so that the way back loses nothing."""

    where: str = ""
    text: str = ""
    created_at: AwareDatetime
    zone: str | None = None
    assumed: bool = False
    state_of_mind: StateOfMind | None = None
    tags: tuple[str, ...] = ()
    id: str | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


class Note(Noun):
    """One thing that was not understood, in one line: where, what was found, what was expected. With `left_out` the
    row is not taken in; otherwise it is, without that thing."""

    where: str
    found: str
    expected: str
    left_out: bool = False

    def __str__(self) -> str:
        tail = "left out" if self.left_out else "taken in without it"
        return f"{self.where}: found {self.found}, expected {self.expected}; {tail}."


Found = Draft | Note


@dataclass(frozen=True)
class How:
    """What a person may say about a file: the zone its local times are in (None: this machine's), and a map of names
    (see `mapping`)."""

    zone: tzinfo | None = None
    moods: Mapping[str, float] = field(default_factory=dict)
    activities: Mapping[str, str] = field(default_factory=dict)


Read = Callable[[BinaryIO, How], Iterator[Found]]
Write = Callable[[Iterable[Draft]], Iterator[bytes]]


def shown(value: object) -> str:
    """A value as a note shows it: short, on one line, in ASCII."""
    text = ascii(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}... ({len(text):,} characters)"


def left_out(where: str, found: object, expected: str) -> Note:
    """The note of a row that cannot be taken in."""
    return Note(where=where, found=shown(found), expected=expected, left_out=True)


def passed_over(where: str, found: object, expected: str) -> Note:
    """The note of a value that was not understood, in a row that is taken in."""
    return Note(where=where, found=shown(found), expected=expected)


def not_this(format_name: str, found: str, expected: str) -> Invalid:
    """The error for a file that is not of the format."""
    return Invalid("file", f"This is not {format_name}: found {found}, expected {expected}.")


def of_entry(entry: Entry) -> Draft:
    """The draft of a stored entry, for a writer. The person's own labels and valence go out; what a machine read stays,
    because another program could not tell the two apart."""
    origin = entry.origin
    return Draft(
        id=origin.id if origin and origin.id else entry.id,
        text=entry.text,
        created_at=entry.created_at,
        zone=entry.zone,
        state_of_mind=own_state(entry),
        tags=entry.tags,
        extra=dict(origin.extra) if origin else {},
    )


def own_state(entry: Entry) -> StateOfMind | None:
    """What the person said of the moment themselves; a correction of the valence wins over what was said first."""
    state, corrected = entry.state_of_mind, entry.correction
    if corrected is None or corrected.valence is None:
        return state
    return (state or StateOfMind(valence=corrected.valence)).model_copy(update={"valence": corrected.valence})


def order(drafts: Sequence[Draft]) -> list[Draft]:
    """Oldest first; of the same moment as they came."""
    return sorted(drafts, key=lambda draft: draft.created_at)


def local(at: datetime, zone: tzinfo | None) -> datetime:
    """A local time without a zone in `zone`, or in this machine's."""
    return at.replace(tzinfo=zone) if zone else at.astimezone()
