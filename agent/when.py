"""Days and spans that people name, in the person's own calendar: "last week", "on Monday", "in March", "3 days ago"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from agent.asking import plain

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NUMBERS = {
    word: n
    for n, words in enumerate(
        (
            "",
            "a one an",
            "two couple",
            "three few",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        )
    )
    for word in words.split()
}
_COUNT = rf"(?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)})(?: of)?"
_UNIT = r"(?P<unit>day|week|fortnight|month|year)s?"
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DAY = rf"(?P<day>{'|'.join(_DAYS)})"


class Span(NamedTuple):
    """`since <= at < until`, and how the span is called in a sentence, such as "last week" or "on 3 March 2025"."""

    since: datetime
    until: datetime
    name: str

    def before(self) -> Span:
        """The span of the same length that ends where this one begins."""
        return Span(self.since - (self.until - self.since), self.since, "the time before that")


def say(day: date) -> str:
    """A day as people write it: 3 March 2025."""
    return f"{day.day} {_MONTHS[day.month - 1].capitalize()} {day.year}"


def span_in(text: str, now: datetime) -> Span | None:
    """The span that a text names, seen from `now`, which carries the person's own zone; None where it names none."""
    lowered = plain(text).lower()
    for pattern, meaning in _MEANINGS:
        if (match := re.search(pattern, lowered)) and (days := meaning(match, now.date())):
            return _span(days, now.tzinfo)
    return None


def last_days(count: int, now: datetime) -> Span:
    """The last `count` days, today among them."""
    return _span(_last(count, now.date()), now.tzinfo)


Days = tuple[date, date, str]
"""First day, the day after the last, and the name."""


def _span(days: Days, zone: tzinfo | None) -> Span:
    since, until, name = days
    return Span(datetime.combine(since, time(), zone), datetime.combine(until, time(), zone), name)


def _last(count: int, today: date) -> Days:
    return today - timedelta(count - 1), today + timedelta(1), f"in the last {count} days" if count > 1 else "today"


def _one(day: date, name: str | None = None) -> Days:
    return day, day + timedelta(1), name or f"on {say(day)}"


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _ago(match: re.Match[str], today: date) -> Days | None:
    back = _number(match["n"]) * _UNIT_DAYS[match["unit"]]
    if back > 36_500:
        return None
    day = today - timedelta(back)
    wide = {"day": 0, "week": 1, "fortnight": 2, "month": 4, "year": 15}[match["unit"]]
    return _one(day) if not wide else (day - timedelta(wide), day + timedelta(wide + 1), f"around {say(day)}")


def _past(match: re.Match[str], today: date) -> Days | None:
    count = _number(match["n"] or "one") * _UNIT_DAYS[match["unit"]]
    return _last(count, today) if count <= 36_500 else None


def _of_month(match: re.Match[str], today: date) -> Days | None:
    month = _MONTHS.index(match["month"]) + 1
    year = int(match["year"]) if match["year"] else today.year - (month > today.month)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following, f"in {match['month'].capitalize()} {year}"


def _of_date(match: re.Match[str], today: date) -> Days | None:
    month, number = _MONTHS.index(match["month"]) + 1, int(match["d"])
    later = (month, number) > (today.month, today.day)
    try:
        return _one(date(int(match["year"] or today.year - later), month, number))
    except ValueError:
        return None


def _of_iso(match: re.Match[str], _today: date) -> Days | None:
    try:
        return _one(date.fromisoformat(match[0]))
    except ValueError:
        return None


def _of_weekday(match: re.Match[str], today: date) -> Days:
    back = (today.weekday() - _DAYS.index(match["day"])) % 7
    return _one(today - timedelta(back or 7))


def _since_weekday(match: re.Match[str], today: date) -> Days:
    since = _of_weekday(match, today)[0]
    return since, today + timedelta(1), f"since {say(since)}"


def _weekend(match: re.Match[str], today: date) -> Days:
    saturday = today - timedelta((today.weekday() - 5) % 7)
    return saturday, saturday + timedelta(2), f"at the weekend of {say(saturday)}"


def _season(match: re.Match[str], today: date) -> Days:
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[match["season"]]
    year = today.year - (date(today.year, first, 1) > today)
    ending = date(year + (first + 3) // 13, (first + 2) % 12 + 1, 1)
    return date(year, first, 1), ending, f"in {match['season']} {year}"


def _unit(name: str, back: int) -> Callable[[re.Match[str], date], Days]:
    def days(_match: re.Match[str], today: date) -> Days:
        if name == "week":
            since = today - timedelta(today.weekday() + 7 * back)
            return since, since + timedelta(7), "last week" if back else "this week"
        if name == "year":
            return date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1), f"in {today.year - back}"
        first = today.replace(day=1)
        earlier = (first - timedelta(1)).replace(day=1)
        following = (first + timedelta(32)).replace(day=1)
        return (earlier, first, "last month") if back else (first, following, "this month")

    return days


_MEANINGS: tuple[tuple[str, Callable[[re.Match[str], date], Days | None]], ...] = (
    (r"\b\d{4}-\d{2}-\d{2}\b", _of_iso),
    (rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (?P<year>\d{{4}}))?\b", _of_date),
    (rf"\b{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}}))?", _of_date),
    (rf"\b{_COUNT} {_UNIT} ago\b", _ago),
    (
        r"\bthis time last year\b|\ba year ago\b",
        lambda m, t: (t - timedelta(380), t - timedelta(350), "about a year ago"),
    ),
    (rf"\b(?:last|past|previous) (?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)}) {_UNIT}\b", _past),
    (r"\b(?P<n>)(?:past|last) (?P<unit>fortnight)\b", _past),
    (r"\bday before yesterday\b", lambda m, t: _one(t - timedelta(2))),
    (r"\byesterday\b|\blast ni(?:ght|te)\b", lambda m, t: _one(t - timedelta(1), "yesterday")),
    (rf"\bsince (?:last )?{_DAY}", _since_weekday),
    (rf"\b(?:on |last |this )?{_DAY}\b", _of_weekday),
    (r"\bweekend\b", _weekend),
    (r"\b(?:last|previous) week\b|\bweek before\b", _unit("week", 1)),
    (r"\b(?:last|previous) month\b", _unit("month", 1)),
    (r"\blast year\b", _unit("year", 1)),
    (r"\b(?:in|over|since|of|during|for|through|has|did) (?:last )?" + _MONTH + r"\b(?: (?P<year>\d{4}))?", _of_month),
    (rf"\b(?:how (?:was|were)|my) {_MONTH}\b(?: (?P<year>\d{{4}}))?", _of_month),
    (r"\b(?:in|this|last|of|the) (?P<season>spring|summer|autumn|fall|winter)\b", _season),
    (r"\bmonth\b", lambda m, t: _last(30, t) if "this month" not in m.string else _unit("month", 0)(m, t)),
    (r"\bthis week\b", _unit("week", 0)),
    (r"\bweek\b", lambda m, t: _last(7, t)),
    (r"\byear\b|\byr\b", _unit("year", 0)),
    (r"\b(?:today|this morning|tonight|this evening)\b", lambda m, t: _one(t, "today")),
    (r"\blately\b|\brecently\b", lambda m, t: _last(14, t)),
)
