"""The commands for files and models: `export`, `import`, `models`, `report` and `remind`, with options and help.

Like `serving.cli`, this imports nothing heavy: each command imports its work when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

File = Annotated[Path, typer.Argument(metavar="FILE", hidden=True)]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]
Since = Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day, such as 2026-11-01.")]
Until = Annotated[str | None, typer.Option("--to", metavar="DAY", help="The last day, that day included.")]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="discovery, apple, hae, hae-csv (in only), daylio, daylio-backup, dayone, markdown, csv or fhir.",
    ),
]


def export(
    ctx: typer.Context,
    file: File,
    format_name: FormatName = None,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Only the corrections that you let training learn from.")
    ] = False,
    force: Force = False,
) -> int:
    """Write your whole journal, unencrypted, to one file.

    FILE becomes a zip archive that `discovery import` takes in again, or what --format names.
    """
    from agent.errors import Invalid
    from serving import cli_transfer

    if corrections and format_name:
        raise Invalid("--format", "corrections have a format of their own; leave --format out")
    if corrections:
        return cli_transfer.corrections(ctx.obj, file, force=force)
    cli_transfer.export(ctx.obj, file, format_name=format_name, force=force)
    return 0


def import_(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", hidden=True)] = None,
    format_name: FormatName = None,
    names: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Your mood and activity names, as YAML.")
    ] = None,
    write_map: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the names nobody knows to a map, to be filled in.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="PLACE", help="Where the file names no time zone: such as Europe/Vienna.")
    ] = None,
    read: Annotated[bool, typer.Option("--read/--no-read", help="Whether to read the emotions in what is new.")] = True,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
    undo: Annotated[
        str | None, typer.Option(metavar="ID", help="Take an import back; `last` is the newest, `list` shows them.")
    ] = None,
) -> int:
    """Take a journal in, all of it or nothing, after a preview.

    FILE is an archive that `discovery export` wrote, a file of another app, or a folder of Markdown. What is there
    already is not doubled.
    """
    from serving import cli_transfer

    if undo is not None:
        return cli_transfer.undo(ctx.obj, undo)
    wish = cli_transfer.Wish(format_name=format_name, names=names, write_map=write_map, zone=zone, read=read, yes=yes)
    return cli_transfer.import_(ctx.obj, file, wish)


def report(
    ctx: typer.Context,
    file: File,
    since: Since = None,
    until: Until = None,
    words: Annotated[bool, typer.Option("--words", help="Add what you wrote, the newest 400 entries.")] = False,
    force: Force = False,
) -> None:
    """Write your figures and charts to one page that you can give to somebody.

    FILE ends in .html, or in .pdf where Chromium is installed.
    """
    from serving import cli_report

    cli_report.report(ctx.obj, file, since=since, until=until, words=words, force=force)


def remind(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", hidden=True)] = None,
    at: Annotated[
        list[str] | None, typer.Option(metavar="TIME", help="When to be asked, such as 21:00. Repeatable.")
    ] = None,
    days: Annotated[str | None, typer.Option(metavar="DAYS", help="Only on these, such as mon,thu.")] = None,
    off: Annotated[bool, typer.Option("--off", help="No reminders any more.")] = False,
    force: Force = False,
) -> None:
    """Be asked gently at times you choose: in the chat, and by your calendar.

    FILE becomes a calendar file (.ics) with an alarm.
    """
    from serving import cli_report

    cli_report.remind(ctx.obj, file, at=at or [], days=days, off=off, force=force)


def models(
    what: Annotated[str, typer.Argument(metavar="WHAT", hidden=True)] = "list",
    versions: Annotated[list[str] | None, typer.Argument(metavar="VERSION", hidden=True)] = None,
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="The model that shipped.")] = Path("models/emotion"),
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, one object a line.")] = False,
) -> None:
    """Show, compare or take back the models that read emotions.

    WHAT is `list`, `compare` with two versions, or `rollback` to the one before or to the one that is named.
    """
    from serving import cli_models

    cli_models.models(folder, what, versions or (), as_json=as_json)


def register(app: typer.Typer, kind: type[TyperCommand], example: Callable[[str], str]) -> None:
    """Adds the commands to the command line."""
    app.command(cls=kind, epilog=example("discovery export journal.zip"))(export)
    app.command("import", cls=kind, epilog=example("discovery import daylio_export.csv --zone Europe/Vienna"))(import_)
    app.command(cls=kind, epilog=example("discovery report march.pdf --from 2026-03-01 --to 2026-03-31"))(report)
    app.command(cls=kind, epilog=example("discovery remind reminders.ics --at 21:00 --days mon,thu"))(remind)
    app.command(cls=kind, epilog=example("discovery models rollback"))(models)
