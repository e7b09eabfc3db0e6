"""Phrases: whole texts in, pieces that a person would quote out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import phrases


def _said(text: str, runs: list[phrases.Run]) -> list[str]:
    tokens = phrases.words(text)
    return [text[tokens[first][0] : tokens[last - 1][1]] for first, last in runs]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Seeing their lives brings me joy.", ["Seeing their lives brings me joy."]),
        ("I took his calendar off the wall and put it in the stove.",
         ["I took his calendar", "off the wall", "and put it", "in the stove."]),
        ("I'm so tired that I cried at work.", ["I'm so tired", "that I cried", "at work."]),
        ("The smell hit me before I'd got the crown board off.",
         ["The smell hit me", "before I'd got the crown board off."]),
        ("We gave up on everything, because she is gone", ["We gave up", "on everything,", "because she is gone"]),
    ],
)  # fmt: skip
def test_a_phrase_begins_before_a_subject_a_preposition_or_a_conjunction(text: str, groups: list[str]) -> None:
    assert _said(text, phrases.phrases(text, phrases.words(text))) == groups


def test_clauses_and_short_sentences_may_be_quoted_whole() -> None:
    text = "Dad, you would laugh. I sold the boat to a man from Leith and walked home along the quay without it."
    said = _said(text, phrases.candidates(text, phrases.words(text)))
    assert "Dad, you would laugh." in said
    assert "you would laugh." in said
    assert all(len(quote.split()) <= 14 for quote in said)


def test_nothing_is_quoted_that_breaks_off() -> None:
    text = "In five years half of us will be too old to climb onto the platform and most of the others too"
    said = _said(text, phrases.candidates(text, phrases.words(text)))
    assert not [quote for quote in said if quote.split()[-1] in ("be", "will", "of", "the", "to")]


def test_a_sentence_without_end_is_cut_into_passages() -> None:
    text = "and then we went on and on " * 60
    assert max(len(phrases.words(text, *piece)) for piece in phrases.passages(text)) <= 60


@settings(deadline=None)
@given(st.text(max_size=400))
def test_phrases_clauses_and_passages_cover_every_word_once(text: str) -> None:
    tokens = phrases.words(text)
    for cut in (phrases.phrases, phrases.clauses):
        groups = cut(text, tokens) if tokens else []
        assert [i for first, last in groups for i in range(first, last)] == list(range(len(tokens)))
    assert "".join(text[a:b] for a, b in phrases.passages(text)) == text


@settings(deadline=None)
@given(st.lists(st.sampled_from("I we cried the of in and on it so, . rain".split()), max_size=150).map(" ".join))
def test_every_candidate_is_a_run_of_words(text: str) -> None:
    tokens = phrases.words(text)
    for first, last in phrases.candidates(text, tokens) if tokens else []:
        assert 0 <= first < last <= len(tokens)
