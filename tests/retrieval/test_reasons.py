"""Reasons: one sentence that names the feeling or the wish, and something true of the item."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.affect import STATE_LABELS
from agent.domain import EMOTIONS, Goal, Item
from retrieval import mood, naming
from retrieval.reasons import Because, noun, reason, topic
from retrieval.rules import wishes

FORBIDDEN = re.compile(
    r"cheer up|\byou are\b|you're|you feel|you must|you should|\bheal|\bcure|therap|treat|symptom|anxiety|depress"
    r"|disorder|diagnos|medic|will make you|guarantee|better soon|just think|at least|everything happens",
    re.IGNORECASE,
)
labels = st.sampled_from([*EMOTIONS, *STATE_LABELS])


def because(*emotions: tuple[str, float], goal: Goal | None = None, **more: object) -> Because:
    felt = mood.feelings(emotions)
    return Because(
        felt=felt,
        goal=goal,
        here=mood.here(felt),
        target=mood.towards(felt, goal),
        careful=mood.tender(felt),
        **more,  # type: ignore[arg-type]
    )


@settings(max_examples=400)
@given(
    st.integers(0, 29),
    st.lists(st.tuples(labels, st.floats(0.05, 1)), max_size=3),
    st.sampled_from([*Goal, None]),
    st.sampled_from(["", "The rain came down on the garden all day."]),
    st.floats(0, 0.6),
    st.integers(0, 9),
    st.booleans(),
)
def test_every_reason_is_one_plain_sentence(
    items: list[Item], at: int, emotions: list[tuple[str, float]], goal: Goal | None, text: str, likeness: float,
    turn: int, gentle: bool,
) -> None:  # fmt: skip
    grounds = because(*emotions, goal=goal, text=text, likeness=likeness, turn=turn, wishes=wishes(gentle=gentle))
    said = reason(items[at], grounds)
    assert said[0].isupper() and said.endswith(".")
    assert len(re.findall(r"[.!?](?:\s|$)", said)) == 1
    assert 25 <= len(said) <= 230
    assert not FORBIDDEN.search(said)
    assert "  " not in said and " ," not in said and ".." not in said and "None" not in said
    assert not re.search(r"\ba [aeiou]", said)
    assert said == reason(items[at], grounds)


@pytest.mark.parametrize("label", [e for e in EMOTIONS if e != "neutral"])
@pytest.mark.parametrize("turn", [0, 1, 2])
@pytest.mark.parametrize("weight", [0.35, 0.8])
def test_the_emotion_is_named(items: list[Item], label: str, turn: int, weight: float) -> None:
    words = naming.FELT[label]
    said = reason(items[0], because((label, weight), goal=Goal.CALM, turn=turn))
    assert words.noun in said or (words.sounded and words.sounded in said)


@pytest.mark.parametrize("label", STATE_LABELS)
def test_the_persons_own_word_is_used(items: list[Item], label: str) -> None:
    if label == "indifferent":
        assert "feeling stood out" in reason(items[0], because((label, 1.0)))
    else:
        assert label in reason(items[0], because((label, 1.0), goal=Goal.LIFT, turn=2))


def test_two_feelings_of_like_strength_are_both_named_and_a_faint_one_is_not(items: list[Item]) -> None:
    assert "nervous and sad" in reason(items[0], because(("nervousness", 0.8), ("sadness", 0.7)))
    assert "sad" not in reason(items[0], because(("nervousness", 0.8), ("sadness", 0.3)))


def test_a_weak_reading_is_put_as_a_maybe(items: list[Item]) -> None:
    for turn in range(3):
        said = reason(items[0], because(("sadness", 0.4), turn=turn))
        assert "might be" in said or "may be" in said
        assert "might" not in reason(items[0], because(("sadness", 0.8), turn=turn))


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal.CALM, "wanted calm"),
        (Goal.LIFT, "wanted a lift"),
        (Goal.ENERGISE, "wanted some energy"),
        (Goal.DISTRACT, "wanted a distraction"),
        (Goal.CONNECT, "wanted company"),
        (Goal.STAY, "wanted to stay"),
    ],
)
def test_without_an_emotion_the_goal_is_named(items: list[Item], goal: Goal, words: str) -> None:
    assert words in reason(items[0], because(goal=goal))
    assert words in reason(items[0], because(("sadness", 0.9), goal=goal))


def test_without_emotion_and_goal_it_speaks_of_the_words(items: list[Item]) -> None:
    assert reason(items[0], because(text="Boats on a river")).startswith("Going by your words alone")
    assert reason(items[0], because()).startswith("Somewhere to begin")
    assert reason(items[0], because(("neutral", 0.9))).startswith("No one feeling stood out")


def test_the_three_of_a_list_are_told_in_three_shapes(items: list[Item]) -> None:
    said = [reason(items[0], because(("sadness", 0.9), goal=Goal.CALM, turn=turn)) for turn in range(3)]
    assert len({re.split(r"[:,]", s)[0] + str("so here is" in s) for s in said}) == 3


def test_a_thing_that_both_name_is_told_unless_the_entry_tells_of_a_loss(by_id: dict[str, Item]) -> None:
    rain, text = by_id["rain-on-slate-2012"], "Rain on the window all night."
    assert topic(rain, text) == "rain"
    plain = because(("sadness", 0.9), text=text, likeness=0.3, wishes=wishes(text=text))
    assert "has rain in it, as your words did" in reason(rain, plain)
    loss = "Rain at the funeral."
    assert "rain" not in reason(rain, because(("grief", 0.9), text=loss, likeness=0.3, wishes=wishes(text=loss)))
    assert "rain" not in reason(rain, because(("sadness", 0.9), text=text, likeness=0.05))


def test_limits_are_told_where_they_were_set(by_id: dict[str, Item]) -> None:
    series, video = by_id["the-bakers-year-2017"], by_id["ten-breaths-2018"]
    limit = {"wishes": wishes(max_minutes=30)}
    assert "your 30 minutes" in reason(series, because(("sadness", 0.9), goal=Goal.CALM, **limit))
    told = [reason(video, because(("joy", 0.9), wishes=wishes(free_only=True), turn=turn)) for turn in range(3)]
    assert all("free" in s or "costs nothing" in s for s in told)
    assert not any("minutes" in s for s in told)


def test_a_theme_asked_for_by_name_is_given_as_the_reason(by_id: dict[str, Item]) -> None:
    text = "I want to watch a horror film"
    said = reason(by_id["night-visitors-1979"], because(("excitement", 0.9), text=text, wishes=wishes(text=text)))
    assert "asked for horror" in said


def test_what_was_liked_is_named_with_the_feeling(by_id: dict[str, Item]) -> None:
    said = reason(
        by_id["paper-lanterns-2015"],
        because(("nervousness", 0.9), goal=Goal.CALM, liked=by_id["quiet-harbour-2011"]),
    )
    assert said.startswith("Because you liked Quiet Harbour, and you sounded nervous and wanted calm: this ")


def test_nothing_is_called_easy_that_is_hard_or_quiet_that_is_loud(items: list[Item]) -> None:
    for item in items:
        for goal in [*Goal, None]:
            said = reason(item, because(("sadness", 0.8), goal=goal))
            if item.energy > 0.6:
                assert not re.search(r"\b(quiet|slow|still|unhurried)\b", said), said
            if item.demand > 0.6:
                assert not re.search(r"easy to (put down|watch|follow)|asks (little|almost nothing)", said), said
            if item.warnings:
                assert "nothing harsh" not in said and "no warnings" not in said, said
            if not item.social:
                assert "together" not in said and "share" not in said, said


@pytest.mark.parametrize(
    ("item_id", "called"),
    [
        ("quiet-harbour-2011", "puzzle game"),
        ("the-grand-parade-1954", "musical"),
        ("office-of-birds-2013", "sitcom"),
        ("how-bridges-stand-2016", "talk"),
    ],
)
def test_items_are_called_what_they_are(by_id: dict[str, Item], item_id: str, called: str) -> None:
    assert noun(by_id[item_id]) == called
    assert noun(by_id[item_id].model_copy(update={"genres": ("unheard of",)})) == by_id[item_id].kind
