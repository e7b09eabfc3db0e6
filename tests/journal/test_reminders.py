"""Reminders ask gently: an iCalendar file that keeps to the rules, and a line that never counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from agent.errors import Invalid
from journal.reminders import LINE, TITLE, Reminders, calendar, checked, due

NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)  # a Wednesday


def test_times_and_days_are_put_in_order() -> None:
    assert checked(["21:00", "7.05", "21:00"], ["Thu", "monday"]) == Reminders(
        at=("07:05", "21:00"), days=("mon", "thu")
    )
    for at, days, why in ((["25:00"], [], "'25:00'"), (["9"], [], "'9'"), (["9:00"], ["someday"], "'som'")):
        with pytest.raises(Invalid, match=why):
            checked(at, days)
    with pytest.raises(Invalid, match="at most 12"):
        checked([f"{h}:00" for h in range(13)])


def test_the_file_has_what_every_calendar_needs() -> None:
    raw = calendar(checked(["21:00", "07:30"], ["mon", "thu"]), NOW)
    assert b"\r\n" in raw and b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    made = Calendar.from_ical(raw)
    assert made["version"] == "2.0" and made["prodid"]
    events = made.walk("VEVENT")
    assert len(events) == 2 and len({str(event["uid"]) for event in events}) == 2
    for event in events:
        start = event["dtstart"].dt
        assert start.tzinfo is None, "the same time wherever the person is"
        assert start.date().isoformat() == "2026-05-07", "the next of the chosen days"
        assert event["rrule"]["freq"] == ["WEEKLY"] and event["rrule"]["byday"] == ["MO", "TH"]
        assert event["dtstamp"].dt == NOW
        [alarm] = event.walk("VALARM")
        assert alarm["action"] == "DISPLAY" and str(alarm["description"]) == TITLE
        assert alarm["trigger"].dt == timedelta(0)
    daily = Calendar.from_ical(calendar(checked(["21:00"]), NOW)).walk("VEVENT")[0]
    assert daily["rrule"]["freq"] == ["DAILY"] and daily["dtstart"].dt.isoformat() == "2026-05-06T21:00:00"


def test_the_same_time_keeps_its_name_so_that_it_is_replaced() -> None:
    first, second = (calendar(checked(["21:00"]), NOW + timedelta(days=d)) for d in (0, 9))
    uid = re.compile(rb"UID:(.+)\r")
    assert uid.findall(first) == uid.findall(second)


def test_the_line_is_due_once_after_a_chosen_time_and_never_before() -> None:
    chosen = Reminders(at=("08:00", "21:00"))
    morning = NOW.replace(hour=7)
    assert not due(chosen, morning, None)
    assert due(chosen, NOW, None) and due(chosen, NOW, NOW - timedelta(days=30))
    assert not due(chosen, NOW, NOW.replace(hour=8, minute=30)), "something was written since"
    assert due(chosen, NOW.replace(hour=22), NOW.replace(hour=8, minute=30))
    assert not due(Reminders(at=("08:00",), days=("mon",)), NOW, None)
    assert not due(Reminders(), NOW, None)


def test_no_word_blames_or_counts() -> None:
    blame = re.compile(r"\b(miss|forgot|streak|again|days?|should|don't|keep it up|yet|still|haven't)\b", re.IGNORECASE)
    for words in (LINE, TITLE):
        assert not blame.search(words)
