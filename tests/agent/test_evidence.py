"""Evidence: real offsets, phrases that matter, controls that keep length honest."""

import numpy as np
import pytest
from fakes.ports import WordClassifier
from hypothesis import given
from hypothesis import strategies as st

from agent import evidence
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
    run = evidence.words(text)
    assert evidence.worth(text, run[:2], 0.3) > evidence.worth(text, run[5:], 0.6)
    assert evidence.worth(text, run[:2], 0.3) > evidence.worth(text, run, 0.35)


async def test_a_lone_function_word_is_no_evidence_whatever_it_does_to_the_model() -> None:
    assert await _spans("to be or", WordClassifier(sadness=["to"])) == ()


async def test_nothing_felt_means_no_evidence_and_no_reading() -> None:
    classifier = WordClassifier(sadness=["cried"])
    assert await _spans("The bus came at nine.", classifier) == ()
    assert classifier.batches == [1]


async def test_the_same_entry_gets_the_same_evidence() -> None:
    classifier = WordClassifier(sadness=["cried"], fear=["letter"])
    assert await _spans(TEXT, classifier) == await _spans(TEXT, classifier)


@given(st.text(max_size=400))
def test_phrases_and_passages_cover_every_word_once(text: str) -> None:
    tokens = evidence.words(text)
    groups = evidence.phrases(text, tokens) if tokens else []
    assert [i for first, last in groups for i in range(first, last)] == list(range(len(tokens)))
    assert "".join(text[a:b] for a, b in evidence.passages(text)) == text


def test_a_label_needs_more_than_chance() -> None:
    drops = np.array([0.2, 0.3], np.float32)
    trials = [evidence._Trial(0, 0, 1, False), evidence._Trial(0, 1, 2, True)]
    tokens = [evidence.words("one two")]
    assert evidence._best("one two", EMOTIONS.index("joy"), trials, drops, tokens) == []
