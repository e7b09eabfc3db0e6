"""The help card: complete, plain, and without anything a terminal could stumble over."""

from __future__ import annotations

from io import StringIO

import pytest
from fakes.terminal import CARD
from rich.console import Console

from agent.help import card, regions
from serving.cli_help_card import help_card, soft_line, verdict


def page(width: int = 80, *, terminal: bool = False) -> Console:
    return Console(
        file=StringIO(), width=width, force_terminal=terminal, markup=False, emoji=False, highlight=False,
        color_system="standard" if terminal else None,
    )  # fmt: skip


def text(out: Console) -> str:
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


def test_the_card_says_who_how_and_when() -> None:
    out = page()
    help_card(out, CARD)
    assert text(out) == (
        f"{'=' * 80}\n\n"
        "  YOU DO NOT HAVE TO CARRY THIS ALONE.\n\n"
        "  What you wrote sounds heavy to carry. People can help.\n\n"
        "  The Night Line\n      call 000 111\n      24/7, in English, French\n\n"
        "  Words by Night\n      text 000222\n      https://example.org/night\n\n"
        "  In immediate danger, call 000.\n\n"
        f"{'=' * 80}\n"
    )


def test_the_card_fits_a_narrow_terminal() -> None:
    out = page(32, terminal=True)
    help_card(out, CARD)
    assert "call 000 111" in text(out)
    assert max(map(len, text(out).splitlines())) < 60  # signs of emphasis included


def test_the_soft_line_is_one_paragraph() -> None:
    out = page()
    soft_line(out, CARD)
    assert text(out) == (
        "If this weighs more than it says here, there are people you can talk to. The Night Line: call 000 111; "
        "Words by Night: text 000222, https://example.org/night. In immediate danger, call 000.\n"
    )


@pytest.mark.parametrize("region", [*regions(), "GLOBAL"])
def test_every_card_of_the_data_is_shown_with_every_number(region: str) -> None:
    data = card(region, None).model_dump(mode="json", exclude_none=True)
    out = page()
    help_card(out, data)
    for line in data["lines"]:
        assert all(line[way] in text(out) for way in ("name", "phone", "text", "url", "hours") if line.get(way))
    assert all(number in text(out) for number in data.get("emergency", ()))
    assert "None" not in text(out)


@pytest.mark.parametrize("safety", [None, {}, {"level": "none"}])
def test_nothing_is_shown_where_nothing_is_wrong(safety: dict[str, str] | None) -> None:
    out = page()
    assert verdict(out, safety) == "none"
    assert text(out) == ""


def test_a_crisis_that_came_without_a_card_still_shows_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    out = page()
    assert verdict(out, {"level": "crisis"}) == "crisis"
    assert "findahelpline.com" in text(out)
