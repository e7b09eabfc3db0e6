"""`run` and `status`: the machine itself."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from agent.errors import Unavailable
from serving.cli_connection import ask
from serving.cli_show import console, show
from serving.cli_text import as_line, one_line
from serving.client import DEFAULT_URL, ClientError

MEANWHILE = {
    "journal": "nothing can be kept until it is ready",
    "classifier": "you can write, and emotions are not read until it is ready",
    "recommender": "nothing is suggested until it is ready",
    "llm": "explanations are put together from your own words until it is ready",
}
"""What a missing part means for the person."""

COLOURS = {"ready": "green", "starting": "yellow", "down": "red"}


def run(
    config: Path, *, api_port: int | None, chat_port: int | None, address: str | None, host: str | None = None,
    multi_user: bool = False,
) -> int:  # fmt: skip
    """Runs everything until Ctrl-C and returns the exit code. Raises `DiscoveryError`."""
    from agent.config import DiscoveryArgs, parse, resolve
    from serving import launcher, passphrase

    # The default and the remedies name files of the project, wherever the person stands.
    file = next((place for place in (config, resolve(config)) if place.exists()), config)
    plan = launcher.plan(file, port=api_port, chat_port=chat_port, address=address, host=host, multi_user=multi_user)
    args = parse(plan.config["applications"][0]["args"])
    if isinstance(args, DiscoveryArgs) and not address:
        passphrase.ask(passphrase.key_path(args.journal))  # before anything starts: a replica could ask nobody
    try:
        return launcher.run(plan, typer.echo)
    except ConnectionError as error:
        where = f" at {address}" if address else ""
        raise Unavailable(
            f"No Ray cluster answers{where}. Start one with `ray start --head`, or leave --address out."
        ) from error


def status(url: str | None, *, as_json: bool) -> int:
    """Tells which parts are ready; the exit code is 0 only when all are."""

    where = url or DEFAULT_URL
    report = ask(url, lambda client: client.ready())
    if not isinstance(report.get("parts"), dict) or "status" not in report:
        raise ClientError(f"What answers at {where} is not Discovery", "check the address")
    if as_json:
        typer.echo(as_line(report))
    else:
        out = console()
        _table(out, report["parts"])
        show(out, f"Discovery at {where} is {one_line(str(report['status']))}.")
    return 0 if report["status"] == "ready" else 1


def _table(out: Console, parts: dict[str, str]) -> None:
    widest = max(map(len, parts), default=0)
    for part, state in parts.items():
        line = Text(f"{one_line(part):<{widest}}  ").append(one_line(state), COLOURS.get(state, ""))
        show(out, line.append("" if state == "ready" else f": {MEANWHILE.get(part, '')}"))
