"""What the chat draws of the figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from journal.insights import Moment, summarise
from serving.chat_figures import drawn


def test_every_chart_comes_with_its_sentence() -> None:
    start = datetime(2026, 9, 1, 9, tzinfo=UTC)
    moments = [Moment(start + timedelta(days=n), ("joy",), 0.1 * (n % 7) - 0.3, True, ("work",)) for n in range(77)]
    found = drawn(summarise(moments))
    assert found["says"].startswith("77 entries on 77 days.")
    assert {chart["name"] for chart in found["charts"]} >= {"course", "year-2026", "weeks", "weekdays"}
    assert all(chart["says"] and chart["figure"]["data"] for chart in found["charts"])


def test_nothing_yet_is_said_and_not_drawn() -> None:
    assert drawn(summarise(())) == {
        "charts": [], "says": "There is nothing to draw yet. Figures come with the first entries."
    }  # fmt: skip
