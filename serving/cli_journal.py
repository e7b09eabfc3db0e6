"""`say`, `history`, `search` and `show`: writing in the journal and reading in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import typer
from rich.console import Console

from serving.cli_connection import ask
from serving.cli_help_card import verdict
from serving.cli_input import checked, emotion_named, first_moment, goal_named, last_moment, written
from serving.cli_show import console as screen
from serving.cli_show import entry_line, feelings, heading, items, marked, sentence, show, source
from serving.cli_text import as_line, moment, one_line
from serving.cli_turn import Turn
from serving.client import Client, EntryData

PAGE = 200
"""The API gives so many entries a page at most."""


def say(url: str | None, words: Sequence[str], *, goal: str | None, suggest: bool) -> int:
    """Keeps an entry and tells its turn as it happens. Returns the exit code."""
    text, wanted = written(words, 'discovery say "The train was late again."'), goal_named(goal)

    async def write(client: Client) -> int:
        async with aclosing(client.entry(text, goal=wanted, suggest=suggest)) as events:
            return await Turn(screen(), screen(stderr=True), text).follow(events)

    return ask(url, write)


def history(
    url: str | None, *, limit: int, since: str | None, until: str | None, emotion: str | None, as_json: bool
) -> None:
    """Lists entries, newest first: one a block for people, one a line as JSON."""
    first, last, label = first_moment(since, "--from"), last_moment(until, "--to"), emotion_named(emotion)

    async def read(client: Client) -> tuple[list[EntryData], bool]:
        found: list[EntryData] = []
        cursor = None
        while len(found) < limit:
            size = min(PAGE, limit - len(found))
            page, cursor = await client.entries(since=first, until=last, emotion=label, limit=size, cursor=cursor)
            found += page
            if cursor is None:
                break
        return found, cursor is not None

    entries, more = ask(url, read)
    if as_json:
        for entry in entries:
            typer.echo(as_line(entry))
        return
    out = screen()
    asked = first or last or label
    _list(out, entries, "No entries like that." if asked else 'No entries yet. Begin with: discovery say "..."')
    if more:
        show(out)
        show(out, f"There are more; see them with --limit {limit * 5}.", style="dim")


def search(url: str | None, words: Sequence[str], *, limit: int, as_json: bool) -> None:
    """Lists what holds the words or comes near their meaning; words in distress bring the help card first."""
    query = written(words, 'discovery search "walks by the river"')
    answer = ask(url, lambda client: client.search(query, limit=limit))
    if as_json:
        typer.echo(as_line(answer))
        return
    out = screen()
    if verdict(out, answer.get("safety")) != "none":
        show(out)
    _list(out, answer["entries"], "Nothing found.")


def one(url: str | None, entry_id: str, *, as_json: bool) -> None:
    """Shows an entry with everything that belongs to it; at `crisis` that is the help card and nothing more."""
    named = checked(entry_id.strip(), "ID")
    entry = ask(url, lambda client: client.get(named))
    if as_json:
        typer.echo(as_line(entry))
        return
    out = screen()
    goal = f" \u00b7 goal: {one_line(entry['goal'])}" if entry.get("goal") else ""
    show(out, f"{moment(entry['created_at'])} \u00b7 {one_line(entry['id'])}{goal}", style="dim")
    show(out)
    spans = (entry.get("evidence") or {}).get("spans", ())
    show(out, marked(entry["text"], spans), indent=2)
    if (entry.get("safety") or {}).get("level", "none") != "none":
        show(out)
    if verdict(out, entry.get("safety")) != "crisis":
        _reading(out, entry)


def _reading(out: Console, entry: EntryData) -> None:
    own = (entry.get("correction") or {}).get("labels")
    feelings(out, entry.get("emotions"), own)
    said: list[dict[str, Any]] = entry.get("explanation") or []
    if said:
        show(out)
        for piece in said:
            show(out, sentence(piece["text"], entry["text"]))
        source(out, [piece["source"] for piece in said])
    if entry.get("suggestions"):
        heading(out, "If you would like something to do")
        items(out, entry["suggestions"]["items"])


def _list(out: Console, entries: Sequence[EntryData], otherwise: str) -> None:
    if not entries:
        show(out, otherwise)
    for number, entry in enumerate(entries):
        if number:
            show(out)
        entry_line(out, entry)
