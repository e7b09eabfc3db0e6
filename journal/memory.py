"""What is kept of each journal in memory, so that lists, searches and figures need not open every row again.

Of an entry only its words without case and accents, its time and its labels stay; whole entries are read by the page.
A shelf is brought up to date from what changed since, by whichever process, before every use.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from agent.domain import Entry
from journal.insights import Moment
from journal.person import PersonRows
from journal.search import Corpus, Vectors, padded, words_of
from journal.vectors import Pool

MOST_PERSONS = 64
"""Journals in memory at once; the one used longest ago goes first."""

MANY = 1000
"""From so many unknown vectors on it is quicker to read all of them."""

MOST_SPANS = 16
"""Spans of time whose figures are kept for each person, until the next change."""

Span = tuple[datetime | None, datetime | None]
Figures = Mapping[str, Any]

Stored = Callable[[Sequence[str] | None], Mapping[str, Vectors]]
"""Entry ids (None: all) to the vectors that are stored, in a short transaction of its own."""


class Sketch(NamedTuple):
    """What is kept of one entry: `at` in microseconds, its `words` (text and tags) as `search.padded`, its tags without
    case."""

    at: int
    id: str
    words: str
    tags: frozenset[str]
    moment: Moment


@dataclass(frozen=True)
class Shelf:
    """One person's sketches as of `version`, newest first."""

    wrapped_key: bytes
    version: int
    by_id: Mapping[str, Sketch]
    newest: Sequence[Sketch]


@dataclass
class _Place:
    lock: Lock = field(default_factory=Lock)
    shelf: Shelf | None = None
    pool: Pool = field(default_factory=Pool)
    pooling: Lock = field(default_factory=Lock)
    pooled: Shelf | None = None
    corpus: tuple[Shelf, Corpus] | None = None
    figures: tuple[Shelf, OrderedDict[Span, Figures]] | None = None


class Memory:
    """The shelves of the persons who were here last. Thread-safe."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._lock = Lock()

    def shelf(self, rows: PersonRows) -> Shelf:
        """The person's sketches, at least as new as what `rows` can see."""
        place = self._place(rows.person)
        with place.lock:
            old = place.shelf
            if old is None or old.wrapped_key != rows.wrapped_key:
                old = Shelf(rows.wrapped_key, -1, {}, ())
            if old.version < rows.version:
                place.shelf = old = _refreshed(old, rows)
            return old

    def forget(self, person: str) -> None:
        """Drops everything of this person."""
        with self._lock:
            self._places.pop(person, None)

    def corpus(self, person: str, shelf: Shelf) -> Corpus:
        """The words of `shelf.newest`, ready to be searched."""
        place = self._place(person)
        if (held := place.corpus) is None or held[0].newest is not shelf.newest:
            place.corpus = held = (shelf, Corpus([sketch.words for sketch in shelf.newest]))
        return held[1]

    def figures(self, person: str, shelf: Shelf, span: Span, make: Callable[[], Figures]) -> Figures:
        """What `make` says of a span of `shelf.newest`; asked once for each span, as long as no entry changes."""
        place = self._place(person)
        if (held := place.figures) is None or held[0].newest is not shelf.newest:
            place.figures = held = (shelf, OrderedDict())
        known = held[1]
        if (found := known.get(span)) is None:
            found = known[span] = make()
            while len(known) > MOST_SPANS:
                known.popitem(last=False)
        return found

    def cosines(self, person: str, shelf: Shelf, asked: Vectors, stored: Stored) -> Vectors:
        """How near each of `shelf.newest` comes to the unit vector `asked`, float32 (n,); 0 where nobody has embedded
        an entry yet."""
        with self._pooled(person, shelf, stored) as pool:
            return pool.cosines(asked)

    def vector(self, person: str, shelf: Shelf, entry_id: str, stored: Stored) -> Vectors | None:
        """What one entry means, as a unit vector; None where nobody has embedded it yet."""
        with self._pooled(person, shelf, stored) as pool:
            return pool.of(entry_id)

    @contextmanager
    def _pooled(self, person: str, shelf: Shelf, stored: Stored) -> Iterator[Pool]:
        place = self._place(person)
        with place.pooling:
            if place.pooled is None or place.pooled.newest is not shelf.newest or not place.pool.whole:
                unknown = [s for s in shelf.newest if not place.pool.holds(s.id, s.words)]
                found = stored(None if len(unknown) > MANY else [s.id for s in unknown]) if unknown else {}
                for sketch in unknown:
                    place.pool.put(sketch.id, sketch.words, found.get(sketch.id))
                place.pool.arrange([sketch.id for sketch in shelf.newest])
                place.pooled = shelf
            yield place.pool

    def _place(self, person: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(person, _Place())
            self._places.move_to_end(person)
            while len(self._places) > MOST_PERSONS:
                self._places.popitem(last=False)
            return place


def _refreshed(old: Shelf, rows: PersonRows) -> Shelf:
    changed: dict[str, Sketch] = {}

    def keep(at: int, entry: Entry) -> None:
        words = padded(words_of(" ".join([entry.text, *entry.tags])))
        tags = frozenset(map(str.casefold, entry.tags))
        changed[entry.id] = Sketch(at, entry.id, words, tags, Moment.of(entry))

    rows.changed_since(old.version, keep)
    by_id = {**old.by_id, **changed} if changed else old.by_id
    if len(by_id) != rows.count():
        there = set(rows.ids())
        by_id = {i: sketch for i, sketch in by_id.items() if i in there}
    if by_id is old.by_id:  # settings, verdicts or vectors changed, and no entry
        return Shelf(rows.wrapped_key, rows.version, old.by_id, old.newest)
    newest = sorted(by_id.values(), key=lambda sketch: (sketch.at, sketch.id), reverse=True)
    return Shelf(rows.wrapped_key, rows.version, by_id, newest)
