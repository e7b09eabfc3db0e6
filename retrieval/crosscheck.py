"""Titles and years of the catalogue against lists of other people: what is confirmed, what differs, what is unknown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.domain import Item
from retrieval.sources.importing import SOURCES

LISTS: dict[str, str] = {
    "steam": "steam_free/*.jsonl", "opensource": "opensource_games/*.jsonl", "wikipedia": "wikipedia_movies/*.jsonl",
    "ted": "ted/*.csv",
}  # fmt: skip
"""Where the lists lie beneath one folder, by importer."""

NEAR = 1
"""Years that two sources may differ by: a premiere and a release."""

_CUT = re.compile(r"\(.*?\)|^(?:the|a|an) ")


@dataclass(frozen=True)
class Checked:
    """Ids by what the lists say: title and year agree; only the title is there; the year is another one (theirs
    beside it); nothing is there."""

    confirmed: tuple[str, ...]
    title_only: tuple[str, ...]
    differing: tuple[tuple[str, int], ...]
    unknown: tuple[str, ...]

    def text(self) -> str:
        """The result for a terminal."""
        total = len(self.confirmed) + len(self.title_only) + len(self.differing) + len(self.unknown)
        share = len(self.confirmed) / total if total else 0.0
        lines = [f"confirmed by a list: {len(self.confirmed)} of {total} ({share:.0%})"]
        lines.append(f"title alone: {len(self.title_only)}; in no list: {len(self.unknown)}")
        lines += [f"  {item_id}: the list says {year}" for item_id, year in self.differing]
        return "\n".join(lines)


def known(folder: Path) -> dict[tuple[str, str], set[int | None]]:
    """The years of every title of the lists in a folder, by folded title and kind."""
    found: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for source, pattern in LISTS.items():
        for path in sorted(folder.glob(pattern)):
            for line in SOURCES[source](path):
                if line.raw:
                    found[folded(line.raw.title), line.raw.kind].add(line.raw.year)
    return dict(found)


def check(items: Iterable[Item], lists: Mapping[tuple[str, str], set[int | None]]) -> Checked:
    """What the lists say of these items."""
    confirmed, title_only, differing, unknown = [], [], [], []
    for item in items:
        years = lists.get((folded(item.title), item.kind))
        dated = sorted(y for y in years or () if y is not None)
        if years is None:
            unknown.append(item.id)
        elif item.year is not None and any(abs(y - item.year) <= NEAR for y in dated):
            confirmed.append(item.id)
        elif None in years or item.year is None:
            title_only.append(item.id)
        else:
            differing.append((item.id, _nearest(dated, item.year)))
    return Checked(tuple(confirmed), tuple(title_only), tuple(differing), tuple(unknown))


def folded(title: str) -> str:
    """A title without case, punctuation, leading article and what stands in brackets."""
    return re.sub(r"\W+", " ", _CUT.sub("", title.casefold().strip())).strip()


def _nearest(years: Sequence[int], to: int) -> int:
    return min(years, key=lambda year: abs(year - to))
