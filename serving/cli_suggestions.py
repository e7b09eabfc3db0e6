"""`discovery suggest` and `discovery feedback`: their options and their help. What they do stands in `suggesting`.

Like `serving.cli`, this imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

Goal = Annotated[
    str | None,
    typer.Option(
        "--goal",
        metavar="GOAL",
        help="What you want to feel next: stay (sit with it), lift, calm, energise, distract or connect.",
    ),
]
Text = Annotated[str | None, typer.Option(metavar="TEXT", help="How you are; it is read, and not kept.")]
Kind = Annotated[
    list[str] | None,
    typer.Option(metavar="KIND", help="Only games, films, series or videos: game, film, series, video. Repeatable."),
]
Avoid = Annotated[list[str] | None, typer.Option(metavar="WARNING", help="Nothing with this in it. Repeatable.")]
Without = Annotated[list[str] | None, typer.Option(metavar="ID", help="Not this one, this time. Repeatable.")]


def register(
    app: typer.Typer,
    plain: type[TyperCommand],
    example: Callable[[str], str],
    whole: Callable[[int, int], Callable[[str], int]],
) -> None:
    """Adds both commands; `whole` makes a parser of whole numbers in bounds."""
    minutes_option = typer.Option(
        None, "--minutes", parser=whole(1, 60_000), metavar="N", help="Only what takes no longer than this."
    )
    limit_option = typer.Option(5, "--limit", parser=whole(1, 50), metavar="N", help="How many to show.")

    def suggest(
        ctx: typer.Context,
        text: Text = None,
        goal: Goal = None,
        kind: Kind = None,
        free: Annotated[bool, typer.Option("--free", help="Only what costs nothing.")] = False,
        minutes: Any = minutes_option,
        calmer: Annotated[bool, typer.Option("--calmer", help="Only what is quiet.")] = False,
        together: Annotated[bool, typer.Option("--with-friends", help="Only what is made for company.")] = False,
        avoid: Avoid = None,
        without: Without = None,
        path: Annotated[bool, typer.Option("--path", help="Three steps from here to the goal.")] = False,
        why: Annotated[bool, typer.Option("--why", help="Show what counted for each, in numbers.")] = False,
        limit: Any = limit_option,
        as_json: Annotated[bool, typer.Option("--json", help="Write JSON, for other programs.")] = False,
    ) -> None:
        """Suggest games and things to watch for how you feel."""
        from serving import suggesting

        wishes = suggesting.Wishes(
            text, goal, kind or (), free, minutes, limit, calmer, together, avoid or (), without or (), path, why
        )
        suggesting.suggest(ctx.obj, wishes, as_json=as_json)

    line = 'discovery suggest --text "A long grey week." --goal lift --minutes 90'
    app.command("suggest", cls=plain, epilog=example(line))(suggest)
    app.command("feedback", cls=plain, epilog=example("discovery feedback a-short-hike like"))(feedback)


def feedback(
    ctx: typer.Context,
    item: Annotated[str | None, typer.Argument(metavar="ID", hidden=True)] = None,
    verdict: Annotated[str | None, typer.Argument(metavar="VERDICT", hidden=True)] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Forget everything you said of suggestions.")] = False,
) -> None:
    """Say what you think of a suggestion, and the next ones follow it.

    ID stands in the JSON of `discovery suggest`; VERDICT is like, dislike, done or not_this. Without both: what you
    said so far.
    """
    from serving import suggesting

    suggesting.feedback(ctx.obj, item, verdict, reset=reset)
