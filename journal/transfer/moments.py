"""Points in time as files write them. All come out with their offset; a local day is never made of UTC alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from agent.errors import Invalid
from journal.transfer.draft import local

EXPECTED = "a date and time such as 2026-05-04 21:05:00 +0200"

_FORMS = (
    "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %I:%M:%S %p %z", "%Y-%m-%d %H:%M %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
    "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d",
)  # fmt: skip
_EPOCH = re.compile(r"-?\d{6,13}(\.\d+)?")


def moment(value: object, zone: tzinfo | None = None) -> tuple[datetime, bool] | None:
    """The moment a value names, and whether its zone had to be assumed; None for what names none. Numbers are seconds
    since 1970, or milliseconds where seconds would lie beyond the year 2200."""
    text = re.sub(r"[\s\u202f\u00a0]+", " ", str(value)).strip()
    if not text or len(text) > 64 or isinstance(value, bool):
        return None
    if _EPOCH.fullmatch(text):
        return _epoch(float(text)), False
    found = _parsed(text)
    if found is None or not 2 <= found.year <= 9998:
        return None
    if found.tzinfo is None:
        return _whole(local(found, zone)), True
    return _whole(found), False


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name. Raises `Invalid`."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise Invalid("zone", f"found {name[:60]!r}, expected the name of a zone, such as Europe/Paris.") from None


def in_zone(at: datetime, name: object) -> tuple[datetime, str | None]:
    """The same instant in a named zone, and the name; as it was where the name is none."""
    try:
        return _whole(at.astimezone(ZoneInfo(str(name)))), str(name)
    except (ValueError, KeyError, OSError, OverflowError):
        return at, None


def stamped(at: datetime) -> str:
    """`2026-05-04 21:05:00 +0200`, with a fraction where there is one."""
    fraction = f".{at.microsecond:06d}" if at.microsecond else ""
    return f"{at:%Y-%m-%d %H:%M:%S}{fraction} {at:%z}" if at.year > 999 else at.isoformat()


def _parsed(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    compact = re.sub(r" (?=[+-]\d{2}:?\d{2}$)", "", text)  # 2026-05-04 21:05:00.5 +0200
    try:
        return datetime.fromisoformat(compact)
    except ValueError:
        return None


def _epoch(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds if abs(seconds) < 7.3e9 else seconds / 1000)


def _whole(at: datetime) -> datetime:
    """The same instant with its offset in whole minutes, which is all that files carry."""
    offset = at.utcoffset() or timedelta(0)
    return at.astimezone(timezone(timedelta(minutes=offset // timedelta(minutes=1))))
