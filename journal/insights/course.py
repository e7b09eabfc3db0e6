"""How moods moved: valence by day with a smoothed line that breaks at gaps, and shares of emotions by week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from journal.insights.moments import Moment, mean, valences, without_neutral

WIDTH = 3.0
"""Standard deviation in days of the bell that smooths."""

GAP = 14
"""Days without anything known from which the line breaks: what was not written is not guessed."""

Days = Mapping[date, Sequence[Moment]]


def by_day(moments: Sequence[Moment]) -> dict[date, list[Moment]]:
    """The moments of each day of the person's own calendar, in order."""
    days: dict[date, list[Moment]] = defaultdict(list)
    for moment in moments:
        days[moment.at.date()].append(moment)
    return dict(sorted(days.items()))


def course(days: Days) -> list[dict[str, Any]]:
    """`{date, mean, n, smooth, gap}` of each day with a known valence; `gap` says that the line begins anew here."""
    known = {day: found for day, of_day in days.items() if (found := valences(of_day))}
    if not known:
        return []
    numbers = np.array([day.toordinal() for day in known], dtype=np.float64)
    counts = np.array([len(found) for found in known.values()], dtype=np.float64)
    means = np.array([sum(found) / len(found) for found in known.values()])
    gaps = np.diff(numbers, prepend=numbers[0]) > GAP
    smooth = np.concatenate([smoothed(*piece) for piece in _pieces(gaps, numbers, means, counts)])
    return [
        {"date": day.isoformat(), "mean": round(float(m), 3), "n": int(n), "smooth": round(float(s), 3), "gap": bool(g)}
        for day, m, n, s, g in zip(known, means, counts, smooth, gaps, strict=True)
    ]


def smoothed(numbers: np.ndarray, means: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The means under a bell of `WIDTH` days, each day weighted by its entries; a day further than four widths away
    says nothing."""
    start = int(numbers[0])
    grid = np.zeros((2, int(numbers[-1]) - start + 1))
    places = (numbers - start).astype(int)
    grid[:, places] = [means * counts, counts]
    reach = np.arange(-int(4 * WIDTH), int(4 * WIDTH) + 1)
    bell = np.exp(-0.5 * (reach / WIDTH) ** 2)
    total, weight = (np.convolve(row, bell)[len(reach) // 2 : len(reach) // 2 + len(row)] for row in grid)
    return np.asarray(total[places] / weight[places])


def _pieces(gaps: np.ndarray, *rows: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    cuts = np.flatnonzero(gaps)
    split = [np.split(row, cuts) for row in rows]
    return list(zip(*split, strict=True))


def calendar(days: Days) -> dict[str, dict[str, Any]]:
    """`{n, valence}` of each day with an entry, by date."""
    return {day.isoformat(): {"n": len(of_day), "valence": mean(valences(of_day))} for day, of_day in days.items()}


def weeks(days: Days) -> list[dict[str, Any]]:
    """`{week, entries, shares}` by the Monday it begins at: of all emotions named that week, the share of each."""
    found: dict[date, list[Moment]] = defaultdict(list)
    for day, of_day in days.items():
        found[monday(day)] += of_day
    return [
        {"week": week.isoformat(), "entries": len(moments), "shares": shares(moments)}
        for week, moments in sorted(found.items())
    ]


def shares(moments: Sequence[Moment]) -> dict[str, float]:
    """The share of each emotion among all that were named; they sum to one."""
    counted = Counter(label for moment in moments for label in without_neutral(moment.labels))
    total = sum(counted.values())
    return {label: round(n / total, 4) for label, n in counted.most_common()}


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
