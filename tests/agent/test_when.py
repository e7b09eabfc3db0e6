"""Days and spans in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent.when import span_in

NOW = datetime(2026, 11, 25, 22, 0, tzinfo=ZoneInfo("Europe/Vienna"))  # a Wednesday


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("how was my week?", "2026-11-19", "2026-11-26"),
        ("last week", "2026-11-16", "2026-11-23"),
        ("in March", "2026-03-01", "2026-04-01"),
        ("in December", "2025-12-01", "2026-01-01"),
        ("3 days ago", "2026-11-22", "2026-11-23"),
        ("March 3rd 2025", "2025-03-03", "2025-03-04"),
        ("31 December", "2025-12-31", "2026-01-01"),
        ("on Wednesday", "2026-11-18", "2026-11-19"),
        ("yesterday", "2026-11-24", "2026-11-25"),
        ("the past fortnight", "2026-11-12", "2026-11-26"),
        ("last winter", "2025-12-01", "2026-03-01"),
    ],
)
def test_a_span_is_that_of_the_persons_own_calendar(words: str, since: str, until: str) -> None:
    span = span_in(words, NOW)
    assert span is not None
    assert (span.since.date().isoformat(), span.until.date().isoformat()) == (since, until)
    assert span.since.tzinfo is NOW.tzinfo


@pytest.mark.parametrize("words", ["", "31 February", "2026-02-30", "999 years ago", "may I say so"])
def test_what_is_no_day_is_none(words: str) -> None:
    assert span_in(words, NOW) is None
