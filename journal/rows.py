"""What the sealed columns hold, and the way between them and the nouns of `agent.domain`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from agent.domain import (
    MAX_TEXT,
    Correction,
    Entry,
    Explanation,
    Noun,
    Part,
    Reading,
    Safety,
    Span,
    Suggestion,
    Verdict,
    Written,
)
from agent.errors import Invalid, NotFound
from journal.vault import PersonKey

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PARTS: dict[str, TypeAdapter[Any]] = {
    "safety": TypeAdapter(Safety),
    "reading": TypeAdapter(Reading),
    "evidence": TypeAdapter(tuple[Span, ...]),
    "explanation": TypeAdapter(tuple[Explanation, ...]),
    "suggestions": TypeAdapter(tuple[Suggestion, ...]),
}
assert set(PARTS) == set(get_args(Part)), "every part of an entry can be stored"


class Said(Noun):
    """What the person said of a suggestion, when, and beneath which entry."""

    item_id: str
    verdict: Verdict
    at: AwareDatetime
    entry_id: str | None = None


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970 in UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def checked_moment(field: str, moment: datetime) -> datetime:
    """The same moment with its offset in whole minutes, as files carry it. Raises `Invalid` where there is no zone."""
    offset = moment.utcoffset()
    if offset is None:
        raise Invalid(field, f"{moment.isoformat()} has no time zone; add one, such as +02:00 or Z.")
    try:
        return moment.astimezone(timezone(timedelta(minutes=offset // timedelta(minutes=1))))
    except OverflowError:
        raise Invalid(field, f"{moment.isoformat()} lies outside the years 1 to 9999.") from None


def checked_zone(zone: str) -> ZoneInfo:
    """The place of this IANA name. Raises `Invalid` for a name that the time zone database does not have."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of the database, such as Europe, is an OSError
        raise Invalid("zone", f"found {ascii(zone)[:80]}, expected a place such as Europe/Vienna.") from None


def local(moment: datetime, *, zone: str | None, usual: str | None) -> datetime:
    """The moment on the person's own clock: that of `zone`, else of the moment's own offset; a moment in UTC says
    nothing of a place, so the `usual` zone of the person decides there. Raises `Invalid`."""
    if place := zone or (usual if moment.utcoffset() == timedelta() else None):
        try:
            moment = moment.astimezone(checked_zone(place))
        except OverflowError:
            raise Invalid("created_at", f"{moment.isoformat()} lies outside the years 1 to 9999.") from None
    return checked_moment("created_at", moment)


def checked_text(field: str, text: str, *, longest: int = MAX_TEXT) -> str:
    """The same text. Raises `Invalid` for more than `longest` characters, and for a lone surrogate: half a character,
    which no encoding can store."""
    if len(text) > longest:
        raise Invalid(field, f"found {len(text):,} characters; at most {longest:,} are allowed.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(
            field,
            f"character {error.start + 1} is half of a surrogate pair (U+{ord(text[error.start]):04X}), "
            "which is not valid Unicode; send the text as UTF-8.",
        ) from None
    return text


def checked_id(entry_id: str) -> str:
    """The same id. Raises `NotFound` for what was never an id: no entry can have it."""
    try:
        known = UUID(entry_id)
    except (ValueError, AttributeError):
        raise NotFound("There is no such entry.") from None
    if known.version != 4 or str(known) != entry_id:
        raise NotFound("There is no such entry.")
    return entry_id


def first_complaint(error: ValidationError) -> str:
    """The first thing that is wrong, without the value it is about: errors are logged, what people write is not."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(step) for step in first['loc']) or 'value'}: {first['msg']}"


def invalid_from(error: ValidationError) -> Invalid:
    """The same complaint under the name of its field."""
    first = error.errors(include_input=False, include_url=False)[0]
    return Invalid(str(first["loc"][0]) if first["loc"] else "value", first["msg"])


def seal(key: PersonKey, entry_id: str, field: str, noun: Noun) -> bytes:
    """A noun as sealed JSON, bound to its entry and field."""
    return key.seal(noun.model_dump_json().encode(), entry=entry_id, field=field)


def seal_part(key: PersonKey, entry_id: str, part: str, value: Any) -> bytes:
    """One computed part, checked and sealed. Raises `Invalid` for an unknown part or a value of another shape."""
    if part not in PARTS:
        raise Invalid("part", f"found {part!r}; allowed are {', '.join(PARTS)}.")
    try:
        checked = PARTS[part].validate_python(value)
    except ValidationError as error:
        raise Invalid(part, first_complaint(error)) from None
    return key.seal(PARTS[part].dump_json(checked), entry=entry_id, field=part)


def open_written(key: PersonKey, entry_id: str, sealed: bytes) -> Written:
    """What `seal` made of the person's own part of an entry. Raises `Tampered`."""
    return Written.model_validate_json(key.open(sealed, entry=entry_id, field="written"))


def open_part(key: PersonKey, entry_id: str, part: str, sealed: bytes) -> Any:
    """What `seal_part` made. Raises `Tampered`."""
    return PARTS[part].validate_json(key.open(sealed, entry=entry_id, field=part))


def entry_of(person: str, entry_id: str, written: Written, parts: Mapping[str, Any]) -> Entry:
    """The whole entry. Its values were checked when they were read, or written: once is enough."""
    whole = {**dict.fromkeys(PARTS), "verdicts": {}, **parts, **_fields(written)}
    return Entry.model_construct(id=entry_id, person=person, **whole)


def written_of(entry: Entry) -> Written:
    """The person's own part of a whole entry."""
    return Written(**_fields(entry))


def _fields(written: Written) -> dict[str, Any]:
    return {name: getattr(written, name) for name in Written.model_fields}


def merged(old: Correction | None, new: Correction) -> Correction:
    """The fields that `new` names, over those of `old`: correcting the valence keeps the labels corrected before."""
    given = {field: getattr(new, field) for field in new.model_fields_set}
    return (old or Correction()).model_copy(update=given)
