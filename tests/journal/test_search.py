from __future__ import annotations

import numpy as np
import pytest

from journal.search import NEAR, Corpus, padded, rank, words_of


def texts(*plain: str) -> Corpus:
    return Corpus([padded(words_of(text)) for text in plain])


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("I felt LONELY today", "lonely"),
        ("the café was full", "cafe"),
        ("the cafe was full", "CAFÉ"),
        ("cafe\u0301", "café"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁnally", "finally"),
        ("so lonely, so tired", "tired lonely"),
        ("I walked home", "walk"),
        ("it’s over", "over"),
        ("今日は悲しいです", "悲しい"),
        ("วันนี้เหนื่อย", "เหนื่อย"),
        ("happy 🙂 day", "🙂"),
        ("nothing_else", "else"),
    ],
)
def test_words_are_found_whatever_their_case_and_accents(text: str, query: str) -> None:
    assert rank(texts("something quite different", text), query) == [1]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("my heart", "art"),
        ("lonely", "lonely tired"),
        ("sad", "sadness"),
        ("", "sad"),
        ("sad", ""),
        ("sad", " ?! "),
        ("a.b", ".*"),
        ("sad", "s" * 20_000),
    ],
)
def test_what_is_not_there_is_not_found(text: str, query: str) -> None:
    assert rank(texts(text), query) == []


def test_whole_words_come_before_beginnings_and_short_before_long() -> None:
    found = rank(texts("walking far", "a walk " + "and other things " * 200, "a walk", "walk walk"), "walk")
    assert found == [3, 2, 0, 1]


def test_equals_keep_their_order_and_the_limit_holds() -> None:
    assert rank(texts(*["rain"] * 5), "rain", limit=3) == [0, 1, 2]


def test_a_missing_word_scores_nothing() -> None:
    corpus = texts("sun and rain", "snow")
    both, one = corpus.scores(["sun", "rain"]), corpus.scores(["sun"])
    assert both[0] > one[0] > 0 == both[1] == one[1]
    assert list(corpus.scores(["sun", "snow"])) == [0, 0] == list(corpus.scores([]))


def test_meaning_adds_what_the_words_do_not_find() -> None:
    cosines = np.array([0.9, 0.1, NEAR + 0.01, NEAR - 0.01, -0.5], dtype=np.float32)
    found = rank(texts("abandoned", "lonely", "missing her", "pizza", "lonely too"), "lonely", cosines=cosines)
    assert found == [1, 4, 0, 2]


def test_a_flood_of_combining_marks_is_folded_at_once() -> None:
    assert words_of("e" + "\u0301" * 19_999) == ["e"]
    assert len(words_of("\u0301" * 20_000)) == 0


def test_only_what_is_allowed_is_found_by_words_or_by_meaning() -> None:
    corpus, near = texts("rain", "rain", "snow"), np.array([0.9, 0.9, 0.9], dtype=np.float32)
    assert rank(corpus, "rain", cosines=near, allowed=[False, True, True]) == [1, 2]
    assert rank(Corpus([]), "rain", allowed=[]) == []


def test_typeset_quotation_marks_part_words_as_plain_ones_do() -> None:
    assert words_of("\u201cIt\u2019s over\u201d\u2014he said\u2026") == ["it", "s", "over", "he", "said"]
    assert words_of("snake_case") == ["snake", "case"] == words_of("\u2018snake_case\u2019")
