"""The reviewed table from genres and tags to what an hour with a work feels like (`retrieval/data/tags.csv`)."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from retrieval.vocabulary import WARNINGS

PATH = Path(__file__).parents[1] / "data" / "tags.csv"

ADULT = frozenset({"adult", "adult content", "erotic", "erotica", "hentai", "nsfw", "nudity", "porn", "sexual content"})
"""Tags that mark a work as one for adults."""


class Tag(NamedTuple):
    """What one tag says: the genre it is here, the three scales, whether it means company, and its warnings."""

    genre: str
    valence: float
    energy: float
    demand: float
    social: bool
    warnings: tuple[str, ...]


class Feel(NamedTuple):
    """What the tags of a work come to."""

    genres: tuple[str, ...]
    valence: float
    energy: float
    demand: float
    social: bool
    warnings: tuple[str, ...]


@cache
def tags(path: Path = PATH) -> dict[str, Tag]:
    """The table by tag in lower case."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["tag"]: Tag(
                row["genre"],
                float(row["valence"]),
                float(row["energy"]),
                float(row["demand"]),
                row["social"] == "true",
                tuple(filter(None, row["warnings"].split("|"))),
            )
            for row in csv.DictReader(file)
        }


def plain(tag: str) -> str:
    """A tag as the table spells it."""
    return html.unescape(tag).strip().lower()


def feel(given: Iterable[tuple[str, float]]) -> Feel | None:
    """The weighted mean of what the known tags say; None where the table knows none of them."""
    known = [(tags()[plain(t)], weight) for t, weight in given if plain(t) in tags() and weight > 0]
    if not known:
        return None
    total = sum(weight for _, weight in known)

    def mean(values: Sequence[float]) -> float:
        return round(sum(v * w for v, (_, w) in zip(values, known, strict=True)) / total, 2)

    warned = {warning for tag, _ in known for warning in tag.warnings}
    return Feel(
        genres=tuple(dict.fromkeys(tag.genre for tag, _ in known if tag.genre))[:4],
        valence=mean([tag.valence for tag, _ in known]),
        energy=mean([tag.energy for tag, _ in known]),
        demand=mean([tag.demand for tag, _ in known]),
        social=sum(w for tag, w in known if tag.social) >= 0.15 * total,
        warnings=tuple(w for w in WARNINGS if w in warned),
    )
