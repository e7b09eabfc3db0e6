"""The command line `discovery`: every command with its options and its help. What they do stands in `cli_*`.

Nothing heavy is imported here, so that `discovery --help` answers at once: each command imports its work when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from serving import cli_catalog, cli_consent, cli_files, cli_keeping, cli_people, cli_suggestions
from serving.cli_errors import OneLine

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, one object a line, for other programs.")]
Since = Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day, such as 2026-11-01.")]
Until = Annotated[str | None, typer.Option("--to", metavar="DAY", help="The last day, that day included.")]
GoalName = Annotated[
    str | None,
    typer.Option(
        "--goal",
        metavar="GOAL",
        help="What you want to feel next: stay (sit with it), lift, calm, energise, distract or connect.",
    ),
]

Words = Annotated[list[str] | None, typer.Argument(metavar="TEXT", hidden=True)]
"""Words behind a command. What an argument is stands in the help itself: typer would tell its Python type as well."""


def _from(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number in these bounds, and says what was found instead."""

    def whole(value: str) -> int:
        digits = str(value)
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most):
            raise typer.BadParameter(f"found {value!r}, allowed is a whole number from {least} to {most:,}")
        return int(digits)

    return whole


class Plain(TyperCommand):
    """A command whose usage line names a needed argument without the braces that typer sets around it."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The parts of the usage line behind the name."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


def _example(command: str) -> str:
    """The line below a command's help; the leading sign keeps it from being wrapped anew."""
    return f"\b\nExample: {command}"


app = typer.Typer(
    cls=OneLine,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_example('discovery say "The train was late again."').replace("Example", "First `discovery run`, then"),
)


@app.callback(invoke_without_command=True)
def discovery(
    ctx: typer.Context,
    api: Annotated[
        str | None,
        typer.Option(
            metavar="URL", envvar="DISCOVERY_API", help="Where the API is; http://127.0.0.1:8000 if not said."
        ),
    ] = None,
) -> None:
    """Discovery is a private emotion journal that listens.

    What you write is kept, encrypted, where Discovery runs. A machine reads which emotions may be in it, says how sure
    it is, and is sometimes wrong.
    """
    ctx.obj = api
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


@app.command(cls=Plain, epilog=_example("discovery run --api-port 8100 --no-chat"))
def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="The configuration to run.")] = Path(
        "configs/local.yaml"
    ),
    api_port: Annotated[
        int | None, typer.Option(parser=_from(1, 65535), metavar="N", help="Where the API listens.")
    ] = None,
    chat_port: Annotated[int, typer.Option(parser=_from(1, 65535), metavar="N", help="Where the chat listens.")] = 8080,
    no_chat: Annotated[bool, typer.Option("--no-chat", help="Start the API alone.")] = False,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Listen on this address; beyond loopback only with accounts.")
    ] = None,
    multi_user: Annotated[bool, typer.Option("--multi-user", help="Ask everybody to sign in: `account`.")] = False,
    address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the Ray cluster that runs there, or `auto` to find one.")
    ] = None,
) -> int:
    """Start Discovery here, until you press Ctrl-C."""
    from serving import cli_run

    return cli_run.run(
        config, api_port=api_port, chat_port=None if no_chat else chat_port, address=address, host=host,
        multi_user=multi_user,
    )  # fmt: skip


@app.command(cls=Plain, epilog=_example("discovery status"))
def status(ctx: typer.Context, as_json: AsJson = False) -> int:
    """Show which parts are ready; fails until all of them are."""
    from serving import cli_run

    return cli_run.status(ctx.obj, as_json=as_json)


@app.command(cls=Plain, epilog=_example('discovery say "The train was late again and I snapped at Ana." --goal calm'))
def say(
    ctx: typer.Context,
    text: Words = None,
    goal: GoalName = None,
    suggest: Annotated[bool, typer.Option("--suggest/--no-suggest", help="Whether to suggest something to do.")] = True,
) -> int:
    """Keep an entry, and see which emotions may be in it.

    A TEXT of - means standard input.
    """
    from serving import cli_journal

    return cli_journal.say(ctx.obj, text or (), goal=goal, suggest=suggest)


@app.command(cls=Plain, epilog=_example("discovery history --from 2026-11-01 --to 2026-11-07 --emotion joy"))
def history(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(parser=_from(1, 100_000), metavar="N", help="How many to show.")] = 20,
    since: Since = None,
    until: Until = None,
    emotion: Annotated[str | None, typer.Option(metavar="EMOTION", help="Only entries with this emotion.")] = None,
    as_json: AsJson = False,
) -> None:
    """List your entries, newest first."""
    from serving import cli_journal

    cli_journal.history(ctx.obj, limit=limit, since=since, until=until, emotion=emotion, as_json=as_json)


@app.command(cls=Plain, epilog=_example('discovery search "walks by the river"'))
def search(
    ctx: typer.Context,
    text: Words = None,
    limit: Annotated[int, typer.Option(parser=_from(1, 100), metavar="N", help="How many to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find entries by their words or by what they mean.

    A TEXT of - means standard input.
    """
    from serving import cli_journal

    cli_journal.search(ctx.obj, text or (), limit=limit, as_json=as_json)


@app.command(cls=Plain, epilog=_example("discovery show 3f2a9c1e-7d40-4b8e-9a55-0c1d2e3f4a5b"))
def show(
    ctx: typer.Context,
    entry: Annotated[str, typer.Argument(metavar="ID", hidden=True)],
    as_json: AsJson = False,
) -> None:
    """Show one entry with everything that belongs to it.

    Its ID stands in what `say`, `history` and `search` show.
    """
    from serving import cli_journal

    cli_journal.one(ctx.obj, entry, as_json=as_json)


@app.command(cls=Plain, epilog=_example("discovery insights --from 2026-10-01"))
def insights(
    ctx: typer.Context,
    since: Since = None,
    until: Until = None,
    week: Annotated[bool, typer.Option("--week", help="This week in a few words; --from names another.")] = False,
    like: Annotated[str | None, typer.Option(metavar="ID", help="When you last felt as in this entry.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how your moods moved, and what went with them."""
    from serving import cli_insights, cli_rhythm

    if week or like:
        return cli_rhythm.beyond(ctx.obj, day=since, like=like, as_json=as_json)
    return cli_insights.insights(ctx.obj, since=since, until=until, as_json=as_json)


@app.command(cls=Plain, epilog=_example("discovery classify --file letters.txt --json > letters.jsonl"))
def classify(
    ctx: typer.Context,
    texts: Words = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="A file with one text a line.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Add the probability of all 28 emotions to the JSON.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the emotions in texts, and keep none of them.

    Each TEXT stands in quotation marks; or give a file, or standard input, with one text a line. Blank lines are
    passed over.
    """
    from serving import cli_reading

    cli_reading.classify(ctx.obj, texts or (), file, full=full, as_json=as_json)


@app.command(cls=Plain, epilog=_example("discovery erase"))
def erase(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
) -> int:
    """Erase everything you ever wrote here, for good.

    It asks you to type a word first.
    """
    from serving import cli_archive

    return cli_archive.erase(ctx.obj, yes=yes)


cli_files.register(app, Plain, _example)
cli_suggestions.register(app, Plain, _example, _from)
cli_catalog.register(app, Plain, _example)
cli_people.register(app, Plain, _example)
cli_keeping.register(app, Plain, _example)
cli_consent.register(app, Plain, _example)


def main() -> None:
    """Runs the command line and exits."""
    app(prog_name="discovery")
