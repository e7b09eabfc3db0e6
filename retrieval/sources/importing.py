"""From a list to rows of the catalogue: judged by the table, checked, and a report of what was left out and why."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

from pydantic import ValidationError

from agent.domain import Goal, Item
from retrieval.asked import mentions
from retrieval.sources import movielens, opensource, steam, ted, wikipedia
from retrieval.sources.raw import Found, Raw
from retrieval.sources.table import Feel, feel
from retrieval.vocabulary import WARNINGS

SOURCES: dict[str, Callable[[Path], Iterator[Found]]] = {
    "steam": steam.read,
    "opensource": opensource.read,
    "wikipedia": wikipedia.read,
    "ted": ted.read,
    "movielens": movielens.read,
}
"""The importers by name; `columns` takes a map as well and has a reader of its own."""

LONGEST = 500
MINUTES = {"game": 45, "film": 100, "series": 45, "video": 15}
"""One sitting, where a list does not say."""

SHOWN = 3
"""How many lines of each reason a report names."""

_SENTENCE = re.compile(r".+?[.!?](?=\s|$)", re.DOTALL)

Work = tuple[str, str, int | None]


@dataclass
class Imported:
    """The rows of one import, and by reason how many lines gave none, with the first few of them."""

    items: list[Item] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    where: dict[str, list[str]] = field(default_factory=dict)

    def drop(self, where: str, reason: str) -> None:
        """Counts a line that gives no row."""
        self.dropped[reason] += 1
        named = self.where.setdefault(reason, [])
        if len(named) < SHOWN:
            named.append(where)

    def text(self) -> str:
        """The report for a terminal."""
        lines = [f"{len(self.items):,} rows taken, {self.dropped.total():,} left out"]
        lines += [f"  {n:>6,}  {reason} ({', '.join(self.where[reason])})" for reason, n in self.dropped.most_common()]
        return "\n".join(lines)


def work(item: Item) -> Work:
    """What makes two rows the same work: title, kind and year."""
    return _folded(item.title), item.kind, item.year


def run(
    found: Iterable[Found],
    source: str,
    *,
    adult: bool = False,
    known: Collection[Work] = (),
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Rows of everything in a list that can be judged. Works for adults are left out unless `adult`; `known` are works
    that the catalogue has already; `progress` hears how many lines are done."""
    imported, ids, works = Imported(), set[str](), set(known)
    for count, line in enumerate(found, start=1):
        if progress:
            progress(count)
        made = line.trouble if line.raw is None else _item(line.raw, source, ids, adult=adult)
        if isinstance(made, Item) and work(made) in works:
            made = "in the catalogue already" if work(made) in known else "twice in this list"
        if isinstance(made, str):
            imported.drop(line.where, made)
            continue
        ids.add(made.id)
        works.add(work(made))
        imported.items.append(made)
    return imported


def _item(raw: Raw, source: str, ids: Collection[str], *, adult: bool) -> Item | str:
    """The row, or why there is none."""
    if raw.adult and not adult:
        return "for adults"
    about, felt = shortened(raw.description), feel(raw.tags)
    if len(about) < 20:
        return "no description of at least 20 characters"
    if felt is None:
        return "no genre or tag that the table knows"
    warned = {*felt.warnings, *mentions(about), *(("sexual content",) if raw.adult else ())}
    try:
        return Item(
            id=_id(source, raw, ids),
            title=" ".join(raw.title.split()),
            kind=raw.kind,
            year=raw.year,
            url=raw.url or f"https://en.wikipedia.org/w/index.php?search={quote_plus(f'{raw.title} {raw.kind}')}",
            description=about,
            genres=felt.genres or (raw.kind,),
            valence=felt.valence,
            energy=felt.energy,
            demand=felt.demand,
            minutes=raw.minutes or MINUTES[raw.kind],
            social=felt.social,
            free=raw.free,
            warnings=tuple(w for w in WARNINGS if w in warned),
            goals=goals(felt),
            licence=raw.licence,
            source=source,
        )
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def goals(felt: Feel) -> tuple[Goal, ...]:
    """Which wishes a work serves, by its scales alone: the borders of docs/catalogue.md."""
    serves = {
        Goal.STAY: felt.energy <= 0.45 and felt.demand <= 0.5,
        Goal.LIFT: felt.valence >= 0.4 and felt.energy <= 0.7,
        Goal.CALM: felt.energy <= 0.35 and felt.demand <= 0.45 and felt.valence >= 0.1,
        Goal.ENERGISE: felt.energy >= 0.6 and felt.valence >= 0.2,
        Goal.DISTRACT: felt.demand >= 0.5,
        Goal.CONNECT: felt.social,
    }
    return tuple(goal for goal, does in serves.items() if does) or (Goal.DISTRACT,)


def shortened(text: str) -> str:
    """The first sentences of a text that fit a description, on one line and without control characters."""
    clean = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    flat = " ".join(clean.split())
    if len(flat) <= LONGEST:
        return flat
    kept = ""
    for sentence in _SENTENCE.findall(flat):
        if len(kept) + len(sentence) > LONGEST:
            break
        kept += sentence
    return kept.strip() or f"{flat[: LONGEST - 1]}…"


def _folded(title: str) -> str:
    return re.sub(r"\W+", " ", title.casefold()).strip()


def _id(source: str, raw: Raw, ids: Collection[str]) -> str:
    """An id that says where it comes from and survives another import of the same list."""
    ascii_title = unicodedata.normalize("NFKD", raw.title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", f"{source} {ascii_title} {raw.year or ''}").strip("-")[:72].strip("-")
    found, number = stem, 2
    while found in ids:
        found, number = f"{stem}-{number}", number + 1
    return found
