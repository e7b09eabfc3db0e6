"""What `discovery suggest` and `discovery feedback` do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

import typer
from rich.console import Console

from agent.domain import Verdict
from agent.errors import Invalid
from retrieval.vocabulary import WARNINGS
from serving.cli_connection import ask
from serving.cli_help_card import verdict as level_of
from serving.cli_input import checked, goal_named, kinds_named
from serving.cli_show import console, items, show
from serving.cli_text import as_line, one_line


@dataclass(frozen=True)
class Wishes:
    """What suggestions are asked for, as it was typed."""

    text: str | None
    goal: str | None
    kinds: Sequence[str]
    free: bool
    minutes: int | None
    limit: int
    calmer: bool = False
    together: bool = False
    avoid: Sequence[str] = ()
    without: Sequence[str] = ()
    path: bool = False
    why: bool = False


def suggest(url: str | None, wishes: Wishes, *, as_json: bool) -> None:
    """Suggests things to play or watch; words in distress bring the help card and nothing else."""
    asked = _asked(wishes)
    answer = ask(url, lambda client: client.path(**asked) if wishes.path else client.suggest(**asked))
    if as_json:
        typer.echo(as_line(answer))
        return
    out = console()
    level = level_of(out, answer.get("safety"))
    if level == "crisis":
        return
    if level == "concern":
        show(out)
    items(out, answer["items"])
    if wishes.why:
        breakdown(out, answer["items"])
    if not answer["items"]:
        show(out, "Nothing in the catalogue fits all of these wishes. Leave one of them out.")


def _asked(wishes: Wishes) -> dict[str, Any]:
    """The request, without what was not said. Raises `Invalid`."""
    text = None if wishes.text is None else checked(wishes.text, "--text")
    goal, kinds = goal_named(wishes.goal), kinds_named(wishes.kinds)
    if text is None and goal is None:
        raise Invalid("--text", "found neither --text nor --goal; say how you are, or what you want to feel next")
    for word in wishes.avoid:
        if word not in WARNINGS:
            raise Invalid("--avoid", f"found {word!r}, allowed are {', '.join(WARNINGS)}")
    if wishes.path and wishes.calmer:
        raise Invalid("--calmer", "found with --path, whose steps the goal decides; leave one of them out")
    said = {
        "text": text,
        "goal": goal,
        "kinds": kinds or None,
        "max_minutes": wishes.minutes,
        "free_only": wishes.free or None,
        "social_only": wishes.together or None,
        "avoid": list(wishes.avoid) or None,
        "exclude": list(wishes.without) or None,
        "breakdown": wishes.why or None,
        "limit": None if wishes.path else wishes.limit,
        "refine": ["calmer"] if wishes.calmer else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def breakdown(out: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """The parts of each score, largest first."""
    show(out)
    for item in found:
        parts = sorted(item.get("breakdown", {}).items(), key=lambda part: -abs(part[1]))
        told = ", ".join(f"{name} {value:+.2f}" for name, value in parts if abs(value) >= 0.005)
        show(out, f"{one_line(item['title'])}: {item['score']:.2f} = {told}", indent=2, style="dim")


def feedback(url: str | None, item: str | None, verdict: str | None, *, reset: bool) -> None:
    """Keeps one verdict, forgets all of them, or lists them. Raises `Invalid`."""
    out = console()
    if reset:
        if item or verdict:
            raise Invalid("--reset", "found with an ID; it forgets everything, and takes nothing beside it")
        ask(url, lambda client: client.reset_feedback())
        show(out, "Forgotten. The next suggestions start from nothing.")
    elif item is None:
        said = ask(url, lambda client: client.said())
        for one in said:
            show(out, f"{one['verdict']:<9} {one_line(one['title'])}  {one_line(one['item_id'])}")
        if not said:
            show(out, "You have said nothing of suggestions so far.")
    else:
        if verdict not in get_args(Verdict):
            raise Invalid("VERDICT", f"found {verdict!r}, allowed are {', '.join(get_args(Verdict))}")
        ask(url, lambda client: client.feedback(item, cast(Verdict, verdict)))
        show(out, "Kept. The next suggestions follow it; `discovery feedback --reset` forgets it.")
