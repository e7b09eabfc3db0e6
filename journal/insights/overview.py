"""All figures of a span of time as one plain JSON value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from journal.insights.course import by_day, calendar, course, weeks
from journal.insights.factors import CORRECTION, LEAST, associations
from journal.insights.moments import Moment
from journal.insights.rhythm import plane, rhythm

PARTS = ("counts", "emotions", "valence", "calendar", "weeks", "rhythm", "map", "associations")
"""What `summarise` holds, and what can be asked for alone."""


def within(moments: Iterable[Moment], since: datetime | None, until: datetime | None) -> list[Moment]:
    """The moments of `since <= at < until`."""
    return [m for m in moments if (since is None or m.at >= since) and (until is None or m.at < until)]


def summarise(
    moments: Iterable[Moment], *, since: datetime | None = None, until: datetime | None = None
) -> dict[str, Any]:
    """All figures for `since <= at < until`, by the names in `PARTS`, and `method`: how they were made."""
    kept = within(moments, since, until)
    days = by_day(kept)
    return {
        "counts": {
            "entries": len(kept), "days": len(days),
            "own": sum(m.own for m in kept), "named": sum(m.named for m in kept),
        },
        "emotions": dict(Counter(label for m in kept for label in m.labels).most_common()),
        "valence": course(days),
        "calendar": calendar(days),
        "weeks": weeks(days),
        "rhythm": rhythm(kept),
        "map": plane(kept),
        "associations": associations(kept),
        "method": {"correction": CORRECTION, "interval": 0.95, "least": LEAST},
    }  # fmt: skip
