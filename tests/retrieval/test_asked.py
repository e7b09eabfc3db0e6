"""What a text asks for, refuses, and is hurt by: a request needs its words, a wound only a mention."""

from __future__ import annotations

import time

import pytest

from retrieval.asked import THEMES, hear, mentions
from retrieval.vocabulary import WARNINGS


def test_every_warning_has_its_theme() -> None:
    assert tuple(THEMES) == WARNINGS


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("I want to watch a horror film tonight", "horror"),
        ("Give me horror.", "horror"),
        ("i\u2019d like something properly creepy please", "horror"),
        ("scary movies please", "horror"),
        ("Something scary to watch", "horror"),
        ("HORROR GAMES", "horror"),
        ("I'd like a film about grief", "grief"),
        ("Looking for something about loss", "grief"),
        ("Recommend a documentary about suicide", "self-harm"),
        ("I really want to play a poker game", "gambling"),
        ("let's watch a war film", "violence"),
        ("I could do with a series about addiction", "drugs"),
    ],
)
def test_a_request_by_name_is_heard(text: str, theme: str) -> None:
    assert hear(text).asked == {theme}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I don't want a scary film",
        "I do not really want to watch a horror movie",
        "Not that I want a horror film",
        "I want something not scary",
        "I watched a horror film and now I can't sleep",
        "I need to get out of this horror show of a week",
        "It was like a horror film",
        "I want death",
        "I want to kill myself, suggest a film about suicide",
        "Recommend a film about suicide, I keep thinking of ending my life",
        "Scary night.",
        "We played poker and I lost again",
    ],
)
def test_a_mention_is_no_request(text: str) -> None:
    assert hear(text).asked == frozenset()


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("Nothing violent please, and no gambling", {"violence", "gambling"}),
        ("I can't take anything scary tonight", {"horror"}),
        ("without any swearing", {"strong language"}),
        ("a film, but no sex scenes", {"sexual content"}),
    ],
)
def test_a_refusal_is_heard(text: str, themes: set[str]) -> None:
    assert hear(text).refused == themes


def test_a_refusal_outweighs_a_request() -> None:
    heard = hear("I want a horror film. No, nothing scary after all.")
    assert heard.refused == {"horror"}
    assert heard.asked == frozenset()


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Three weeks sober today", "drugs"),
        ("I went back to the slot machines", "gambling"),
        ("Grandad's funeral was on Monday", "grief"),
        ("We had to have him put down, and then we lost our dog too", "grief"),
        ("Another migraine all day", "flashing lights"),
        ("He hits me when he is tired", "abuse"),
        ("I was attacked on the way home", "violence"),
        ("Nightmares again", "horror"),
        ("I hurt myself last night", "self-harm"),
        ("i hurt my\u200bself last night", "self-harm"),
    ],
)
def test_what_a_life_shows_is_heard(text: str, theme: str) -> None:
    assert theme in hear(text).touched


def test_an_ordinary_day_says_nothing() -> None:
    heard = hear("We walked along the canal, had soup, and I called my sister about the holidays.")
    assert heard == hear("")


def test_a_description_that_only_names_a_theme_is_known_for_it() -> None:
    assert "grief" in mentions("A sketch about a parrot that is no more, it is dead.")
    assert "drugs" in mentions("Three friends and too much wine.")
    assert mentions("Boats come home over flat water.") == frozenset()


@pytest.mark.parametrize(
    "text", ["i want to horror ", "i want a a a a a ", "no no no no ", "something about about ", "\u200b horror of "]
)
def test_the_longest_text_is_read_in_no_time(text: str) -> None:
    whole = (text * 20_000)[:20_000]
    start = time.perf_counter()
    hear(whole)
    assert time.perf_counter() - start < 0.5
