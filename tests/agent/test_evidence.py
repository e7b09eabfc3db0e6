"""Evidence: real offsets, phrases that matter, controls that keep length honest."""

import random

import numpy as np
import pytest
from fakes.ports import WordClassifier

from agent import evidence, phrases
from agent.domain import EMOTIONS

TEXT = "The garden was quiet all morning, and then I got the letter, so I cried in the kitchen for an hour."


async def _spans(text: str, classifier: WordClassifier) -> tuple[evidence.Span, ...]:
    [reading] = await classifier.read([text])
    return await evidence.spans(text, reading, classifier)


async def test_the_span_holds_the_words_that_carried_the_emotion() -> None:
    spans = await _spans(TEXT, WordClassifier(sadness=["cried"]))
    assert [s.label for s in spans] == ["sadness"]
    assert "cried" in spans[0].of(TEXT)
    assert len(spans[0].of(TEXT).split()) <= 6
    assert spans[0].drop == pytest.approx(0.88, abs=0.01)


async def test_at_most_two_spans_a_label_and_only_real_drops() -> None:
    text = "I cried at breakfast. I wept on the bus. I sobbed at work. The tea was warm."
    classifier = WordClassifier(sadness=["cried"], joy=["tea"])
    spans = await _spans(text, classifier)
    for label in ("sadness", "joy"):
        assert 1 <= len([s for s in spans if s.label == label]) <= 2
    assert all(s.drop >= evidence.LEAST_DROP for s in spans)


async def test_variants_of_a_short_text_go_in_one_batch() -> None:
    classifier = WordClassifier(sadness=["cried"])
    await _spans(TEXT, classifier)
    read, passages, variants = classifier.batches
    assert (read, passages) == (1, 1)
    assert variants > 5


async def test_a_long_text_is_searched_in_its_strongest_passages_only() -> None:
    filler = "We walked along the river and counted the boats that came by in the afternoon sun. " * 40
    text = f"{filler}At the end of it I cried in the car. {filler}"
    classifier = WordClassifier(sadness=["cried"])
    spans = await _spans(text, classifier)
    assert "cried" in spans[0].of(text)
    assert classifier.batches[-1] < 60


@pytest.mark.parametrize(
    "text", ["cried", "I cried", "   cried   ", '"cried"', "cried!!!", "\u00e9\u0301 cried \U0001f622"]
)
async def test_tiny_and_odd_texts_give_valid_offsets_or_nothing(text: str) -> None:
    for span in await _spans(text, WordClassifier(sadness=["cried"])):
        assert span.of(text).strip() == span.of(text) != ""


def test_words_that_say_little_alone_are_poor_quotations() -> None:
    text = "I cried in the kitchen for an hour"
    tokens = phrases.words(text)
    assert evidence.fit(text, tokens, (0, 2)) > evidence.fit(text, tokens, (0, 8))
    assert evidence.fit(text, tokens, (0, 2)) > 2 * evidence.fit(text, tokens, (5, 8))


async def test_a_lone_function_word_is_no_evidence_whatever_it_does_to_the_model() -> None:
    assert await _spans("to be or", WordClassifier(sadness=["to"])) == ()


async def test_nothing_felt_means_no_evidence_and_no_reading() -> None:
    classifier = WordClassifier(sadness=["cried"])
    assert await _spans("The bus came at nine.", classifier) == ()
    assert classifier.batches == [1]


async def test_the_same_entry_gets_the_same_evidence() -> None:
    classifier = WordClassifier(sadness=["cried"], fear=["letter"])
    assert await _spans(TEXT, classifier) == await _spans(TEXT, classifier)


def _trial(**said: tuple[float, float, float]) -> evidence._Trial:
    """A span by emotion: its probability in the whole text, without the span, and in the span alone."""
    whole, without, alone = (np.zeros(len(EMOTIONS), np.float32) for _ in range(3))
    for label, row in said.items():
        place = EMOTIONS.index(label)
        whole[place], without[place], alone[place] = row
    return evidence._Trial((0, 4), 3, 1.0, whole, whole - without, alone, np.zeros_like(whole))


GRIEF = EMOTIONS.index("grief")


def test_a_span_that_speaks_for_the_opposite_is_no_evidence() -> None:
    assert evidence.worth(_trial(grief=(0.5, 0.1, 0.3)), GRIEF) > 0
    assert evidence.worth(_trial(grief=(0.5, 0.1, 0.3), gratitude=(0.9, 0.9, 0.8)), GRIEF) == 0
    assert evidence.worth(_trial(grief=(0.5, 0.1, 0.3), gratitude=(0.9, 0.1, 0.2)), GRIEF) == 0
    assert evidence.worth(_trial(grief=(0.5, 0.1, 0.3), sadness=(0.9, 0.1, 0.8)), GRIEF) > 0


def test_of_equal_drops_the_span_that_says_it_alone_is_worth_more() -> None:
    said, unsaid = _trial(grief=(0.5, 0.1, 0.5)), _trial(grief=(0.5, 0.1, 0.0))
    assert evidence.worth(said, GRIEF) == pytest.approx(5 * evidence.worth(unsaid, GRIEF))


def test_a_small_part_of_the_emotion_is_no_evidence() -> None:
    assert evidence.worth(_trial(grief=(0.9, 0.8, 0.1)), GRIEF) == 0


def test_one_word_is_quoted_only_for_what_it_says() -> None:
    beside, said = _trial(grief=(0.5, 0.0, 0.1)), _trial(grief=(0.5, 0.0, 0.4))
    assert evidence.worth(beside, GRIEF) > 0
    assert evidence.worth(beside._replace(words=1), GRIEF) == 0
    assert evidence.worth(said._replace(words=1), GRIEF) > 0


def test_what_is_quoted_already_is_rather_quoted_again_than_words_beside_it() -> None:
    first, beside = _trial(grief=(0.5, 0.15, 0.5)), _trial(grief=(0.5, 0.1, 0.5))._replace(span=(2, 6))
    assert [s.start for s in evidence._best(GRIEF, [first, beside], set())] == [2]
    assert [s.start for s in evidence._best(GRIEF, [first, beside], {(0, 4)})] == [0]


async def test_a_quotation_holds_no_other_one() -> None:
    text = 'He said "no" and left, so I cried in the hall, and "well" was what came out of it.'
    spans = await _spans(text, WordClassifier(sadness=["cried"], anger=["said"]))
    assert spans
    assert all('"' not in span.of(text) for span in spans)


def test_a_question_is_read_alone_with_its_mark() -> None:
    text = "It rained. Where did she go? I made tea."
    assert "Where did she go?" in evidence._passage(text, (0, len(text)), random.Random(1)).variants()


def test_a_span_needs_more_than_chance() -> None:
    trial = _trial(grief=(0.5, 0.3, 0.5))
    assert evidence.worth(trial, GRIEF) > 0
    assert evidence.worth(trial._replace(chance=trial.drops), GRIEF) == 0
