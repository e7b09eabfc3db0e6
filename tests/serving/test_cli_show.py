"""How things look: bars, marks, cards of items; in colour on a terminal, plain everywhere else."""

from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper

import pytest
from fakes.terminal import ITEM, entry, reading
from rich.console import Console

from serving import cli_show


def page(*, terminal: bool = False, width: int = 60) -> Console:
    return Console(
        file=StringIO(), width=width, force_terminal=terminal, markup=False, emoji=False, highlight=False,
        color_system="standard" if terminal else None,
    )  # fmt: skip


def text(out: Console) -> str:
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


def test_bars_stand_under_each_other_with_per_cent_and_words() -> None:
    out = page()
    cli_show.bars(out, reading(joy=0.82, disappointment=0.4, fear=0.001)["emotions"])
    full, empty = "\u2588", "\u2591"
    assert text(out).splitlines() == [
        f"  joy             {full * 16}{empty * 4}   82 %  quite sure",
        f"  disappointment  {full * 8}{empty * 12}   40 %  might be",
        f"  fear            {full}{empty * 19}    0 %  a trace",
    ]


def test_a_terminal_that_knows_ascii_only_gets_bars_it_can_show() -> None:
    raw = BytesIO()
    out = Console(file=TextIOWrapper(raw, encoding="ascii", errors="replace"), width=60)
    cli_show.bars(out, reading(joy=0.5)["emotions"])
    out.file.flush()
    assert raw.getvalue() == b"  joy  ##########..........   50 %  might be\n"


@pytest.mark.parametrize(
    ("found", "own", "says"),
    [
        (reading(joy=0.9), None, "You might be feeling, as far as a machine can tell"),
        (reading(neutral=0.9), None, "This reads quite even"),
        (reading(unsure=True), None, "Hard to tell from these words"),
        (reading(), None, "Hard to tell from these words"),
        (reading(joy=0.9), ["relief", "love"], "In your own words: relief, love"),
        (reading(joy=0.9), [], "You said: none of these"),
        (None, ["grief"], "In your own words: grief"),
    ],
)
def test_the_heading_claims_no_more_than_is_known(found: dict[str, object], own: list[str] | None, says: str) -> None:
    out = page()
    cli_show.feelings(out, found, own)
    assert text(out).splitlines()[1] == says
    assert ("joy" in text(out)) == (own is None and says.startswith("You might"))


def test_an_unsure_reading_shows_its_nearest_guesses_as_guesses() -> None:
    out = page()
    cli_show.feelings(out, reading(unsure=True) | {"nearest": reading(fear=0.3)["emotions"]})
    assert "The nearest guesses, none of them a good one:" in text(out)
    assert "fear" in text(out) and "a trace" in text(out)


@pytest.mark.parametrize(
    ("said", "lit"),
    [
        ('There is fear in "the dark hall".', True),
        ("There is fear in \u201cThe dark hall.\u201d", True),
        ('There is fear in "the bright hall".', False),
    ],
)
def test_only_words_that_the_person_wrote_stand_out(said: str, lit: bool) -> None:
    shown = cli_show.sentence(said, "I walked down the dark hall.")
    assert shown.plain == said
    assert [shown.plain[span.start : span.end].strip('"\u201c\u201d') for span in shown.spans if span.style] == (
        [said.split("in ")[1][:-1].strip('"\u201c\u201d')] if lit else []
    )


def test_colour_is_for_terminals_only() -> None:
    bright, dull = page(terminal=True), page()
    for out in (bright, dull):
        cli_show.show(out, cli_show.sentence('It is in "rain".', "rain"))
    assert "\x1b[1;33m" in text(bright)
    assert text(dull) == 'It is in "rain".\n'


def test_evidence_is_marked_where_it_stands_also_behind_signs_that_are_shown_differently() -> None:
    words = "\x1b[2J\r\n\U0001f469\u200d\U0001f680 so afraid"
    start = words.index("so afraid")
    shown = cli_show.marked(words, [{"label": "fear", "start": start, "end": len(words), "drop": 0.4}])
    [span] = shown.spans
    assert shown.plain[span.start : span.end] == "so afraid"


def test_a_long_line_is_wrapped_for_a_terminal_and_left_alone_for_a_file() -> None:
    words = "word " * 30
    wide, narrow = page(), page(terminal=True)
    cli_show.show(wide, words.strip(), indent=2)
    cli_show.show(narrow, words.strip(), indent=2)
    assert len(text(wide).splitlines()) == 1
    lines = text(narrow).splitlines()
    assert len(lines) == 3 and all(line.startswith("  word") for line in lines)


def test_an_empty_line_is_one_line_on_both() -> None:
    for out in (page(), page(terminal=True)):
        cli_show.show(out)
        assert text(out) == "\n"


def test_markup_and_emoji_codes_of_people_stay_as_they_were_written() -> None:
    for out in (page(), page(terminal=True)):
        cli_show.show(out, "[bold]no[/bold] [/] :smile: [link=http://x]y[/link]")
        assert "[bold]no[/bold] [/] :smile: [link=http://x]y[/link]" in text(out)


def test_items_come_with_facts_reason_and_address() -> None:
    out = page()
    film = ITEM | {"title": "A [red]Film[/red]", "kind": "film", "minutes": 130, "social": True}
    cli_show.items(out, [ITEM, film | {"warnings": ["grief", "abuse"]}])
    assert text(out).splitlines() == [
        "  1. Quiet Game (game, 2001, 20 min, free)",
        "     It is as quiet as your evening.",
        "     https://example.org/q",
        "  2. A [red]Film[/red] (film, 2001, about 2 hours, free, with others)",
        "     It is as quiet as your evening.",
        "     Contains grief, abuse",
        "     https://example.org/q",
    ]


@pytest.mark.parametrize(
    ("more", "felt"),
    [
        ({}, "sadness"),
        ({"labels": ["joy", "love"]}, "joy, love"),
        ({"labels": [], "emotions": reading(neutral=0.8)}, "nothing in particular"),
        ({"labels": [], "emotions": None}, "not read"),
    ],
)
def test_an_entry_in_a_list_says_what_was_in_it(more: dict[str, object], felt: str) -> None:
    out = page()
    cli_show.entry_line(out, entry(**more))
    assert text(out).splitlines()[0].endswith(f"\u00b7 {felt}")


def test_a_long_entry_is_cut_to_one_line_in_a_list() -> None:
    out = page()
    cli_show.entry_line(out, entry(text="rain\n\n" * 100))
    lines = text(out).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("  rain rain") and lines[1].endswith("\u2026") and len(lines[1]) <= 60
