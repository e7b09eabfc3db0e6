"""Windows cover every character once, within the limit, cut between sentences where that is possible."""

from hypothesis import given
from hypothesis import strategies as st

from agent.sentences import sentences
from reader.windows import windows


def starts(text: str) -> list[int]:
    return [i for i, c in enumerate(text) if c.strip() and (i == 0 or not text[i - 1].strip())]


def test_short_texts_are_one_window() -> None:
    assert windows("A day.", starts("A day."), 10) == [(0, 6)]
    assert windows("", [], 10) == [(0, 0)]


def test_sentences_stay_whole() -> None:
    text = "One two three. Four five six. Seven eight nine."
    assert [text[a:b] for a, b in windows(text, starts(text), 6)] == [
        "One two three. Four five six. ",
        "Seven eight nine.",
    ]


def test_a_sentence_beyond_the_limit_is_cut() -> None:
    text = " ".join(f"w{i}" for i in range(25))
    assert len(windows(text, starts(text), 10)) == 3


@given(st.text(alphabet="ab .!?\n\u00e9", max_size=300), st.integers(1, 20))
def test_windows_cover_everything_within_the_limit(text: str, limit: int) -> None:
    tokens = starts(text)
    found = windows(text, tokens, limit)
    assert "".join(text[a:b] for a, b in found) == text
    assert all(sum(a <= t < b for t in tokens) <= limit for a, b in found)


@given(st.text(max_size=300))
def test_sentences_cover_everything(text: str) -> None:
    assert "".join(text[a:b] for a, b in sentences(text)) == text
