"""The hard rules over many items at once: the same answer as `retrieval.rules.allowed` for each, as arithmetic.

A request looks at a thousand items; asking each of them in turn is most of what a suggestion costs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from agent.domain import Item
from retrieval.asked import SORE, THEMES, mentions
from retrieval.rules import Wishes, gentle
from retrieval.vocabulary import KINDS, WARNINGS

BIT = {theme: 1 << place for place, theme in enumerate((*THEMES, *SORE))}
"""One bit a theme; the warnings come first."""

_UNREAD = -1

MASK = NDArray[np.bool_]


def bits(themes: Collection[str]) -> int:
    """The themes as one number; a theme that is none of ours (a warning of an old import) has no bit."""
    return sum(BIT.get(theme, 0) for theme in set(themes))


class Sieve:
    """What the rules ask of n items, as arrays (n,). What a description names is read when it is first asked for."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        self._position = {item.id: place for place, item in enumerate(items)}
        self._warnings = np.array([bits(i.warnings) for i in items], dtype=np.int32)
        self._kind = np.array([KINDS.index(i.kind) for i in items], dtype=np.int8)
        self._minutes = np.array([i.minutes for i in items], dtype=np.int32)
        self._energy = np.array([i.energy for i in items], dtype=np.float64)
        self._free = np.array([i.free for i in items], dtype=np.bool_)
        self._social = np.array([i.social for i in items], dtype=np.bool_)
        self._gentle = np.array([gentle(i) for i in items], dtype=np.bool_)
        self._named = np.full(len(items), _UNREAD, dtype=np.int32)

    def keep(self, positions: NDArray[np.intp], wishes: Wishes) -> MASK:
        """Which of the items at these m positions may be suggested, (m,)."""
        kept: MASK = (self._warnings[positions] & bits(wishes.barred)) == 0
        if wishes.kinds:
            kept &= np.isin(self._kind[positions], [KINDS.index(kind) for kind in wishes.kinds])
        if wishes.max_minutes is not None:
            kept &= self._minutes[positions] <= wishes.max_minutes
        if wishes.max_energy is not None:
            kept &= self._energy[positions] <= wishes.max_energy
        if wishes.free_only:
            kept &= self._free[positions]
        if wishes.social_only:
            kept &= self._social[positions]
        if wishes.gentle:
            kept &= self._gentle[positions]
        if wishes.excluded:
            kept &= ~np.isin(positions, [self._position[i] for i in wishes.excluded if i in self._position])
        touched = bits(wishes.touched - wishes.asked)
        if touched:
            kept[kept] = (self._names(positions[kept]) & touched) == 0
        return kept

    def _names(self, positions: NDArray[np.intp]) -> NDArray[np.int32]:
        """The themes that these items so much as name, as bits."""
        for place in positions[self._named[positions] == _UNREAD]:
            item = self._items[place]
            self._named[place] = bits(mentions(f"{item.title}. {item.description}"))
        found: NDArray[np.int32] = self._named[positions]
        return found


assert tuple(BIT)[: len(WARNINGS)] == WARNINGS, "every warning has its bit"
