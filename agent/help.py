"""The help card: where a person in distress can turn, in the region they are in.

Every number comes from `agent/data/helplines.json`, where each line names at least two sources; none is written here
and none is worded by a model. `verified_on` stays empty until a person has called the line. The region is the one
that the person set, otherwise the one their locale names, never one guessed from an address. A language alone names
no region: `de` is spoken on both sides of borders that helplines do not cross. Whatever has no sourced line gets the
worldwide directories.

Not covered: the messages are in English only, whatever the languages of the lines.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from agent.domain import HelpCard, HelpLine

GLOBAL = "GLOBAL"
"""The region of the card without numbers: directories in which a person finds the line of the place they are in."""

ALIASES = {"UK": "GB", "EL": "GR"}
"""Codes that people and systems write for regions whose ISO 3166 code is another one."""

_REGION = re.compile(r"[A-Za-z]{2}")
_LOCALE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?-(?P<region>[a-z]{2})(?![a-z0-9])", re.ASCII | re.IGNORECASE
)

SELF = (
    "What you wrote sounds heavy to carry. Whatever you put in your journal is kept. Discovery is a machine: it cannot "
    "call anyone, and it cannot help in an emergency. People can. "
)
OTHER = (
    "You seem to be worried about somebody's life, and that is a lot to hold alone. Whatever you put in your journal "
    "is kept. Discovery is a machine and cannot help in an emergency. People can. You may ask them plainly whether "
    "they are thinking about suicide: asking does not put the thought there. "
)
NUMBERS = {
    SELF: (
        "At these numbers they answer, and you do not need to know what to say first. "
        "If you are hurt, or in danger now, call the emergency number."
    ),
    OTHER: (
        "These are the numbers they can turn to, and you can ask there what to do. "
        "If they are hurt, or in danger now, call the emergency number."
    ),
}
DIRECTORIES = {
    SELF: (
        "These pages list those who answer, country by country, and you do not need to know what to say first. "
        "If you are hurt, or in danger now, call the emergency number of the place you are in."
    ),
    OTHER: (
        "These pages list those who answer, country by country. "
        "If they are hurt, or in danger now, call the emergency number of the place they are in."
    ),
}


def card(region: str | None, locale: str | None, *, about: Literal["self", "other"] = "self") -> HelpCard:
    """The card for a person who set `region` (ISO 3166 alpha-2) or else uses `locale` (`en-GB`, `de_AT.UTF-8`, ...).

    `about` picks the words: for the person themselves, or for somebody they worry about. Unknown and malformed values
    never raise; they lead to the worldwide card.
    """
    code = resolve(region, locale)
    lines, emergency = _lines()[code]
    opening = SELF if about == "self" else OTHER
    closing = (DIRECTORIES if code == GLOBAL else NUMBERS)[opening]
    return HelpCard(region=code, about=about, message=opening + closing, lines=lines, emergency=emergency)


def regions() -> tuple[str, ...]:
    """The regions with sourced lines of their own, sorted, without GLOBAL."""
    return tuple(sorted(code for code in _lines() if code != GLOBAL))


def resolve(region: str | None, locale: str | None) -> str:
    """The region whose card is shown: the setting, then the locale, then GLOBAL.

    A setting that is a region without a sourced line is GLOBAL and not the locale's: the person said where they are.
    """
    chosen = (region or "").strip()
    if not _REGION.fullmatch(chosen):
        match = _LOCALE.match((locale or "").strip().replace("_", "-"))
        chosen = match["region"] if match else ""
    code = ALIASES.get(chosen.upper(), chosen.upper())
    return code if code in _lines() else GLOBAL


@cache
def _lines() -> dict[str, tuple[tuple[HelpLine, ...], tuple[str, ...]]]:
    """Lines and emergency numbers by region, from the file, checked once. Raises `pydantic.ValidationError`."""
    text = files("agent").joinpath("data/helplines.json").read_text(encoding="utf-8")
    return {
        row["region"]: (tuple(HelpLine.model_validate(line) for line in row["lines"]), _emergency(row["emergency"]))
        for row in json.loads(text)
    }


def _emergency(row: dict[str, Any] | None) -> tuple[str, ...]:
    """Emergency numbers with what each is for, unless it is for everything."""
    if row is None:
        return ()
    return tuple(n["number"] if n["use"] == "all emergencies" else f"{n['number']}: {n['use']}" for n in row["numbers"])
