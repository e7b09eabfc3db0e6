"""What a page holds after each event, and of an entry that comes back from the journal."""

from __future__ import annotations

from typing import Any

import pytest

from agent.domain import EMOTIONS
from agent.events import Event, failed
from serving.chat_page import BROKE_OFF, TOLD, Page, how_sure, mood

CARD = {"region": "GB", "message": "Talk to somebody.", "lines": [], "emergency": ["999"]}


def event(name: Any, **data: Any) -> Event:
    return Event(name=name, data=data)


def kept(text: str = "A day.") -> Page:
    page = Page(text=text)
    page.take(event("saved", id="e1"))
    return page


def test_a_fresh_page_is_on_its_way_and_says_so() -> None:
    page = Page(text="A day.")
    assert (page.state, page.reading, page.id) == ("keeping", True, None)
    assert page.key != Page(text="A day.").key


def test_a_turn_fills_the_page_in_order() -> None:
    page = kept("I miss her.")
    page.take(event("safety", level="none"))
    page.take(event("emotions", emotions=[{"label": "sadness", "probability": 0.61}], unsure=False))
    page.take(event("evidence", spans=[{"label": "sadness", "start": 2, "end": 10, "drop": 0.4}]))
    page.take(event("explanation", text="One.", source="model"))
    page.take(event("explanation", text="Two.", source="evidence"))
    page.take(event("suggestions", items=[{"id": "a", "title": "A", "energy": 0.2, "reason": "r"}]))
    page.take(event("done"))
    assert (page.state, page.id, page.reading) == ("kept", "e1", False)
    assert page.emotions == [{"label": "sadness", "probability": 0.61, "sure": "probably", "mood": "unpleasant"}]
    assert page.spans == [{"label": "sadness", "start": 2, "end": 10, "mood": "unpleasant"}]
    assert [piece["source"] for piece in page.explanation] == ["model", "evidence"]
    assert page.suggestions[0]["reason"] == "r"
    assert "energy" not in page.suggestions[0]


def test_an_unsure_reading_keeps_its_nearest_guesses_apart() -> None:
    page = kept()
    page.take(event("emotions", emotions=[], unsure=True, nearest=[{"label": "joy", "probability": 0.2}]))
    assert page.unsure
    assert page.emotions == []
    assert page.nearest[0]["sure"] == "a trace"


def test_a_part_that_failed_is_told_calmly_and_without_the_machine_s_words() -> None:
    page = kept()
    page.take(failed("emotions", "onnxruntime: bad allocation"))
    assert page.notes == [TOLD["emotions"]]
    assert page.reading


def test_a_part_nobody_knows_speaks_for_itself() -> None:
    page = kept()
    page.take(failed("weather", "There is no weather today."))
    assert page.notes == ["There is no weather today."]


def test_a_turn_that_breaks_before_saved_says_that_the_text_is_not_kept() -> None:
    page = Page(text="A day.")
    page.take(failed("journal", "The disk is full.", fatal=True))
    assert (page.state, page.trouble, page.reading) == ("unkept", "The disk is full.", False)
    assert page.text == "A day."


def test_a_turn_that_breaks_later_says_that_the_text_is_kept() -> None:
    page = kept()
    page.break_off("connection lost")
    assert (page.state, page.notes) == ("kept", [BROKE_OFF])


def test_an_entry_from_the_journal_shows_what_its_turn_showed() -> None:
    entry = {
        "id": "e1", "created_at": "2025-03-03T08:15:00+00:00", "text": "I miss her.", "goal": "calm",
        "safety": {"level": "concern", "card": CARD},
        "emotions": {"emotions": [{"label": "sadness", "probability": 0.9}], "unsure": False},
        "evidence": {"spans": [{"label": "sadness", "start": 2, "end": 10, "drop": 0.4}]},
        "explanation": [{"text": "One.", "source": "model"}],
        "suggestions": {"items": [{"id": "a", "title": "A"}]},
        "correction": {"labels": ["love"], "valence": None},
    }  # fmt: skip
    page = Page.stored(entry)
    assert (page.key, page.state, page.live, page.reading) == ("e1", "kept", False, False)
    assert (page.level, page.card, page.goal) == ("concern", CARD, "calm")
    assert page.emotions and page.emotions[0]["sure"] == "quite sure"
    assert (page.own, len(page.spans), len(page.explanation), len(page.suggestions)) == (["love"], 1, 1, 1)


def test_an_entry_whose_turn_was_cut_off_shows_what_there_is() -> None:
    bare = dict.fromkeys(("goal", "safety", "emotions", "evidence", "explanation", "suggestions", "correction"))
    page = Page.stored({"id": "e1", "created_at": "2025-03-03T08:15:00+00:00", "text": "A day.", **bare})
    assert (page.emotions, page.own, page.explanation, page.level) == (None, None, [], "none")


def test_forgetting_leaves_no_word_and_no_reading() -> None:
    page = kept("secret")
    page.take(event("emotions", emotions=[{"label": "joy", "probability": 0.9}], unsure=False))
    page.take(event("explanation", text="secret", source="model"))
    page.forget()
    assert page.state == "deleted"
    assert "secret" not in repr(page)
    assert (page.emotions, page.id) == (None, "e1")


@pytest.mark.parametrize(
    ("probability", "words"), [(1.0, "quite sure"), (0.55, "probably"), (0.35, "might be"), (0.0, "a trace")]
)
def test_how_sure_it_is_in_words(probability: float, words: str) -> None:
    assert how_sure(probability) == words


def test_every_emotion_has_a_colour() -> None:
    assert {mood(label) for label in EMOTIONS} == {"pleasant", "unpleasant", "between", "even"}
    assert [label for label in EMOTIONS if mood(label) == "even"] == ["neutral"]
    assert mood("a label of tomorrow") == "between"


def test_what_was_said_of_a_suggestion_comes_back_with_its_entry() -> None:
    entry = {
        "id": "e1", "created_at": "2025-03-03T08:15:00+00:00", "text": "I miss her.",
        "suggestions": {"items": [{"id": "a", "title": "A", "warnings": ["grief"]}, {"id": "b", "title": "B"}]},
        "verdicts": {"a": "like"},
    }  # fmt: skip
    first, second = Page.stored(entry).suggestions
    assert (first["verdict"], first["warnings"]) == ("like", ["grief"])
    assert second["verdict"] is None
