"""What the models read: the same characters in training and serving."""

from hypothesis import given
from hypothesis import strategies as st

from reader.clean import clean


def test_quotes_spaces_and_invisible_characters() -> None:
    assert clean("I\u200b  don\u2019t\n\tknow\u2026 \u201cwell\u201d\x00") == 'I don\'t know... "well"'


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert clean("cafe\u0301") == clean("caf\u00e9") == "caf\u00e9"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
