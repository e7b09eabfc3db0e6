"""`consent`: whether training may learn from corrections, all of them or one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

WORDS = {"yes": True, "no": False, "usual": None}


def register(app: typer.Typer, plain: Any, example: Callable[[str], str]) -> None:
    """Adds the command to the command line."""
    app.command(cls=plain, epilog=example("discovery consent no"))(consent)


def consent(
    ctx: typer.Context,
    answer: Annotated[str | None, typer.Argument(metavar="ANSWER", hidden=True)] = None,
    entry: Annotated[str | None, typer.Option(metavar="ID", help="For the correction of this entry alone.")] = None,
) -> None:
    """Say whether training may learn from your corrections.

    ANSWER is yes or no, or for one entry also usual, which leaves it to what you said of all. Without one it tells how
    things stand. No is what holds until you say yes; entries that showed the help card are never shared.
    """
    from agent.errors import Invalid
    from serving.cli_connection import ask

    allowed = [word for word in WORDS if entry or word != "usual"]
    if answer is None and entry is None:
        return _told(ask(ctx.obj, lambda client: client.settings()).share_corrections)
    if answer not in allowed:
        found = "none" if answer is None else repr(answer)
        raise Invalid("ANSWER", f"found {found}, allowed are {', '.join(allowed)}")
    share = WORDS[answer]
    if entry is None:
        return _told(ask(ctx.obj, lambda client: client.change_settings(share_corrections=share)).share_corrections)
    ask(ctx.obj, lambda client: client.share(entry, share))
    what = {"yes": "may be learnt from", "no": "stays with you", "usual": "follows what you said of all"}[answer]
    return typer.echo(f"The correction of this entry {what}.")


def _told(shared: bool) -> None:
    if shared:
        typer.echo("Training on this machine may learn from your corrections. `discovery consent no` ends that.")
    else:
        typer.echo("Your corrections stay with you: no training learns from them. `discovery consent yes` allows it.")
