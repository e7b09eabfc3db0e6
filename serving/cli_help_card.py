"""The help card on a terminal: big, plain, and alone. Data of known source; no word of it comes from a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from serving.cli_show import WIDEST, Json, show
from serving.cli_text import one_line

LANGUAGES = {
    "am": "Amharic", "ar": "Arabic", "cmn": "Mandarin", "de": "German", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "nl": "Dutch", "ru": "Russian", "sv": "Swedish", "uk": "Ukrainian", "yue": "Cantonese",
}  # fmt: skip
"""The codes that the lines name, in words; what is not a code is in words already."""

_NUMBER = re.compile(r"[\d+]")


def verdict(out: Console, safety: Json | None) -> str:
    """Shows what the crisis screen asks for: the card at `crisis`, one soft line at `concern`. Returns the level."""
    level = str((safety or {}).get("level", "none"))
    if level == "crisis":
        help_card(out, (safety or {}).get("card") or _worldwide())
    elif level == "concern":
        soft_line(out, (safety or {}).get("card") or _worldwide())
    return level


def help_card(out: Console, card: Json) -> None:
    """Where a person in distress can turn."""
    rule = "=" * min(out.width, WIDEST)
    show(out, rule)
    show(out)
    show(out, "YOU DO NOT HAVE TO CARRY THIS ALONE.", indent=2, style="bold")
    show(out)
    show(out, card["message"], indent=2)
    for line in card["lines"]:
        show(out)
        show(out, line["name"], indent=2, style="bold")
        for way in _ways(line):
            show(out, way, indent=6, style="bold")
        if when := _when(line):
            show(out, when, indent=6)
    if card.get("emergency"):
        show(out)
        show(out, f"In immediate danger, call {_numbers(card)}.", indent=2, style="bold")
    show(out)
    show(out, rule)


def soft_line(out: Console, card: Json) -> None:
    """The card folded into one paragraph, for a text that may be heavier than it sounds."""
    people = "; ".join(": ".join([one_line(line["name"]), ", ".join(_ways(line))]) for line in card["lines"])
    danger = f" In immediate danger, call {_numbers(card)}." if card.get("emergency") else ""
    opening = "If this weighs more than it says here, there are people you can talk to."
    show(out, Text(f"{opening} {people}.{danger}"))


def _ways(line: Json) -> Iterator[str]:
    if line.get("phone"):
        yield f"call {one_line(line['phone'])}"
    if line.get("text"):
        words = one_line(line["text"])
        yield f"text {words}" if _NUMBER.match(words) else words
    if line.get("url"):
        yield one_line(line["url"])


def _when(line: Json) -> str:
    languages = ", ".join(LANGUAGES.get(one, one) for one in line.get("languages") or ())
    return ", ".join(filter(None, [line.get("hours"), f"in {languages}" if languages else ""]))


def _numbers(card: Json) -> str:
    return " or ".join(one_line(number) for number in card["emergency"])


def _worldwide() -> dict[str, Any]:
    """The card of this machine's own region, should an answer ever say crisis and bring none."""
    from agent.help import card
    from serving.cli_connection import language

    return card(None, language()).model_dump(mode="json", exclude_none=True)
