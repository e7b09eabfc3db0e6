"""People's words on a terminal."""

from __future__ import annotations

import json

import pytest
from fakes.terminal import UNSAFE, clock

from serving.cli_text import as_line, moment, one_line, plain

NASTY = {
    "\x1b[31mred\x1b[0m": "\u241b[31mred\u241b[0m",
    "\x1b]0;title\x07": "\u241b]0;title\u2407",
    "\x9b2J gone": "\ufffd2J gone",
    "over\rwritten": "over\u240dwritten",
    "back\x08space": "back\u2408space",
    "nul\x00": "nul\u2400",
    "delete\x7f": "delete\u2421",
    "half \ud83d of a pair": "half \ufffd of a pair",
    "\u202egnorw": "\ufffdgnorw",
    "a\u2028b": "a\nb",
    "windows\r\nlines": "windows\u200b\nlines",
}


@pytest.mark.parametrize(("text", "shown"), NASTY.items())
def test_what_a_terminal_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert plain(text) == shown
    assert not UNSAFE & set(plain(text))


@pytest.mark.parametrize("text", NASTY)
def test_offsets_still_hold(text: str) -> None:
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    "text", ["tab\tand\nnewline", "\u0645\u0631\u062d\u0628\u0627", "\U0001f469\u200d\U0001f680", "e\u0301", "[bold]"]
)
def test_ordinary_words_of_any_script_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


def test_one_line_is_one_line() -> None:
    assert one_line("  a\n\n b\x1b\tc\u2029d ") == "a b\u241b c d"


def test_a_moment_is_told_by_the_local_clock() -> None:
    with clock("Europe/Berlin"):
        assert moment("2026-11-03T23:05:00+00:00") == "4 Nov 2026, 00:05"
        assert moment("2026-07-01T10:00:00+00:00") == "1 Jul 2026, 12:00"


@pytest.mark.parametrize("text", [*NASTY, "\u00fcber", "\u2028"])
def test_json_is_plain_ascii_and_comes_back_whole(text: str) -> None:
    line = as_line({"text": text})
    assert line.isascii() and not UNSAFE & set(line)
    assert json.loads(line) == {"text": text}
