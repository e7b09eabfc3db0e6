"""`insights`: figures with their uncertainty, and no claim beyond them."""

from __future__ import annotations

import json
from typing import Any

from fakes.api import scripted
from fakes.terminal import clock, discovery

FIGURES: dict[str, Any] = {
    "counts": {"entries": 42, "days": 20},
    "emotions": {"joy": 12, "sadness": 6, "neutral": 3},
    "valence": [{"date": "2026-11-01", "mean": -1.0, "n": 1}, {"date": "2026-11-02", "mean": 0.5, "n": 2}],
    "calendar": {},
    "associations": [
        {"kind": "association", "name": "self_care", "n_with": 12, "n_without": 30, "difference": 0.312, "low": 0.1,
         "high": 0.52, "tried": 1, "says": "more pleasant with it"},
        {"kind": "emotion", "name": "joy", "n_with": 2, "n_without": 40, "difference": None, "low": None,
         "high": None, "tried": 1, "says": "too early to say"},
    ],
}  # fmt: skip


def told(figures: dict[str, Any], *arguments: str, **query: str) -> str:
    with scripted() as api:
        api.expect("GET", "/v1/insights", figures, **query)
        seen = discovery("insights", *arguments, api=api)
    assert seen.exit_code == 0
    return seen.stdout


def test_figures_are_told_with_counts_and_intervals() -> None:
    full = "\u2588"
    assert told(FIGURES).splitlines() == [
        "42 entries on 20 days",
        "",
        "What was in them",
        f"  joy      {full * 20} 12",
        f"  sadness  {full * 10} 6",
        f"  neutral  {full * 5} 3",
        "",
        "How pleasant the days were, from -1 to 1",
        "  2026-11-01  \u25cf         |            -1.00  1 entry",
        "  2026-11-02            |    \u25cf       +0.50  2 entries",
        "",
        "What went together",
        "  self care: more pleasant with it (+0.31, between +0.10 and +0.52; 12 entries with it, 30 without)",
        "  For 1 other thing it is too early to say.",
        "  The span is the 95% interval. This says what went together, never why.",
    ]


def test_a_span_of_days_is_asked_for() -> None:
    empty = FIGURES | {"counts": {"entries": 0, "days": 0}, "emotions": {}, "valence": [], "associations": []}
    with clock("UTC"):
        said = told(empty, "--from", "2026-10-01", "--to", "2026-10-31",
                    from_="2026-10-01T00:00:00+00:00", to="2026-11-01T00:00:00+00:00")  # fmt: skip
    assert said == "No entries in that time.\n"
    assert told(empty) == "No entries yet, so there is nothing to see.\n"


def test_too_little_is_called_too_little() -> None:
    early = FIGURES | {"associations": FIGURES["associations"][1:], "valence": []}
    said = told(early)
    assert "For 1 thing it is too early to say." in said
    assert "interval" not in said and "How pleasant" not in said


def test_many_emotions_are_counted_where_they_are_not_shown() -> None:
    said = told(FIGURES | {"emotions": {f"feeling {n}": 20 - n for n in range(12)}})
    assert "feeling 9" in said and "feeling 10" not in said
    assert "and 2 more" in said


def test_json_is_the_whole_answer() -> None:
    assert json.loads(told(FIGURES, "--json")) == FIGURES
