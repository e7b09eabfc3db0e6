"""Daylio's backup: a zip with `backup.daylio`, which is base64 of JSON. Photos in it are left where they are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, BinaryIO

from agent.errors import Invalid
from journal.transfer.daylio import activities_of, felt, step
from journal.transfer.draft import Draft, Found, How, Note, left_out
from journal.transfer.mapping import STEPS, NamedMap
from journal.transfer.packed import folder, member, opened
from journal.transfer.texts import as_html, joined, plain

NAME = "a Daylio backup"
MEMBER = "backup.daylio"
EXPECTED = "datetime in milliseconds and timeZoneOffset"
_PLAIN = ("rad", "good", "meh", "bad", "awful")


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of the backup."""
    raw = _opened(source)
    moods = {one.get("id"): one for one in _list(raw, "customMoods")}
    tags = {one.get("id"): str(one.get("name", "")) for one in _list(raw, "tags")}
    names = NamedMap(how.moods, how.activities)
    for number, entry in enumerate(_list(raw, "dayEntries"), start=1):
        where = f"entry {number}"
        at = _moment(entry)
        if at is None:
            yield left_out(where, entry.get("datetime"), EXPECTED)
            continue
        notes: list[Note] = []
        name, valence = _mood(moods.get(entry.get("mood")), names)
        activities = [tags.get(one, "") for one in entry.get("tags") or ()]
        mind, kept = felt(where, name, valence, filter(None, activities), names, notes)
        yield from notes
        if entry.get("assets"):
            yield Note(where=where, found=f"{len(entry['assets'])} photos or recordings", expected="text")
        yield Draft(
            where=where, created_at=at, state_of_mind=mind, tags=kept, extra={"mood": name},
            id=str(entry["id"]) if entry.get("id") is not None else None,
            text=joined(plain(str(entry.get("note_title") or "")), plain(str(entry.get("note") or ""))),
        )  # fmt: skip


def _mood(mood: Mapping[str, Any] | None, names: NamedMap) -> tuple[str, float | None]:
    """A mood's name and valence: the person's map first, then the step its definition stands on."""
    if mood is None:
        return "", None
    group = mood.get("mood_group_id")
    place = group - 1 if isinstance(group, int) and 1 <= group <= 5 else None
    name = str(mood.get("custom_name") or ("" if place is None else _PLAIN[place]))
    own = names.valence(name)
    return name, own if own is not None or place is None else STEPS[place]


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    """The instant with the offset it was written at."""
    at, offset = entry.get("datetime"), entry.get("timeZoneOffset", 0)
    if isinstance(at, bool) or not isinstance(at, int | float) or not isinstance(offset, int | float):
        return None
    try:
        zone = timezone(timedelta(minutes=round(offset / 60_000)))
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(at))).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def _opened(source: BinaryIO) -> dict[str, Any]:
    with opened(source) as archive:
        found = [info for info in archive.infolist() if info.filename.rsplit("/", 1)[-1] == MEMBER]
        if not found:
            raise Invalid("file", f"This is not {NAME}: the zip holds no {MEMBER}.")
        packed = member(archive, found[0])
    try:
        raw = json.loads(base64.b64decode(b"".join(packed.split()), validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise Invalid("file", f"This is not {NAME}: {MEMBER} is not base64 of JSON.") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("dayEntries"), list):
        raise Invalid("file", f"This is not {NAME}: found no dayEntries in {MEMBER}.")
    return raw


def _list(raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in raw.get(name) or () if isinstance(one, dict)]


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """A backup that holds entries, moods and tags, and nothing else of the app's. Daylio itself has not been asked
    whether it takes it."""
    kept = list(drafts)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(n for d in kept for n in activities_of(d)), 1)}
    raw = {
        "version": 15,
        "customMoods": [
            {"id": group, "custom_name": "", "mood_group_id": group, "mood_group_order": 0, "icon_id": group,
             "predefined_name_id": group, "state": 0, "createdAt": 0}
            for group in range(1, 6)
        ],
        "tags": [
            {"id": number, "name": name, "createdAt": 0, "icon": 1, "order": number, "state": 0, "id_tag_group": 0}
            for name, number in numbers.items()
        ],
        "tag_groups": [], "assets": [],
        "dayEntries": [_entry(number, draft, numbers) for number, draft in enumerate(kept, start=1)],
    }  # fmt: skip
    yield folder({MEMBER: base64.b64encode(json.dumps(raw, ensure_ascii=False).encode())})


def _entry(number: int, draft: Draft, numbers: Mapping[str, int]) -> dict[str, Any]:
    at, mind = draft.created_at, draft.state_of_mind
    identity = int(draft.id) if draft.id and draft.id.isdigit() else number
    instant = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return {
        "id": identity, "minute": at.minute, "hour": at.hour, "day": at.day, "month": at.month - 1, "year": at.year,
        "datetime": instant, "timeZoneOffset": (at.utcoffset() or timedelta()) // timedelta(milliseconds=1),
        "mood": step(mind.valence) if mind else 0, "note": as_html(draft.text), "note_title": "",
        "tags": [numbers[name] for name in activities_of(draft)], "assets": [],
    }  # fmt: skip
