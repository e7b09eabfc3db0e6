"""`insights`: figures with their uncertainty, and no claim beyond them."""

from __future__ import annotations

import json
from typing import Any

from fakes.api import scripted
from fakes.terminal import CARD, clock, discovery, entry

FIGURES: dict[str, Any] = {
    "counts": {"entries": 42, "days": 20},
    "emotions": {"joy": 12, "sadness": 6, "neutral": 3},
    "valence": [{"date": "2026-11-01", "mean": -1.0, "n": 1}, {"date": "2026-11-02", "mean": 0.5, "n": 2}],
    "calendar": {},
    "rhythm": {
        "hours": [{"hour": 21, "n": 12, "mean": 0.4, "low": 0.2, "high": 0.6},
                  {"hour": 22, "n": 3, "mean": None, "low": None, "high": None}],
        "weekdays": [{"day": "Monday", "n": 14, "mean": -0.5, "low": -0.7, "high": -0.3}],
    },
    "map": {"cells": [], "quadrants": {"pleasant, energetic": 3, "pleasant, still": 1}},
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
        "By the day of the week and the hour of writing",
        "  Monday       \u25cf    |            -0.50, between -0.70 and -0.30 (14)",
        "  21:00             |   \u25cf        +0.40, between +0.20 and +0.60 (12)",
        "  Shown from ten entries on.",
        "",
        "Energy and pleasantness",
        f"  pleasant, energetic     {full * 15} 75%",
        f"  pleasant, still         {full * 5} 25%",
        "",
        "What went together",
        "  self care: more pleasant with it (+0.31, between +0.10 and +0.52; 12 entries with it, 30 without)",
        "  For 1 other thing it is too early to say.",
        "  The span is the 95% interval, widened by Holm's method for the 1 compared. This says what went together, "
        "never why.",
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


WEEK: dict[str, Any] = {
    "from": "2026-05-04", "to": "2026-05-10", "entries": 3, "days": 2,
    "said": [{"text": "You wrote 3 entries on 2 days.", "source": "model"}],
}  # fmt: skip


def test_a_week_in_words_says_who_worded_it() -> None:
    with scripted() as api:
        api.expect("GET", "/v1/insights/week", WEEK, day="2026-05-06")
        seen = discovery("insights", "--week", "--from", "2026-05-06", api=api)
    assert seen.stdout.splitlines() == [
        "The week from 2026-05-04 to 2026-05-10",
        "  You wrote 3 entries on 2 days.",
        "  Worded by a language model, held to the figures. It can be wrong.",
    ]


def test_a_grave_week_shows_the_card() -> None:
    with scripted() as api:
        api.expect("GET", "/v1/insights/week", WEEK | {"safety": {"level": "crisis", "card": CARD}})
        assert "The Night Line" in discovery("insights", "--week", api=api).stdout


def test_moments_like_another_are_listed() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/insights/similar", {"entries": [entry() | {"nearness": 0.7}]})
        assert "It rained all day." in discovery("insights", "--like", "abc", api=api).stdout
        api.expect("POST", "/v1/insights/similar", {"entries": []})
        assert "No other entry is much like it." in discovery("insights", "--like", "abc", api=api).stdout
