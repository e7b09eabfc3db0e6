"""`backup`, `restore` and `keys`, for whoever runs the service: they work on the journal's database itself, while the
service runs or not. Nothing heavy is imported here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from serving.cli_people import LOCAL, Config, journal

if TYPE_CHECKING:
    from journal.backup import Kept

File = Annotated[Path, typer.Argument(metavar="FILE", hidden=True)]


def register(app: typer.Typer, plain: Any, example: Callable[[str], str]) -> None:
    """Adds the commands to the command line."""
    app.command(cls=plain, epilog=example("discovery backup friday.backup"))(backup)
    app.command(cls=plain, epilog=example("discovery restore friday.backup --check"))(restore)
    keys = typer.Typer(
        help="The master key that opens the journal.", epilog=example("discovery keys rotate"), no_args_is_help=True
    )
    keys.command(cls=plain, epilog=example("discovery keys rotate"))(rotate)
    keys.command(cls=plain, epilog=example("discovery keys passphrase"))(passphrase)
    app.add_typer(keys, name="keys")


def backup(
    file: File,
    config: Config = LOCAL,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Copy the whole journal, encrypted as it is, to one file.

    Discovery may go on running. FILE is read back and compared before it counts.
    """
    from serving.cli_archive import may_write

    may_write(file, force=force)
    with journal(config) as store:
        kept = store.back_up(file)
        typer.echo(f"{file} holds {_held(kept)}. It was read back and is whole.")
        typer.echo(f"sha256 of its database: {kept.sha256}")
        typer.echo(f"Without the key file {store.key_path} nobody can read it. Keep a copy of that in another place.")


def restore(
    file: File,
    config: Config = LOCAL,
    replace: Annotated[bool, typer.Option("--replace", help="Let it take the place of what is there.")] = False,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key file it was made under, if that is not today's.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look whether it could be put back.")] = False,
) -> None:
    """Put a backup back, whole or not at all.

    Discovery may go on running.
    """
    from journal.keyfile import KeyFile
    from serving.passphrase import given

    with journal(config) as store:
        old = KeyFile(key, given()) if key else None
        kept = store.restore(file, replace=replace, key=old, check_only=check)
    if check:
        typer.echo(f"{file} is whole and can be put back: {_held(kept)}, of {kept.made_at}.")
    else:
        typer.echo(f"Put back: {_held(kept)}, of {kept.made_at}.")


def rotate(config: Config = LOCAL) -> None:
    """Make a new master key, and wrap everybody's key with it.

    Discovery may go on running. Backups from before need the old key file: copy it first if you want to keep them.
    """
    with journal(config) as store:
        count = store.rotate()
        typer.echo(f"The keys of {_many(count, 'person', 'persons')} are wrapped with a new master key.")
        typer.echo(f"It lies in {store.key_path}. Now back up anew, and copy that file anew.")


def passphrase(
    config: Config = LOCAL,
    remove: Annotated[bool, typer.Option("--remove", help="Take the passphrase off.")] = False,
    stdin: Annotated[bool, typer.Option("--passphrase-stdin", help="Read the new one from standard input.")] = False,
) -> None:
    """Lock the key file with a passphrase, or with another one.

    Discovery asks for it when it starts. Nobody can reset it.
    """
    from agent.errors import Invalid

    with journal(config) as store:
        if remove:
            store.lock_key(None)
            typer.echo(f"{store.key_path} is no longer locked. Whoever can read it can open the journal.")
            return
        chosen = _chosen(stdin)
        if len(chosen) < LEAST:
            raise Invalid("passphrase", f"found {len(chosen)} characters, at least {LEAST} are needed.")
        store.lock_key(chosen)
        typer.echo(f"{store.key_path} is locked. Without the passphrase nobody can read the journal; do not lose it.")


LEAST = 8
"""Characters of a passphrase, at least. Several words are better."""


def _chosen(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True))


def _held(kept: Kept) -> str:
    return f"{_many(kept.persons, 'person', 'persons')} and {_many(kept.entries, 'entry', 'entries')}"


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
