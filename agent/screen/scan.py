"""The quick look: which ways of saying something can be in which sentence, before any sentence is made plain.

Every set of words that some way needs is one bit. A token stands for the bits of all sets it belongs to, a sentence
for those of its tokens, and a way can be there only if its bits are a part of the sentence's. So the look costs a few
operations on integers for each token, and nearly all sentences of an ordinary text end there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from agent.screen.rulebook import Way, read
from agent.screen.sentences import ALIASES, Page

Wakened = tuple[tuple[int, Way], ...]

_SHORT = 80
"""Signs are looked for across the full stop when the neighbour has at most so many characters."""


class Sight(NamedTuple):
    """What a word or a sentence shows: the bits of the sets that it meets, and the ways that it wakes."""

    bits: int
    woken: Wakened


class Book(NamedTuple):
    """What every word shows that any way needs, and what the pieces do that may become such words."""

    sights: dict[str, Sight]
    words: frozenset[str]
    waking: frozenset[str]
    aliases: dict[str, Sight]


NOTHING = Sight(0, ())


@cache
def book(*names: str) -> Book:
    """The ways of the named files. Raises `ConfigError` for a line that cannot be read."""
    numbers: dict[frozenset[str], int] = {}
    bits: dict[str, int] = {}
    woken: dict[str, list[tuple[int, Way]]] = {}
    for way in read(*names):
        mask = 0
        for need in way.needs:
            number = numbers.setdefault(need, len(numbers))
            mask |= 1 << number
            for word in need:
                bits[word] = bits.get(word, 0) | 1 << number
        for word in way.needs[0]:
            woken.setdefault(word, []).append((mask, way))
    sights = {word: Sight(mask, tuple(woken.get(word, ()))) for word, mask in bits.items()}
    return Book(
        sights,
        frozenset(sights),
        frozenset(woken),
        {piece: _together(words.split(), sights) for piece, words in ALIASES.items()},
    )


def candidates(page: Page, rules: Book) -> Iterator[tuple[int, Way, bool]]:
    """The ways to try: the number of a sentence, the way, and whether it needs the neighbours of the sentence."""
    sights = _sights(page, rules)
    for number, sight in enumerate(sights):
        if not sight.woken:
            continue
        wide = sight.bits
        for near in (number - 1, number + 1):
            if 0 <= near < len(sights) and len(page.raw[near]) <= _SHORT:
                wide |= sights[near].bits
        missing, missing_near = ~sight.bits, ~wide
        tried: set[int] = set()
        for mask, way in sight.woken:
            if not mask & missing_near and id(way) not in tried:
                apart = bool(mask & missing)
                if len(way.patterns) > 1 or not apart:
                    tried.add(id(way))
                    yield number, way, apart


def _sights(page: Page, rules: Book) -> list[Sight]:
    """What each sentence of a page shows."""
    known = {token: rules.sights[token] for token in page.tokens & rules.words if token not in page.strange}
    for token in page.strange:
        words = page.plain[token]
        sight = rules.sights.get(words) if " " not in words else _together(words.split(), rules.sights)
        if sight:
            known[token] = sight
    shown = [list(filter(None, map(known.get, piece.split()))) for piece in page.raw]
    for phrase, sight in rules.aliases.items():
        if phrase in page.folded:
            for sentence, piece in zip(shown, page.raw, strict=True):
                if phrase in piece:
                    sentence.append(sight)
    return [_sum(sentence) for sentence in shown]


def _sum(sights: list[Sight]) -> Sight:
    """What several words show, side by side."""
    total = 0
    woken: list[tuple[int, Way]] = []
    for bits, ways in sights:
        total |= bits
        if ways:
            woken.extend(ways)
    return Sight(total, tuple(woken))


def _together(words: list[str], sights: dict[str, Sight]) -> Sight:
    return _sum([sights.get(word, NOTHING) for word in words])
