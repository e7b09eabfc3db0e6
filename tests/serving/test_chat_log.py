"""The two-tap log, and when the line of a reminder is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.affect import STATE
from agent.errors import Invalid
from journal.reminders import LINE
from serving import chat_log


def test_every_label_can_be_tapped_once_under_its_quadrant() -> None:
    found = chat_log.choices()
    labels = [label for one in found["quadrants"] for label in one["labels"]]
    assert sorted(labels) == sorted(STATE) and len(found["quadrants"]) == 4 and len(found["associations"]) == 18
    assert [step["name"] for step in found["scale"]][::3] == ["very unpleasant", "neutral", "very pleasant"]
    assert [step["valence"] for step in found["scale"]] == sorted(step["valence"] for step in found["scale"])


@pytest.mark.parametrize(
    ("tapped", "text"),
    [
        ({"valence": -0.2857}, "Felt slightly unpleasant."),
        ({"valence": 0}, "Felt neutral."),
        ({"valence": -0.6, "labels": ["lonely"]}, "Felt lonely."),
        ({"valence": -0.6, "labels": ["lonely", "sad", "drained"]}, "Felt lonely, sad and drained."),
        (
            {"valence": 0.6, "labels": ["calm"], "associations": ["self_care"]},
            "Felt calm. It had to do with self care.",
        ),
        ({"valence": 0.6, "labels": ["calm"], "note": " by the river "}, "by the river"),
    ],
)
def test_what_was_tapped_is_an_entry_with_words(tapped: dict[str, Any], text: str) -> None:
    page = chat_log.logged(tapped)
    assert page.text == text and not page.suggest and page.own == (tapped.get("labels") or None)
    assert page.mind is not None and page.mind["valence"] == tapped["valence"]


@pytest.mark.parametrize(
    ("tapped", "field"),
    [
        ({}, "valence"), ({"valence": 2}, "valence"), ({"valence": "x"}, "valence"),
        ({"valence": 0, "labels": ["hungry"]}, "labels"), ({"valence": 0, "associations": ["cats"]}, "associations"),
        ({"valence": 0, "note": 7}, "note"), ({"valence": 0, "note": "x" * 20_001}, "note"),
    ],
)  # fmt: skip
def test_what_nobody_can_have_tapped_is_refused(tapped: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        chat_log.logged(tapped)
    assert refused.value.field.startswith(field)


def test_a_reminder_asks_only_when_its_time_has_come_and_nothing_was_written_since() -> None:
    now = datetime(2026, 11, 26, 21, 30, tzinfo=UTC)
    evening = {"at": ["21:00"], "days": []}
    before, since = {"created_at": "2026-11-26T20:00:00+00:00"}, {"created_at": "2026-11-26T21:10:00+00:00"}
    assert chat_log.asks(evening, [], now) == chat_log.asks(evening, [before], now) == LINE
    assert chat_log.asks(evening, [since], now) is None
    assert chat_log.asks({"at": [], "days": []}, [], now) is None
    assert chat_log.asks({"at": ["22:00"], "days": []}, [], now) is None
    assert chat_log.asks({"at": ["21:00"], "days": ["fri"]}, [], now) is None  # a Thursday
