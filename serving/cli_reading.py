"""`classify`: what is read and answered without being kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from agent.errors import DiscoveryError, Invalid
from agent.help import card
from serving.cli_connection import ask, language
from serving.cli_help_card import help_card
from serving.cli_input import batches, texts
from serving.cli_show import WIDEST, Json, console, feelings, percent, show
from serving.cli_text import as_line, one_line
from serving.client import Client, ClientError


def classify(url: str | None, words: Sequence[str], file: Path | None, *, full: bool, as_json: bool) -> None:
    """Reads many texts, in requests of a size the API takes, and writes each batch as soon as it is read."""
    if full and not as_json:
        raise Invalid("--full", "found without --json; all 28 probabilities are written as JSON only")
    given = texts(words, file)
    out, done, crisis = console(), 0, False

    async def read(client: Client) -> None:
        nonlocal done, crisis
        with _progress(out, len(given)) as progress:
            for batch in batches(given):
                results = await client.classify(batch, full=full)
                crisis = crisis or any(result["safety"] == "crisis" for result in results)
                _write(out, list(zip(batch, results, strict=True)), alone=len(given) == 1, as_json=as_json)
                done += len(batch)
                progress(len(batch))
        if crisis and not as_json:
            help_card(out, await _card(client))

    try:
        ask(url, read)
    except ClientError:
        if done:
            show(console(stderr=True), f"Read and written: the first {done:,} of {len(given):,} texts.")
        raise


@contextmanager
def _progress(out: Console, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error. Where the results themselves run over the terminal, they are the progress."""
    err = console(stderr=True)
    columns = TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    hidden = out.is_terminal or not err.is_terminal
    with Progress(*columns, console=err, transient=True, disable=hidden) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count)


async def _card(client: Client) -> Json:
    """The help card of the person's region, of which a reading itself says nothing."""
    try:
        region = (await client.settings()).region
    except DiscoveryError:
        region = None  # A card must not wait for a setting.
    return card(region, language()).model_dump(mode="json", exclude_none=True)


def _write(out: Console, read: Sequence[tuple[str, Json]], *, alone: bool, as_json: bool) -> None:
    for text, result in read:
        if as_json:
            typer.echo(as_line({"text": text, **result}))
        elif alone and result["safety"] != "crisis":
            feelings(out, result)
        elif alone:
            continue  # The card follows, and nothing else.
        else:
            line = Text(f"{_summary(result)}  ").append(one_line(text), "dim")
            line.truncate(min(out.width, WIDEST) if out.is_terminal else len(line) * 2, overflow="ellipsis")
            show(out, line)


def _summary(result: Json) -> str:
    if result["safety"] == "crisis":
        return "not read, sounds like a crisis"
    if result.get("unsure") or not result["emotions"]:
        return "hard to tell"
    return ", ".join(f"{one_line(e['label'])} {percent(e['probability'])}" for e in result["emotions"])
