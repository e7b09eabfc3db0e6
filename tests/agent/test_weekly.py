"""A week in words: what is put together says what the figures say, and a model is held to them."""

from __future__ import annotations

from typing import Any

import pytest

from agent.weekly import CAUSAL, check, composed, messages, worded

WEEK: dict[str, Any] = {
    "from": "2026-05-04", "to": "2026-05-10", "entries": 7, "days": 5, "entries_before": 4,
    "emotions": [{"name": "joy", "n": 4}, {"name": "sadness", "n": 2}],
    "valence": {"mean": 0.3, "before": -0.1, "n": 7, "difference": 0.4, "says": "more pleasant"},
    "days_by_valence": {"most": "2026-05-09", "least": "2026-05-05"},
    "about": [{"name": "self_care", "n": 3}],
}  # fmt: skip


def test_the_figures_in_sentences() -> None:
    assert composed(WEEK) == [
        "You wrote 7 entries on 5 days.",
        "What stood in them most was joy and sadness.",
        "On the whole it was more pleasant than the week before.",
        "Saturday was the most pleasant day, Tuesday the least.",
        "The entries were about self care.",
    ]
    bare = WEEK | {"entries": 0, "days": 0}
    assert composed(bare) == ["There are no entries in this week."], "no word about what was not written"


def test_the_composed_words_pass_the_checks_that_the_models_must() -> None:
    assert [check(sentence, WEEK) for sentence in composed(WEEK)] == [None] * 5


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("You wrote 8 entries this week.", "a figure that is not in the week: 8"),
        ("There was a lot of anger in this week.", "an emotion that is not in the week: anger"),
        ("You felt joy because you saw your friends.", "names a cause"),
        ("The weekend made you happy.", "names a cause"),
        ("You should write more often next week.", "judges or advises"),
        ("Great job, that was a week of joy.", "judges or advises"),
        ("It was less pleasant than the week before.", "'less pleasant', which the figures do not"),
        ("Monday was the most pleasant day of all.", "names monday"),
        ("Joy!", "not one whole sentence"),
        ("How was your week with so much joy in it?", "not one whole sentence"),
    ],
)
def test_what_the_model_must_not_say(sentence: str, fault: str) -> None:
    assert fault in str(check(sentence, WEEK))


def test_words_of_the_model_stand_only_when_every_sentence_holds() -> None:
    good = "Your 7 entries spoke of joy, and of sadness too. Saturday was the most pleasant day."
    assert [(e.source, e.text) for e in worded(good, WEEK)] == [
        ("model", "Your 7 entries spoke of joy, and of sadness too."),
        ("model", "Saturday was the most pleasant day."),
    ]
    for said in ("", "no full stop", good + " You should rest."):
        assert {e.source for e in worded(said, WEEK)} == {"evidence"}, said


def test_the_model_sees_figures_and_nothing_that_anybody_wrote() -> None:
    system, asked = messages(WEEK)
    assert "7 entries on 5 days" in asked["content"] and "no advice" in system["content"]
    assert not CAUSAL.search(asked["content"])
