"""From a reading to checked sentences: what the form allows, second tries, and what the evidence fills in."""

from __future__ import annotations

import random
import re
from itertools import product

import pytest
from fakes.ports import ScriptedModel

from agent import explain
from agent.domain import EMOTIONS, Emotion, Explanation, Reading, Span
from agent.errors import Unavailable
from agent.prompts import v2, version
from agent.wording import Wording
from eval.explain import a_way

TEXT = "My sister waited up with soup. I could have cried on the stairs, and then we laughed. Late, though."
PIECES = ("waited up with soup", "could have cried", "we laughed")


def reading(*read: tuple[str, float], unsure: bool = False, near: tuple[tuple[str, float], ...] = ()) -> Reading:
    emotions = tuple(Emotion(label=label, probability=p) for label, p in read)
    return Reading(emotions=emotions, unsure=unsure, probabilities=dict(read + near))


def spans(*pairs: tuple[str, str]) -> tuple[Span, ...]:
    return tuple(Span(label=label, start=TEXT.index(q), end=TEXT.index(q) + len(q), drop=0.3) for label, q in pairs)


BOTH = reading(("gratitude", 0.8), ("sadness", 0.4))
CARRIED = spans(("gratitude", "waited up with soup"), ("sadness", "could have cried"))
FIRST = 'You are probably grateful, where you write "waited up with soup".'
SECOND = 'Perhaps you are sad, too, where you say "could have cried".'
THIRD = "The two pull in different directions."
FALSE = "You are certainly furious with your brother."


async def say(model: ScriptedModel, of: Reading = BOTH, told: list[str] | None = None) -> list[Explanation]:
    wording = Wording(model, "v2", True, (told if told is not None else []).append)
    return [s async for s in wording.sentences(TEXT, of, CARRIED if of.felt else ())]


@pytest.mark.parametrize("prompt", ["v2", "v3"])
@pytest.mark.parametrize("quotes", [0, 1, 2])
@pytest.mark.parametrize("sure", [0.45, 0.9])
def test_every_way_through_the_form_is_true_for_every_emotion(prompt: str, quotes: int, sure: float) -> None:
    rng = random.Random(quotes)
    for label, other in product(EMOTIONS[:-1], (None, "joy", "sadness")):
        read = reading((label, sure), *([(other, 0.4)] if other and other != label else []))
        carried = spans(*((e.label, q) for e in read.felt for q in PIECES[:quotes]))
        forms = version(prompt).forms(explain.found(TEXT, read, carried), read)
        assert 1 <= len(forms) <= 4
        for form in forms:
            for sentence in {a_way(form, rng) for _ in range(12)}:
                assert re.fullmatch(form, sentence)
                assert explain.check(sentence, TEXT, read, carried) is None, sentence


def test_two_emotions_in_the_same_words_do_not_quote_them_twice() -> None:
    carried = spans(("gratitude", "we laughed"), ("sadness", "we laughed"))
    _, second, _ = version("v3").forms(explain.found(TEXT, BOTH, carried), BOTH)
    assert "same words" in second and "laughed" not in second
    _, second, _ = version("v3").forms(explain.found(TEXT, BOTH, CARRIED), BOTH)
    assert "same words" not in second and "could" in second


def test_what_is_said_of_others_is_not_said_of_the_writer() -> None:
    text, read = "Oksana rang. She seemed embarrassed, I was worried.", reading(("embarrassment", 0.7), ("fear", 0.7))
    carried = tuple(
        Span(label=label, start=text.index(q), end=text.index(q) + len(q), drop=0.3)
        for label, q in (("embarrassment", "She seemed embarrassed"), ("fear", "I was worried"))
    )
    first, second, *_ = version("v3").forms(explain.found(text, read, carried), read)
    assert "You" not in first and "you are" in second


