"""`history`, `search` and `show`: reading in the journal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.api import scripted
from fakes.terminal import CARD, ITEM, clock, complaint, discovery, entry, reading

NASTY = "[bold]hello[/bold] \x1b[2J \u202egnorw"


def test_history_lists_entries_newest_first_with_what_names_them() -> None:
    with scripted() as api, clock("UTC"):
        entries = [entry(2), entry(1, text="Ana called.\n\nWe laughed.", labels=["joy", "love"])]
        api.expect("GET", "/v1/entries", {"entries": entries, "cursor": None}, limit="20")
        seen = discovery("history", api=api)
    assert seen.exit_code == 0
    assert seen.stdout.splitlines() == [
        "3 Nov 2026, 13:05 \u00b7 sadness",
        "  It rained all day.",
        "  00000000-0000-4000-8000-000000000002",
        "",
        "3 Nov 2026, 13:05 \u00b7 joy, love",
        "  Ana called. We laughed.",
        "  00000000-0000-4000-8000-000000000001",
    ]


def test_history_asks_for_local_days_and_an_emotion() -> None:
    with scripted() as api, clock("Europe/Berlin"):
        api.expect(
            "GET", "/v1/entries", {"entries": [], "cursor": None}, limit="5", emotion="joy",
            from_="2026-11-01T00:00:00+01:00", to="2026-11-08T00:00:00+01:00",
        )  # fmt: skip
        asked = ("--from", "2026-11-01", "--to", "2026-11-07", "--emotion", "Joy", "--limit", "5")
        assert discovery("history", *asked, api=api).stdout == "No entries like that.\n"


def test_an_empty_journal_says_how_to_begin() -> None:
    with scripted() as api:
        api.expect("GET", "/v1/entries", {"entries": [], "cursor": None}, limit="20")
        assert discovery("history", api=api).stdout == 'No entries yet. Begin with: discovery say "..."\n'


def test_a_long_history_is_fetched_page_by_page_and_no_further() -> None:
    pages: list[list[dict[str, Any]]] = [[entry(n) for n in range(200)], [entry(n) for n in range(200, 250)]]
    with scripted() as api:
        api.expect("GET", "/v1/entries", {"entries": pages[0], "cursor": "next"}, limit="200")
        api.expect("GET", "/v1/entries", {"entries": pages[1], "cursor": "more"}, limit="50", cursor="next")
        seen = discovery("history", "--limit", "250", api=api)
    assert seen.stdout.count("sadness") == 250
    assert seen.stdout.endswith("There are more; see them with --limit 1250.\n")


def test_history_as_json_is_one_entry_a_line() -> None:
    entries = [entry(2, text=NASTY), entry(1)]
    with scripted() as api:
        api.expect("GET", "/v1/entries", {"entries": entries, "cursor": "more"}, limit="2")
        seen = discovery("history", "--limit", "2", "--json", api=api)
    assert [json.loads(line) for line in seen.stdout.splitlines()] == entries


def test_search_shows_what_it_found_best_first() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/search", {"entries": [entry(7)]}, body={"q": "walks by the river", "limit": 3})
        seen = discovery("search", "walks", "by", "the river", "--limit", "3", api=api)
    assert "It rained all day." in seen.stdout


def test_search_that_finds_nothing_says_so() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/search", {"entries": []}, body={"q": "x", "limit": 20})
        assert discovery("search", "x", api=api).stdout == "Nothing found.\n"


def test_search_as_json_is_the_whole_answer() -> None:
    answer = {"entries": [entry()], "safety": {"level": "crisis", "card": CARD}}
    with scripted() as api:
        api.expect("POST", "/v1/search", answer)
        assert json.loads(discovery("search", "x", "--json", api=api).stdout) == answer


def test_words_in_distress_bring_the_card_before_what_was_found() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/search", {"entries": [entry()], "safety": {"level": "crisis", "card": CARD}})
        seen = discovery("search", "x", api=api)
    assert seen.stdout.startswith("=" * 80)
    assert seen.stdout.index("call 000 111") < seen.stdout.index("It rained all day.")


def test_show_tells_everything_of_an_entry() -> None:
    whole = entry(
        goal="calm",
        evidence={"spans": [{"label": "sadness", "start": 3, "end": 9, "drop": 0.3}]},
        explanation=[{"text": 'There is sadness in "rained".', "source": "evidence"}],
        suggestions={"items": [ITEM]},
    )
    with scripted() as api:
        api.expect("GET", "/v1/entries/abc", whole)
        seen = discovery("show", "abc", api=api)
    lines = [line.strip() for line in seen.stdout.splitlines()]
    assert lines[0].endswith("\u00b7 goal: calm")
    assert lines[2] == "It rained all day."
    assert lines[4] == "You might be feeling, as far as a machine can tell"
    for said in ('There is sadness in "rained".', "Put together from your own words. No language model was used."):
        assert said in lines
    assert "1. Quiet Game (game, 2001, 20 min, free)" in lines


def test_show_gives_the_persons_own_words_the_last_word() -> None:
    own = entry(correction={"labels": ["relief"], "valence": None}, labels=["relief"])
    with scripted() as api:
        api.expect("GET", "/v1/entries/abc", own)
        seen = discovery("show", "abc", api=api)
    assert "In your own words: relief" in seen.stdout
    assert "sadness" not in seen.stdout


def test_show_of_an_entry_in_crisis_is_its_text_and_the_card() -> None:
    kept = entry(safety={"level": "crisis", "card": CARD}, explanation=[{"text": "No.", "source": "model"}])
    with scripted() as api:
        api.expect("GET", "/v1/entries/abc", kept)
        seen = discovery("show", "abc", api=api)
    assert "It rained all day." in seen.stdout
    assert "call 000 111" in seen.stdout
    assert seen.stdout.rstrip().endswith("=" * 80)
    assert "sadness" not in seen.stdout


def test_show_of_what_is_not_there_is_one_line() -> None:
    with scripted() as api:
        api.refuse("GET", "/v1/entries/..%2Fme", 404, "Not found", "There is no entry '../me'.")
        assert complaint(discovery("show", "../me", api=api), 1) == "Not found: There is no entry '../me'."


def test_show_as_json_is_the_entry() -> None:
    with scripted() as api:
        api.expect("GET", "/v1/entries/abc", entry(text=NASTY))
        assert json.loads(discovery("show", "abc", "--json", api=api).stdout) == entry(text=NASTY)


@pytest.mark.parametrize("command", ["history", "search x", "show abc"])
def test_stored_words_are_shown_and_never_obeyed(command: str) -> None:
    stored = entry(text=NASTY, labels=["[red]sadness"], emotions=reading(sadness=0.5))
    with scripted() as api:
        api.expect("GET", "/v1/entries", {"entries": [stored], "cursor": None}, limit="20")
        api.expect("POST", "/v1/search", {"entries": [stored]})
        api.expect("GET", "/v1/entries/abc", stored)
        api.steps = [step for step in api.steps if {"history": "entries", "search x": "search"}.get(command, "abc")
                     == step.path.split("/")[-1]]  # fmt: skip
        seen = discovery(*command.split(), api=api)
    assert "[bold]hello[/bold] \u241b[2J \ufffdgnorw" in seen.stdout
