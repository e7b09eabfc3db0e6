"""`insights`: how moods moved over a span of time, and what went with them. Never why."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.console import Console
from rich.text import Text

from serving import cli_rhythm
from serving.cli_connection import ask
from serving.cli_input import first_moment, last_moment
from serving.cli_show import BAR, Json, colour, console, heading, show
from serving.cli_text import as_line, one_line

MOST_EMOTIONS, MOST_DAYS = 10, 14
"""How many of each are shown; `--json` gives all."""


def insights(url: str | None, *, since: str | None, until: str | None, as_json: bool) -> None:
    """Figures over a span of time."""
    first, last = first_moment(since, "--from"), last_moment(until, "--to")
    figures = ask(url, lambda client: client.insights(since=first, until=last))
    if as_json:
        typer.echo(as_line(figures))
        return
    out, counts = console(), figures["counts"]
    if not counts["entries"]:
        show(out, "No entries in that time." if first or last else "No entries yet, so there is nothing to see.")
        return
    show(out, f"{_some(counts['entries'], 'entry', 'entries')} on {_some(counts['days'], 'day', 'days')}")
    _emotions(out, figures["emotions"])
    _valence(out, figures["valence"][-MOST_DAYS:])
    cli_rhythm.rhythm(out, figures["rhythm"])
    cli_rhythm.quadrants(out, figures["map"]["quadrants"])
    _associations(out, figures["associations"])


def _emotions(out: Console, counted: dict[str, int]) -> None:
    if not counted:
        return
    heading(out, "What was in them")
    shown = list(counted.items())[:MOST_EMOTIONS]
    widest, most = max(len(label) for label, _ in shown), max(n for _, n in shown)
    full = "\u2588" if out.encoding.startswith("utf") else "#"
    for label, n in shown:
        bar = full * max(1, round(n / most * BAR))
        show(out, Text(f"{one_line(label):<{widest}}  ").append(bar, colour(label)).append(f" {n}"), indent=2)
    if len(counted) > len(shown):
        show(out, f"and {len(counted) - len(shown)} more", indent=2, style="dim")


def _valence(out: Console, days: Sequence[Json]) -> None:
    if not days:
        return
    heading(out, "How pleasant the days were, from -1 to 1")
    dot = "\u25cf" if out.encoding.startswith("utf") else "o"
    for day in days:
        place = round((day["mean"] + 1) / 2 * BAR)
        scale = [" "] * (BAR + 1)
        scale[BAR // 2] = "|"
        scale[place] = dot
        figures = f"  {day['mean']:+.2f}  {_some(day['n'], 'entry', 'entries')}"
        show(out, Text(f"{one_line(day['date'])}  {''.join(scale)}{figures}"), indent=2)


def _associations(out: Console, found: Sequence[Json]) -> None:
    told = [pair for pair in found if pair["difference"] is not None]
    early = len(found) - len(told)
    if not found:
        return
    heading(out, "What went together")
    for pair in told:
        figures = f"{pair['difference']:+.2f}, between {pair['low']:+.2f} and {pair['high']:+.2f}"
        counts = f"{_some(pair['n_with'], 'entry', 'entries')} with it, {pair['n_without']} without"
        show(out, f"{pair['name'].replace('_', ' ')}: {pair['says']} ({figures}; {counts})", indent=2)
    if early:
        show(
            out,
            f"For {early} {'other ' if told else ''}{'thing' if early == 1 else 'things'} it is too early to say.",
            indent=2,
        )
    if told:
        how = f"The span is the 95% interval, widened by Holm's method for the {told[0]['tried']} compared."
        show(out, f"{how} This says what went together, never why.", indent=2, style="dim")


def _some(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
