"""What is kept of each journal in memory, so that lists, searches and figures need not open every row again.

Of an entry only its words without case and accents, its time and its labels stay; whole entries are read by the page.
A shelf is brought up to date from what changed since, by whichever process, before every use.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import numpy as np

from agent.domain import Entry
from journal.insights import Moment
from journal.person import PersonRows
from journal.search import Embed, Vectors, padded, words_of

MOST_PERSONS = 64
"""Journals in memory at once; the one used longest ago goes first."""

EMBED_BATCH = 256

Read = Callable[[Sequence[str]], list[Entry]]
"""Entry ids to whole entries, in a short transaction of its own; unknown ones are left out."""


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
    vectors: dict[str, tuple[str, Vectors]] = field(default_factory=dict)
    embedding: Lock = field(default_factory=Lock)


class Memory:
    """The shelves of the persons who were here last. Thread-safe."""

    def __init__(self, embed: Embed | None = None) -> None:
        self._embed = embed
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

    def cosines(self, person: str, shelf: Shelf, query: str, read: Read) -> Vectors | None:
        """How near each of `shelf.newest` comes to `query` in meaning, float32 (n,); None without an embedder. The
        first call for a person embeds their whole journal, reading it in pieces."""
        if self._embed is None or not shelf.newest:
            return None
        place = self._place(person)
        with place.embedding:
            # The same words mean the same: a correction or a new part does not ask for a new vector.
            known = {s.id: v for s in shelf.newest if (v := place.vectors.get(s.id)) and v[0] == s.words}
            stale = [s for s in shelf.newest if s.id not in known]
            for start in range(0, len(stale), EMBED_BATCH):
                batch = {s.id: s.words for s in stale[start : start + EMBED_BATCH]}
                entries = read(list(batch))
                vectors = self._embed([entry.text for entry in entries])
                known |= {e.id: (batch[e.id], v) for e, v in zip(entries, vectors, strict=True)}
            place.vectors = known
        asked = self._embed([query])[0]
        nowhere = np.zeros_like(asked)  # an entry that was deleted while this was reading is near to nothing
        matrix = np.stack([known[s.id][1] if s.id in known else nowhere for s in shelf.newest])
        return np.asarray(matrix @ asked, dtype=np.float32)

    def _place(self, person: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(person, _Place())
            self._places.move_to_end(person)
            while len(self._places) > MOST_PERSONS:
                self._places.popitem(last=False)
            return place


def _refreshed(old: Shelf, rows: PersonRows) -> Shelf:
    by_id = dict(old.by_id)

    def keep(at: int, entry: Entry) -> None:
        words = padded(words_of(" ".join([entry.text, *entry.tags])))
        by_id[entry.id] = Sketch(at, entry.id, words, frozenset(map(str.casefold, entry.tags)), Moment.of(entry))

    rows.changed_since(old.version, keep)
    if len(by_id) != rows.count():
        there = set(rows.ids())
        by_id = {i: sketch for i, sketch in by_id.items() if i in there}
    newest = sorted(by_id.values(), key=lambda sketch: (sketch.at, sketch.id), reverse=True)
    return Shelf(rows.wrapped_key, rows.version, by_id, newest)
