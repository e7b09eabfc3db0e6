"""The test that a sentence is true to the entry: what must be refused, what must pass, and what stands in."""

import re

import pytest

from agent import explain
from agent.domain import Emotion, Reading, Span
from agent.errors import ConfigError
from agent.prompts import v1, version

TEXT = "I missed the last train again. My sister waited up for me with soup, and I could have cried."
READING = Reading(
    emotions=(Emotion(label="gratitude", probability=0.8), Emotion(label="sadness", probability=0.45)),
    probabilities={"gratitude": 0.8, "sadness": 0.45, "love": 0.2},
)
SPANS = (
    Span(label="gratitude", start=TEXT.index("waited up"), end=TEXT.index(" with soup"), drop=0.5),
    Span(label="sadness", start=TEXT.index("could have cried"), end=TEXT.index("cried") + 5, drop=0.3),
)


@pytest.mark.parametrize(
    "sentence",
    [
        'You are probably feeling gratitude, where you say "waited up for me".',
        'There may be some sadness too: "could have cried".',
        "Two things seem to pull at you here, gratitude and a little sadness.",
        "Perhaps you are grateful.",
        "The reader is fairly sure of gratitude, less so of the rest.",
    ],
)
def test_true_sentences_pass(sentence: str) -> None:
    assert explain.check(sentence, TEXT, READING, SPANS) is None


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ('You feel gratitude, in the words "she cooked soup".', "quotes words"),
        ('You feel gratitude, in the words "could have cried".', "no evidence"),
        ("You are probably furious about the train.", "not read"),
        ("You are not sad at all here.", "denies"),
        ("You should go to bed earlier, with gratitude.", "advice"),
        ("Perhaps you are grateful, but who can tell?", "question"),
        ("Perhaps you feel gratitude", "one whole sentence"),
        ("Sad.", "one whole sentence"),
        ("Perhaps gratitude. " * 30, "one whole sentence"),
        (
            "\u4f60\u611f\u5230\u611f\u6fc0\uff0c\u4e5f\u8a31\u4f60\u5f88\u96e3\u904e\uff0c\u4f46\u4f60.",
            "another script",
        ),
    ],
)
def test_false_sentences_are_refused_with_the_reason(sentence: str, why: str) -> None:
    fault = explain.check(sentence, TEXT, READING, SPANS)
    assert fault is not None and why in fault


def test_the_review_of_what_leaves_is_asked_too() -> None:
    assert explain.check("You have depression, with sadness.", TEXT, READING, SPANS) is not None


def test_the_evidence_alone_explains_in_sentences_that_pass_the_check() -> None:
    sentences = explain.from_evidence(TEXT, READING, SPANS)
    assert [s.source for s in sentences] == ["evidence", "evidence"]
    assert '"waited up for me"' in sentences[0].text and "probably gratitude" in sentences[0].text
    assert "perhaps sadness" in sentences[1].text
    assert all(explain.check(s.text, TEXT, READING, SPANS) is None for s in sentences)


def test_unsure_and_calm_entries_say_so() -> None:
    unsure = Reading(emotions=(), unsure=True, probabilities={"joy": 0.2, "relief": 0.15, "neutral": 0.1})
    assert "unsure" in explain.from_evidence("x", unsure, ())[0].text
    assert "joy or relief" in explain.from_evidence("x", unsure, ())[0].text
    calm = Reading(emotions=(Emotion(label="neutral", probability=0.9),))
    assert "No single feeling" in explain.from_evidence("x", calm, ())[0].text


def test_quotations_with_quotation_marks_or_line_breaks_are_left_out() -> None:
    text = 'He said "go" and\nleft'
    assert explain.quotable(text, [Span(label="anger", start=0, end=len(text), drop=0.3)]) == []


def test_the_pattern_accepts_what_passes_the_check_and_nothing_else() -> None:
    found = explain.found(TEXT, READING, SPANS)
    form = " ".join(v1.forms(found))
    good = (
        'You are probably feeling gratitude, where you say "waited up for me". '
        'You are also perhaps feeling sadness, in the words "could have cried".'
    )
    assert re.fullmatch(form, good)
    for sentence in good.split(". "):
        assert explain.check(sentence.rstrip(".") + ".", TEXT, READING, SPANS) is None
    assert not re.fullmatch(form, good.replace("waited", "stayed"))


def test_a_long_entry_is_bounded_in_the_prompt_and_keeps_its_evidence() -> None:
    text = "word " * 3000 + "the letter came " + "word " * 900
    found = [(Emotion(label="fear", probability=0.7), ["the letter came"])]
    asked = v1.messages(text, found)[-1]["content"]
    assert len(asked) < 1600
    assert asked.count("the letter came") >= 2


def test_an_unknown_prompt_version_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="v1"):
        version("v0")
