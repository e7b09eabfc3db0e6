"""`discovery models`: which emotion models there are, how they compare, and the way back. It needs no running service;
a running one takes the change within a second of its next read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from agent.config import resolve
from agent.domain import EMOTIONS
from agent.errors import Invalid
from reader.card import Card, load_card
from reader.shelf import Shelf
from serving.cli_show import console, show
from serving.cli_text import as_line

SHOWN = ("macro_f1", "micro_f1", "ece")
DIFFERENT = 0.005


def models(folder: Path, what: str, versions: Sequence[str], *, as_json: bool) -> None:
    """Does what was asked for. Raises `Invalid`, `NotFound`."""
    if what == "list" and not versions:
        listing(folder, as_json=as_json)
    elif what == "compare":
        if len(versions) != 2:
            raise Invalid("VERSION", f"compare needs two versions, found {len(versions)}")
        compare(folder, *versions, as_json=as_json)
    elif what == "rollback" and len(versions) < 2:
        roll_back(folder, to=versions[0] if versions else None)
    else:
        raise Invalid("WHAT", f"found {' '.join([what, *versions])}, allowed is list, compare or rollback")


def listing(folder: Path, *, as_json: bool) -> None:
    """Every model with its figures on the test split, and which one serves."""
    shelf = Shelf(resolve(folder))
    serving = load_card(shelf.current()).version
    rows = []
    for path in shelf.folders():
        card = load_card(path)
        place = "shipped" if path == shelf.shipped else "promoted"
        rows.append({"version": card.version, "serves": card.version == serving, "from": place, **_figures(card)})
    if as_json:
        for row in rows:
            typer.echo(as_line(row))
        return
    table = Table("version", "serves", "from", *SHOWN, box=None, pad_edge=False)
    for row in rows:
        cells = [str(row["version"]), "yes" if row["serves"] else "", str(row["from"])]
        table.add_row(*cells, *(_number(row[name]) for name in SHOWN))
    console().print(table)


def compare(folder: Path, first: str, second: str, *, as_json: bool) -> None:
    """Two models side by side on the test split. Raises `NotFound` for an unknown version."""
    shelf = Shelf(resolve(folder))
    cards = [load_card(shelf.folder(version)) for version in (first, second)]
    f1 = [card.metrics.get("test", {}).get("f1", {}) for card in cards]
    rows = [{"what": name, "first": _figures(cards[0])[name], "second": _figures(cards[1])[name]} for name in SHOWN]
    rows += [{"what": f"F1 of {label}", "first": f1[0].get(label), "second": f1[1].get(label)} for label in EMOTIONS]
    if as_json:
        for row in rows:
            typer.echo(as_line(row))
        return
    table = Table("", first, second, "difference", box=None, pad_edge=False)
    for row in rows:
        a, b = row["first"], row["second"]
        both = isinstance(a, float) and isinstance(b, float)
        if both and abs(b - a) < DIFFERENT and str(row["what"]).startswith("F1 of"):
            continue
        table.add_row(str(row["what"]), _number(a), _number(b), f"{b - a:+.4f}" if both else "")
    console().print(table)
    if cards[0].data.get("sha256") != cards[1].data.get("sha256"):
        show(console(), "They were trained on different data.")


def roll_back(folder: Path, *, to: str | None) -> None:
    """Lets the model serve that served before, or the named one. Raises `NotFound`, `Invalid`."""
    shelf = Shelf(resolve(folder))
    if to is None:
        version = shelf.roll_back()
    else:
        place = shelf.folder(to)
        if place == shelf.current():
            raise Invalid("VERSION", f"{to} is the model that serves")
        version = to
        shelf.promote(shelf.put(place))
    show(console(), f"{version} serves from now on.")
    show(console(), f"For the registry of MLflow: python -m finetune.track champion {version}")


def _figures(card: Card) -> dict[str, Any]:
    test = card.metrics.get("test", {})
    return {name: test.get(name) for name in SHOWN}


def _number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else "-"
