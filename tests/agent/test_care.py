"""The crisis path over time: what opens it, what does not close it, and what does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent import care
from agent.care import CLOSED, Care, Screened
from agent.domain import Level, Safety
from agent.safety import screen

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DANGER = "I want to kill myself tonight."
DENIALS = (
    "You misunderstood.", "you misread that", "I was joking!", "just kidding", "I'm fine, really.", "I am safe.",
    "I didn't mean it.", "false alarm lol", "I\u2019m okay now", "im not gonna hurt myself",
)  # fmt: skip


def told(state: Care, text: str, after: timedelta = timedelta()) -> Care:
    return care.after(state, text, screen(text), NOON + after)


def test_danger_opens_it_and_an_ordinary_text_leaves_it_open() -> None:
    state = told(CLOSED, DANGER)
    assert (state.state, state.level, state.since) == ("open", Level.CRISIS, NOON)
    assert told(state, "We had soup.", timedelta(hours=5)) == state
    assert told(CLOSED, "We had soup.") == CLOSED


@pytest.mark.parametrize("denial", DENIALS)
def test_one_denial_does_not_close_it_but_is_asked_about_once(denial: str) -> None:
    state = told(told(CLOSED, DANGER), denial, timedelta(minutes=1))
    assert state.state == "asked" and state.open
    # A second denial in passing is no answer to the question either, and nothing is asked twice.
    assert told(state, denial, timedelta(minutes=2)) == state


def test_a_person_says_that_they_are_safe_and_is_asked_once() -> None:
    state, words = care.said_safe(told(CLOSED, DANGER), safe=True, now=NOON)
    assert state.state == "asked" and words == care.QUESTION
    state, words = care.said_safe(state, safe=True, now=NOON)
    assert state == CLOSED and words == care.THANKS


def test_not_yet_keeps_it_open_and_the_next_yes_is_asked_about() -> None:
    asked, _ = care.said_safe(told(CLOSED, DANGER), safe=True, now=NOON)
    state, words = care.said_safe(asked, safe=False, now=NOON)
    assert state.state == "open" and words == care.STAYS
    assert care.said_safe(state, safe=True, now=NOON)[0].state == "asked"


def test_new_danger_after_the_question_opens_it_again() -> None:
    asked, _ = care.said_safe(told(CLOSED, DANGER), safe=True, now=NOON)
    again = told(asked, DANGER, timedelta(hours=1))
    assert (again.state, again.since) == ("open", NOON + timedelta(hours=1))


@pytest.mark.parametrize(("level", "days"), [(Level.CONCERN, 3), (Level.CRISIS, 14)])
def test_quiet_days_close_it(level: Level, days: int) -> None:
    state = Care(state="open", level=level, since=NOON)
    assert care.at(state, NOON + timedelta(days=days, seconds=-1)) == state
    assert care.at(state, NOON + timedelta(days=days)) == CLOSED


def test_concern_after_a_crisis_does_not_shorten_it() -> None:
    state = care.after(told(CLOSED, DANGER), "", Safety(level=Level.CONCERN), NOON + timedelta(days=1))
    assert (state.level, state.since) == (Level.CRISIS, NOON + timedelta(days=1))


def test_worry_about_somebody_else_says_nothing_of_the_writer() -> None:
    text = "My best friend told me she wants to kill herself and I don't know what to do."
    verdict = screen(text)
    assert care.about_other(verdict)
    assert care.after(CLOSED, text, verdict, NOON) == CLOSED


def test_what_cannot_be_read_is_open_and_what_was_never_kept_is_closed() -> None:
    assert care.read({"state": "no such state"}).open
    assert care.read(None) == CLOSED
    state = told(CLOSED, DANGER)
    assert care.read(state.model_dump(mode="json")) == state


def test_what_is_shown() -> None:
    card = screen(DANGER, region="GB").card
    shown = Screened(care=Care(state="asked", level=Level.CRISIS, since=NOON), card=card).data()
    assert shown["level"] == "none" and shown["state"] == "asked" and shown["question"] == care.QUESTION
    assert shown["card"]["region"] == "GB"
    assert Screened().data() == {"level": "none", "state": "closed"} and not Screened().gentle
