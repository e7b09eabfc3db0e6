"""One week in figures, beside the week before. The words come from `agent.weekly`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from journal.insights.course import by_day, monday
from journal.insights.moments import Moment, mean, valences, without_neutral

CLEAR = 0.15
"""How far two weeks' mean valence must lie apart before it is said that they differ at all."""

FEW = 3
"""Entries with a known valence in each week before the two are compared."""


def review_week(moments: Sequence[Moment], day: date) -> dict[str, Any]:
    """The week of `day` (from its Monday): how many entries on how many days, what was named most, how pleasant it was
    beside the week before, its most and least pleasant day, and what it was about."""
    first = monday(day)
    days = by_day([m for m in moments if first - timedelta(days=7) <= m.at.date() < first + timedelta(days=7)])
    now = {d: found for d, found in days.items() if d >= first}
    kept = [m for found in now.values() for m in found]
    before = [m for d, found in days.items() if d < first for m in found]
    return {
        "from": first.isoformat(), "to": (first + timedelta(days=6)).isoformat(),
        "entries": len(kept), "days": len(now), "entries_before": len(before),
        "emotions": _counted(label for m in kept for label in without_neutral(m.labels)),
        "valence": _compared(kept, before),
        "days_by_valence": _extremes({d: mean(valences(found)) for d, found in now.items()}),
        "about": _counted(name for m in kept for name in (*(m.associations or ()), *m.tags)),
    }  # fmt: skip


def _counted(names: Any) -> list[dict[str, Any]]:
    return [{"name": name, "n": n} for name, n in Counter(names).most_common(3)]


def _compared(kept: Sequence[Moment], before: Sequence[Moment]) -> dict[str, Any]:
    now, then = valences(kept), valences(before)
    enough = len(now) >= FEW and len(then) >= FEW
    difference = round(sum(now) / len(now) - sum(then) / len(then), 3) if enough else None
    says = "too early to say"
    if difference is not None:
        says = "more pleasant" if difference > CLEAR else "less pleasant" if difference < -CLEAR else "much the same"
    return {"mean": mean(now), "before": mean(then), "n": len(now), "difference": difference, "says": says}


def _extremes(means: dict[date, float | None]) -> dict[str, str | None]:
    known = {day: value for day, value in means.items() if value is not None}
    if len(known) < 2:
        return {"most": None, "least": None}
    return {
        "most": max(known, key=lambda day: known[day]).isoformat(),
        "least": min(known, key=lambda day: known[day]).isoformat(),
    }