@pytest.mark.parametrize("unsure", [True, False])
def test_what_is_said_of_nothing_strong_passes_too(unsure: bool) -> None:
    read = reading(unsure=unsure, near=(("curiosity", 0.2), ("remorse", 0.15)))
    forms, rng = v2.forms([], read), random.Random(1)
    assert len(forms) == 2
    for sentence in {a_way(form, rng) for form in forms for _ in range(30)}:
        assert explain.check(sentence, TEXT, read, ()) is None, sentence
    assert ("nearest guess" in a_way(forms[0], rng)) is unsure


def test_feelings_that_pull_in_two_directions_are_said_to_and_others_are_not() -> None:
    def last(read: Reading) -> str:
        return v2.forms(explain.found(TEXT, read, ()), read)[-1]

    assert "directions" in last(BOTH)
    assert "directions" not in last(reading(("joy", 0.8), ("gratitude", 0.7)))


async def test_the_models_own_sentences_are_sent_as_they_come() -> None:
    model = ScriptedModel([FIRST[:20], FIRST[20:] + " " + SECOND, " ", THIRD])
    said = await say(model)
    assert [s.text for s in said] == [FIRST, SECOND, THIRD]
    assert {(s.source, s.regenerated) for s in said} == {("model", False)}
    assert model.patterns[0] is not None and re.fullmatch(model.patterns[0], f"{FIRST} {SECOND} {THIRD}")


async def test_a_failing_sentence_is_asked_for_once_more_with_the_accepted_ones_before_it() -> None:
    told: list[str] = []
    model = ScriptedModel([f"{FIRST} {FALSE} {THIRD}"], [f"{SECOND} {THIRD}"])
    said = await say(model, told=told)
    assert [(s.text, s.regenerated) for s in said] == [(FIRST, False), (SECOND, True), (THIRD, False)]
    assert model.asked[1][-1] == {"role": "assistant", "content": FIRST}
    assert re.fullmatch(model.patterns[1] or "", f" {SECOND} {THIRD}")
    assert "regenerated" in told and any(name.startswith("rejected") for name in told)


async def test_after_a_second_failure_the_evidence_takes_the_place() -> None:
    told: list[str] = []
    said = await say(ScriptedModel([f"{FIRST} {FALSE}"], [FALSE]), told=told)
    assert [s.source for s in said] == ["model", "evidence"]
    assert "sadness" in said[1].text and told.count("replaced") == 1


async def test_an_emotion_that_the_model_left_out_is_added_from_the_evidence() -> None:
    said = await say(ScriptedModel([FIRST]))
    assert [s.source for s in said] == ["model", "evidence"] and "sadness" in said[1].text


async def test_a_full_stop_inside_a_quotation_does_not_cut_the_sentence() -> None:
    text = "We won. Again. I cheered."
    read = reading(("joy", 0.9))
    carried = (Span(label="joy", start=0, end=13, drop=0.4),)
    answer = 'You are probably happy, where you write "We won. Again". Nothing else stands out as clearly.'
    wording = Wording(ScriptedModel([answer[:44], answer[44:]]), "v2", True, lambda _: None)
    assert [s.text for s in [s async for s in wording.sentences(text, read, carried)]] == [
        'You are probably happy, where you write "We won. Again".', "Nothing else stands out as clearly.",
    ]  # fmt: skip


async def test_an_unsure_reading_is_worded_by_the_model_and_said_openly() -> None:
    read = reading(unsure=True, near=(("curiosity", 0.2),))
    said = await say(ScriptedModel(["It is unsure what is in this; curiosity would be the nearest guess."]), read)
    assert [s.source for s in said] == ["model"]
    said = await say(ScriptedModel([Unavailable("gone")]), read)
    assert [s.source for s in said] == ["evidence"] and "unsure" in said[0].text


def test_a_long_entry_is_bounded_and_keeps_every_quotation() -> None:
    quotes = [f"the {word} letter came on a day that I did not expect" for word in ("first", "second", "third")]
    text = "It rained. " * 200 + quotes[0] + ". " + "It rained. " * 300 + quotes[1] + ". " + quotes[2] + " rain" * 500
    shown = v2.bounded(text, quotes)
    assert len(shown) < 1100 and all(q in shown for q in quotes) and shown.startswith("It rained.")
