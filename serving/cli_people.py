"""`account` and `key`: who may sign in, for whoever runs the service. They work on the journal's database itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.errors import Invalid, NotFound, Unavailable

if TYPE_CHECKING:
    from agent.access import Account
    from journal.store import Store

Config = Annotated[Path, typer.Option("--config", metavar="FILE", help="The configuration that names the journal.")]
LOCAL = Path("configs/local.yaml")
Name = Annotated[str, typer.Argument(metavar="NAME", hidden=True)]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@contextmanager
def journal(config: Path) -> Iterator[Store]:
    """The journal of a configuration, opened beside a service that may be running. Raises `DiscoveryError`."""
    import yaml

    from agent.config import DiscoveryArgs, parse, resolve
    from agent.errors import ConfigError
    from serving import passphrase
    from serving.journal import open_store

    file = next((place for place in (config, resolve(config)) if place.exists()), config)
    try:
        args = parse(yaml.safe_load(file.read_text(encoding="utf-8"))["applications"][0]["args"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, IndexError) as error:
        raise ConfigError(f"{file}: cannot be used as a configuration ({type(error).__name__})") from error
    if not isinstance(args, DiscoveryArgs):
        raise ConfigError(f"{file}: its first application is not `discovery`")
    passphrase.ask(passphrase.key_path(args.journal))
    store = open_store(args.journal)
    try:
        yield store
    finally:
        store.close()


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _account(store: Store, name: str) -> Account:
    found = next((account for account in store.list_accounts() if account.name == name), None)
    if found is None:
        raise NotFound(f"There is no account {name!r}.")
    return found


def register(app: typer.Typer, plain: Any, example: Callable[[str], str]) -> None:
    """Adds the commands to the command line."""
    account = typer.Typer(
        help="Who may sign in here.", epilog=example("discovery account add ada"), no_args_is_help=True
    )
    key = typer.Typer(
        help="Keys by which other programs may use somebody's journal.",
        epilog=example("discovery key create ada --scope read --label laptop"),
        no_args_is_help=True,
    )
    _accounts(account, plain, example)
    _keys(key, plain, example)
    app.add_typer(account, name="account")
    app.add_typer(key, name="key")


def _accounts(account: typer.Typer, plain: Any, example: Callable[[str], str]) -> None:
    @account.command(cls=plain, epilog=example("discovery account add ada"))
    def add(
        name: Name,
        config: Config = LOCAL,
        mine: Annotated[bool, typer.Option("--mine", help="Give it the journal that was kept here so far.")] = False,
        password_stdin: Stdin = False,
    ) -> None:
        """Make an account; it asks for a password."""
        from serving.screening import SINGLE_PERSON

        with journal(config) as store:
            store.add_account(name, _password(password_stdin), person=SINGLE_PERSON if mine else None)
        typer.echo(f"{name} may sign in now.")

    @account.command("list", cls=plain, epilog=example("discovery account list"))
    def list_(config: Config = LOCAL) -> None:
        """List the accounts."""
        with journal(config) as store:
            for one in store.list_accounts():
                typer.echo(f"{one.name}\tsince {one.made_at:%Y-%m-%d}")

    @account.command(cls=plain, epilog=example("discovery account password ada"))
    def password(name: Name, config: Config = LOCAL, password_stdin: Stdin = False) -> None:
        """Set a new password; it ends every session of the account."""
        with journal(config) as store:
            _account(store, name)
            store.set_password(name, _password(password_stdin))
        typer.echo(f"{name} has a new password.")

    @account.command(cls=plain, epilog=example("discovery account remove ada"))
    def remove(
        name: Name,
        config: Config = LOCAL,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
    ) -> None:
        """Remove an account and everything in its journal, for good."""
        with journal(config) as store:
            person = _account(store, name).person
            if not yes and typer.prompt(f"This erases the journal of {name} for good. Type the name once more") != name:
                raise Invalid("NAME", "that was another name; nothing was removed.")
            store.remove_account(name)  # first, so that nobody writes into a journal that is being erased
            try:
                store.erase(person)
            except Unavailable as error:
                typer.echo(str(error), err=True)
        typer.echo(f"{name} is gone.")


def _keys(key: typer.Typer, plain: Any, example: Callable[[str], str]) -> None:
    @key.command(cls=plain, epilog=example("discovery key create ada --scope read --label laptop"))
    def create(
        name: Name,
        config: Config = LOCAL,
        scope: Annotated[str, typer.Option(metavar="SCOPE", help="read, write or full.")] = "read",
        label: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "",
    ) -> None:
        """Make an API key and show it, this once."""
        with journal(config) as store:
            issued = store.make_key(_account(store, name).person, label or "key", scope)  # type: ignore[arg-type]
        typer.echo(issued.token)

    @key.command("list", cls=plain, epilog=example("discovery key list ada"))
    def list_(name: Name, config: Config = LOCAL) -> None:
        """List the API keys of an account."""
        with journal(config) as store:
            for one in store.keys(_account(store, name).person):
                typer.echo(f"{one.id}\t{one.scope}\t{one.label}\tsince {one.made_at:%Y-%m-%d}")

    @key.command(cls=plain, epilog=example("discovery key revoke ada KEY-ID"))
    def revoke(
        name: Name, key_id: Annotated[str, typer.Argument(metavar="KEY-ID", hidden=True)], config: Config = LOCAL
    ) -> None:
        """End an API key at once."""
        with journal(config) as store:
            store.revoke_key(_account(store, name).person, key_id)
        typer.echo("The key is revoked.")
