"""More of `insights`: by the hour and the weekday, the quadrants of the map, a week in words, moments like another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import typer
from rich.console import Console
from rich.text import Text

from agent.errors import Invalid
from serving.cli_connection import ask
from serving.cli_help_card import help_card
from serving.cli_show import BAR, Json, console, entry_line, heading, show
from serving.cli_text import as_line, one_line


def rhythm(out: Console, found: Json) -> None:
    """The weekdays and hours that can be told, each on a scale from -1 to 1."""
    told = [(one["day"], one) for one in found["weekdays"] if one["mean"] is not None]
    told += [(f"{one['hour']:02d}:00", one) for one in found["hours"] if one["mean"] is not None]
    if not told:
        return
    heading(out, "By the day of the week and the hour of writing")
    widest = max(len(name) for name, _ in told)
    dot = "\u25cf" if out.encoding.startswith("utf") else "o"
    for name, one in told:
        scale = [" "] * (BAR + 1)
        scale[BAR // 2] = "|"
        scale[round((one["mean"] + 1) / 2 * BAR)] = dot
        figures = f"  {one['mean']:+.2f}, between {one['low']:+.2f} and {one['high']:+.2f} ({one['n']})"
        show(out, Text(f"{one_line(name):<{widest}}  {''.join(scale)}{figures}"), indent=2)
    show(out, "Shown from ten entries on.", indent=2, style="dim")


def quadrants(out: Console, found: Mapping[str, int]) -> None:
    """How many entries lie in each quadrant of energy and pleasantness."""
    total = sum(found.values())
    if not total:
        return
    heading(out, "Energy and pleasantness")
    full = "\u2588" if out.encoding.startswith("utf") else "#"
    for name, n in found.items():
        show(out, Text(f"{one_line(name):<22}  {full * round(n / total * BAR)} {n / total:.0%}"), indent=2)


def beyond(url: str | None, *, day: str | None, like: str | None, as_json: bool) -> None:
    """A week in words, or the moments most like an entry. Raises `Invalid`."""
    if like:
        return _like(url, like, as_json=as_json)
    return _week(url, _day(day), as_json=as_json)


def _day(day: str | None) -> str | None:
    try:
        return date.fromisoformat(day).isoformat() if day else None
    except ValueError:
        raise Invalid("--from", f"found {day!r}, expected a day like 2026-11-01") from None


def _week(url: str | None, day: str | None, *, as_json: bool) -> None:
    with console(stderr=True).status("Looking at the week"):
        week = ask(url, lambda client: client.week(day))
    if as_json:
        typer.echo(as_line(week))
        return
    out = console()
    show(out, f"The week from {week['from']} to {week['to']}")
    for sentence in week["said"]:
        show(out, one_line(sentence["text"]), indent=2)
    if any(sentence["source"] == "model" for sentence in week["said"]):
        show(out, "Worded by a language model, held to the figures. It can be wrong.", indent=2, style="dim")
    if card := (week.get("safety") or {}).get("card"):
        help_card(out, card)


def _like(url: str | None, entry_id: str, *, as_json: bool) -> None:
    found = ask(url, lambda client: client.similar(entry_id=entry_id))
    if as_json:
        typer.echo(as_line(found))
        return
    out = console()
    if card := (found.get("safety") or {}).get("card"):
        help_card(out, card)
    for entry in found["entries"]:
        entry_line(out, entry)
    if not found["entries"]:
        show(out, "No other entry is much like it.")
