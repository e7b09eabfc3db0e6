"""One page of a list: which entries it holds, and the cursor of the next one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice

from agent.errors import Invalid
from journal.memory import Sketch
from journal.rows import checked_moment, micros

MOST = 500
"""Entries in one page or one search."""

_CURSOR = re.compile(r"(-?\d{1,18}) ([0-9a-f-]{36})")


def checked_limit(limit: int) -> int:
    """The same limit. Raises `Invalid` outside 1 to `MOST`."""
    if not 1 <= limit <= MOST:
        raise Invalid("limit", f"found {limit}; allowed are 1 to {MOST}.")
    return limit


def matching(
    *,
    since: datetime | None,
    until: datetime | None,
    emotion: str | None,
    tag: str | None,
    association: str | None,
) -> Callable[[Sketch], bool]:
    """Whether an entry is of `since <= time < until` and holds what is asked for; a tag counts whatever its case.
    Raises `Invalid`."""
    low = micros(checked_moment("since", since)) if since else None
    high = micros(checked_moment("until", until)) if until else None
    tag = tag.strip().casefold() if tag is not None else None

    def wanted(s: Sketch) -> bool:
        return (
            (low is None or s.at >= low)
            and (high is None or s.at < high)
            and (emotion is None or emotion in s.moment.labels)
            and (tag is None or tag in s.tags)
            and (association is None or association in (s.moment.associations or ()))
        )

    return wanted


def page(
    newest: Sequence[Sketch], wanted: Callable[[Sketch], bool], *, limit: int, cursor: str | None
) -> tuple[list[str], str | None]:
    """The ids of at most `limit` entries that are `wanted`, and the next cursor. Raises `Invalid`. A cursor names the
    last entry seen, so entries added meanwhile neither repeat nor hide others."""
    after = _opened(cursor) if cursor is not None else None
    found = list(
        islice((s for s in newest if (after is None or (s.at, s.id) < after) and wanted(s)), checked_limit(limit) + 1)
    )
    more = len(found) > limit
    return [s.id for s in found[:limit]], _closed(found[limit - 1]) if more else None


def _closed(last: Sketch) -> str:
    return base64.urlsafe_b64encode(f"{last.at} {last.id}".encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[int, str]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raw = ""
    match = _CURSOR.fullmatch(raw)
    if match is None:
        raise Invalid("cursor", "this is not a cursor of this list; take it unchanged from the page before.")
    return int(match[1]), match[2]
