"""Looking a catalogue over: what it covers, what falls short of what it promises, and which rows need a hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from agent.domain import Goal, Item
from retrieval import mood, rules
from retrieval.mood import REACH, Feeling
from retrieval.rank import Table
from retrieval.vocabulary import GROUPS

MINIMUM: dict[str, int] = {"items": 600, "games": 250, "films and series": 250, "videos": 100, "free": 100}
"""What a catalogue that ships must hold at least."""

CELL = 30
"""Items that every goal must offer to every Ekman group."""

ALIKE = 0.92
"""Cosine from which two descriptions say the same thing."""

_SHOPS = re.compile(
    r"(^|\.)(amazon\.|netflix\.|primevideo\.|disneyplus\.|hulu\.|max\.com|apps\.apple\.|tv\.apple\.|play\.google\."
    r"|epicgames\.|gog\.|nintendo\.[a-z.]+/.*store|playstation\.|xbox\.)"
)
_STEAM = re.compile(r"^https://store\.steampowered\.com/app/\d+/?$")
_SENTENCE = re.compile(r"[.!?…]+(?=\s|$|[\"'”’)])")
_CLAIMS = re.compile(
    r"\b(?:(?:cures?|heals?|treats?) (?:you|your|anxiety|depression|stress|sadness|grief|insomnia)"
    r"|therapeutic|antidepressant|cheers? you up)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that needs a hand: its id, the field, and what is wrong in words."""

    id: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a catalogue holds. `cells` counts, by (goal, Ekman group), the items that the hard rules let through to
    somebody who feels that way and that lie within reach of the goal's target state."""

    counts: dict[str, int]
    cells: dict[tuple[str, str], int]
    problems: tuple[Problem, ...] = ()
    minimum: dict[str, int] = field(default_factory=lambda: dict(MINIMUM))

    @property
    def shortfalls(self) -> list[str]:
        """What is below its minimum, in words."""
        low = [f"{n}: {self.counts[n]} of {least}" for n, least in self.minimum.items() if self.counts[n] < least]
        thin = [f"{goal} for {group}: {n} of {CELL}" for (goal, group), n in self.cells.items() if n < CELL]
        return low + thin

    @property
    def whole(self) -> bool:
        """Whether nothing falls short and no row needs a hand."""
        return not self.shortfalls and not self.problems

    def text(self) -> str:
        """The report for a terminal."""
        groups = list(dict.fromkeys(group for _, group in self.cells))
        lines = ["  ".join(f"{name} {count}" for name, count in self.counts.items()), ""]
        lines.append(f"{'within reach':<12}" + "".join(f"{group:>10}" for group in groups))
        lines += [
            f"{goal:<12}" + "".join(f"{self.cells[goal, group]:>10}" for group in groups)
            for goal in dict.fromkeys(goal for goal, _ in self.cells)
        ]
        lines += ["", f"{len(self.shortfalls)} shortfalls", *(f"  {s}" for s in self.shortfalls)]
        lines += [
            f"{len(self.problems)} rows to look at",
            *(f"  {p.id}: {p.field}: {p.message}" for p in self.problems),
        ]
        return "\n".join(lines)


def validate(items: Sequence[Item], vectors: NDArray[np.float32] | None = None) -> Report:
    """Looks a catalogue over; with unit `vectors` (n, dimension) of the descriptions, near-alike ones are named."""
    problems = [problem for item in items for problem in _row(item)]
    problems += _twins(items)
    if vectors is not None:
        problems += _alike(items, vectors)
    return Report(counts=_counts(items), cells=coverage(items), problems=tuple(problems))


def coverage(items: Sequence[Item]) -> dict[tuple[str, str], int]:
    """By (goal, Ekman group): how many items serve somebody in the middle of that group, by the rules and by reach."""
    table = Table.of(items)
    cells = {}
    for group, emotions in GROUPS.items():
        felt = [Feeling(e, e, 1.0 / len(emotions)) for e in emotions]
        wishes = rules.wishes(felt=felt)
        permitted = np.array([rules.allowed(item, wishes) for item in items], dtype=np.bool_)
        for goal in Goal:
            to = mood.towards(felt, goal)
            near = mood.distance(table.valence, table.energy, to) <= REACH
            if to.social is not None:
                near &= table.social == to.social
            if to.demand is not None:
                near &= np.abs(table.demand - to.demand) <= REACH
            cells[goal.value, group] = int(np.sum(near & permitted))
    return cells


def _counts(items: Sequence[Item]) -> dict[str, int]:
    kinds = Counter(item.kind for item in items)
    return {
        "items": len(items),
        "games": kinds["game"],
        "films": kinds["film"],
        "series": kinds["series"],
        "films and series": kinds["film"] + kinds["series"],
        "videos": kinds["video"],
        "free": sum(item.free for item in items),
        "social": sum(item.social for item in items),
        "with warnings": sum(bool(item.warnings) for item in items),
    }


def _row(item: Item) -> Iterator[Problem]:
    """What is wrong with one row although its schema is right."""
    sentences = len(_SENTENCE.findall(item.description))
    if not 1 <= sentences <= 3:
        yield Problem(item.id, "description", f"found {sentences} sentences, allowed 1 to 3")
    if claim := _CLAIMS.search(item.description):
        yield Problem(item.id, "description", f"found {claim.group()!r}; no description promises to heal or cheer")
    if trouble := _link(item.url):
        yield Problem(item.id, "url", trouble)
    if item.year is not None and item.year > datetime.now(UTC).year:
        yield Problem(item.id, "year", f"found {item.year}, which is still to come")
    if not item.goals:
        yield Problem(item.id, "goals", "found none, allowed 1 to 6: an item that serves nothing is never suggested")
    if Goal.CALM in item.goals and item.energy > 0.6:
        yield Problem(item.id, "goals", f"serves calm at energy {item.energy}, allowed up to 0.6")
    if Goal.ENERGISE in item.goals and item.energy < 0.4:
        yield Problem(item.id, "goals", f"serves energise at energy {item.energy}, allowed from 0.4")
    for name in ("genres", "warnings", "goals"):
        words = getattr(item, name)
        if len(set(words)) != len(words):
            yield Problem(item.id, name, f"found a word twice in {list(words)}")


def _link(url: str) -> str | None:
    parts = urlsplit(url)
    if "." not in parts.netloc or parts.netloc != parts.netloc.lower():
        return f"found host {parts.netloc!r}, allowed a full host name in lower case"
    if parts.netloc == "store.steampowered.com" and not _STEAM.match(url):
        return f"found {url}, allowed only https://store.steampowered.com/app/<number>/ there"
    if _SHOPS.search(parts.netloc):
        return f"found a shop ({parts.netloc}); link the official site, or an encyclopedia article or search"
    return None


def _twins(items: Sequence[Item]) -> Iterator[Problem]:
    first: dict[tuple[str, str, int | None], str] = {}
    for item in items:
        key = (re.sub(r"\W+", " ", item.title.casefold()).strip(), item.kind, item.year)
        if key in first:
            yield Problem(item.id, "title", f"the same {item.kind} of {item.year} as {first[key]}")
        first.setdefault(key, item.id)


def _alike(items: Sequence[Item], vectors: NDArray[np.float32]) -> Iterator[Problem]:
    cosines = np.triu(vectors @ vectors.T, k=1)
    for one, other in np.argwhere(cosines >= ALIKE):
        message = f"cosine {cosines[one, other]:.2f} to {items[one].id}, allowed below {ALIKE}; write it anew"
        yield Problem(items[other].id, "description", message)
