"""Gentle reminders: chosen times, as a calendar file that any calendar takes, and as one line where somebody looks in.

A reminder asks; it does not count. Nothing here knows what was written before or how often, so nothing can speak of
gaps or rows of days. The calendar file holds no word of the journal: calendars are synced to other people's computers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event

from agent.domain import Noun
from agent.errors import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_TIMES = 12
LINE = "If you like, this is a moment for a few words. It is just as well to leave it."
TITLE = "A few words, if you like"

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


class Reminders(Noun):
    """When somebody wants to be asked: times of the day as HH:MM on their own clock, and days of the week; no days
    means all of them, no times means never."""

    at: tuple[str, ...] = ()
    days: tuple[str, ...] = ()


def checked(at: Sequence[str], days: Sequence[str] = ()) -> Reminders:
    """Times and days in order, each once. Raises `Invalid`."""
    times = []
    for one in at:
        found = _TIME.fullmatch(one.strip())
        if found is None:
            raise Invalid("at", f"found {one[:20]!r}, expected a time of the day such as 21:00.")
        times.append(f"{int(found[1]):02d}:{found[2]}")
    named = [day.strip().lower()[:3] for day in days]
    if strange := [day for day in named if day not in DAYS]:
        raise Invalid("days", f"found {strange[0]!r}, expected {', '.join(DAYS)}.")
    if len(times) > MOST_TIMES:
        raise Invalid("at", f"found {len(times)} times, at most {MOST_TIMES} are kept.")
    return Reminders(at=tuple(sorted(set(times))), days=tuple(day for day in DAYS if day in named))


def calendar(reminders: Reminders, now: datetime) -> bytes:
    """The reminders as an iCalendar file with an alarm each, at the same time wherever the person is."""
    made = Calendar()
    made.add("prodid", "-//Discovery//reminders//EN")
    made.add("version", "2.0")
    for at in reminders.at:
        made.add_component(_event(at, reminders.days, now))
    return bytes(made.to_ical())


def _event(at: str, days: Sequence[str], now: datetime) -> Event:
    event = Event()
    # Stable, so that a file that is taken in again replaces the reminder of the same time.
    event.add("uid", f"reminder-{at.replace(':', '')}@discovery.invalid")
    event.add("dtstamp", now)
    start = datetime.combine(_first(days, now), time.fromisoformat(at))  # no zone: 21:00 wherever they are
    event.add("dtstart", start)
    event.add("duration", timedelta(minutes=5))
    rule: dict[str, Any] = {"freq": "daily"} if not days else {"freq": "weekly", "byday": [d[:2].upper() for d in days]}
    event.add("rrule", rule)
    event.add("summary", TITLE)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", TITLE)
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    return event


def _first(days: Sequence[str], now: datetime) -> Any:
    """Today, or the next of the days."""
    today = now.date()
    ahead = (today + timedelta(days=n) for n in range(7))
    return next(day for day in ahead if not days or DAYS[day.weekday()] in days)


def due(reminders: Reminders, now: datetime, last: datetime | None) -> bool:
    """Whether the line may be shown: a chosen time of today has passed, and nothing was written, nor the line shown,
    since (`last`). `now` is on the person's own clock."""
    if reminders.days and DAYS[now.weekday()] not in reminders.days:
        return False
    passed = [at for at in reminders.at if at <= f"{now:%H:%M}"]
    if not passed:
        return False
    hour, minute = map(int, passed[-1].split(":"))
    since = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return last is None or last < since
