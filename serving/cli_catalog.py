"""`discovery catalog ...`: its commands with their options and their help. What they do stands in `catalogue_work`.

Like `serving.cli`, this imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

catalog = typer.Typer(
    rich_markup_mode=None, help="Look after the catalogue that suggestions come from.", no_args_is_help=True
)


def import_(
    source: Annotated[str, typer.Argument(metavar="SOURCE", hidden=True)],
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    adult: Annotated[bool, typer.Option("--adult", help="Take works for adults in as well.")] = False,
    columns: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="For csv: which column is what, as YAML.")
    ] = None,
) -> int:
    """Take a list in, and tell what was left out and why.

    SOURCE is steam, opensource, wikipedia, ted, movielens or csv. An earlier import of the same source is replaced.
    """
    from serving import catalogue_work

    return catalogue_work.import_list(source, file, adult=adult, column_map=columns)


def validate(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", hidden=True)] = None,
    lists: Annotated[
        Path | None, typer.Option("--lists", metavar="FOLDER", help="Check titles and years against the lists there.")
    ] = None,
) -> int:
    """Look rows over; fails where something falls short.

    FILE is a JSONL file or a folder of them; without it, the catalogue that ships.
    """
    from serving import catalogue_work

    return catalogue_work.check_facts(lists) if lists else catalogue_work.validate_files(file)


def stats() -> None:
    """Tell what is in the catalogue, imports included."""
    from serving import catalogue_work

    catalogue_work.stats()


def build() -> None:
    """Make the index anew; a running service takes it without a restart."""
    from serving import catalogue_work

    catalogue_work.build_index()


def register(app: typer.Typer, plain: type[TyperCommand], example: Callable[[str], str]) -> None:
    """Adds the group to the command line."""
    for name, command, line in (
        ("import", import_, "discovery catalog import steam games.jsonl"),
        ("validate", validate, "discovery catalog validate --lists lists/"),
        ("stats", stats, "discovery catalog stats"),
        ("build", build, "discovery catalog build"),
    ):
        catalog.command(name, cls=plain, epilog=example(line))(command)
    app.add_typer(catalog, name="catalog", epilog=example("discovery catalog stats"))
