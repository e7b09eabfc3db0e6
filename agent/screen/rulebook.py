"""Reads the rules of the screen from `rules/*.rules`, which are written to be reviewed by people who do not program.

A rule begins with `= name weight` and the traits that may excuse it; every other line is one way of saying it:

    (a|b)     either of these          [word]     the word, or not
    <n>       up to n words of the same clause, none of them a negation
    ! a|b     at the end of a line: not when one of these follows
    {NAME}    any of the words that the file lists under `@ NAME`
    ^  $      the beginning, the end of the sentence

Signs that belong together stand on one line, joined by ` & `: all of them must be in one stretch of at most two dozen words,
in whatever order, and none of the exceptions after ` ! ` anywhere in the sentence.

Lines that begin with two spaces continue the line before. The ways are matched against the plain words that
`sentences` makes: lower case, `not` for every do-not, `cannot` for every can-not, `myself` in one word, no fillers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from agent.errors import ConfigError
from agent.screen.anchors import anchors, cost

TRAITS = frozenset(
    {"subject", "jest", "topic", "accident", "play", "clinic", "past", "fear", "hobby", "said", "grief", "frame", "explained"}
)
"""What can excuse a rule: see `agent.screen.context`."""

_STRETCH = 24
_GAP = r"(?:(?!not |never |no )[^ ,\[\]]+ ){0,%s}"


class Weight(IntEnum):
    """What a hit is worth: two weak ones of different names, or one strong one, are a concern."""

    WEAK = 1
    STRONG = 2
    CRISIS = 3


class Rule(NamedTuple):
    """One thing to look for, tried on sentences that hold one of its `keys`.

    All `patterns` must match; where there are several, near each other, and without the `veto` in the sentence.
    """

    name: str
    weight: Weight
    traits: frozenset[str]
    keys: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    veto: re.Pattern[str] | None = None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the rule fires in a sentence of plain words, as offsets."""
        if len(self.patterns) == 1:
            yield from (match.span() for match in self.patterns[0].finditer(text))
            return
        if self.veto and self.veto.search(text):
            return
        for match in self.patterns[0].finditer(text):
            spans = [match.span(), *(_nearest(pattern, text, match) for pattern in self.patterns[1:])]
            if all(spans):
                start, end = min(s[0] for s in spans if s), max(s[1] for s in spans if s)
                if text.count(" ", start, end) < _STRETCH:
                    yield start, end


def _nearest(pattern: re.Pattern[str], text: str, other: re.Match[str]) -> tuple[int, int] | None:
    """Where a pattern matches nearest to another match without touching it."""
    spans = [m.span() for m in pattern.finditer(text) if m.end() <= other.start() or m.start() >= other.end()]
    return min(spans, key=lambda span: max(span[0] - other.end(), other.start() - span[1]), default=None)


@cache
def rules(*names: str) -> dict[str, tuple[Rule, ...]]:
    """The rules of the named files under each of their keys. Raises `ConfigError` for a line that is not a rule."""
    index: dict[str, tuple[Rule, ...]] = {}
    for name in names:
        text = files("agent.screen").joinpath(f"rules/{name}.rules").read_text(encoding="utf-8")
        for rule in parse(name, text.splitlines()):
            for key in rule.keys:
                index[key] = (*index.get(key, ()), rule)
    return index


@cache
def cues() -> dict[str, re.Pattern[str]]:
    """The signs that change what a hit means, by name, from `rules/cues.rules`."""
    found: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for line in _whole(files("agent.screen").joinpath("rules/cues.rules").read_text(encoding="utf-8").splitlines()):
        if line.startswith("@"):
            label, _, text = line[1:].strip().partition(" ")
            words[label] = text.strip()
        elif line.startswith("="):
            ways = found.setdefault(line[1:].strip(), [])
        else:
            ways.append(_compile(_spell(line, words)))
    return {name: re.compile("(?<= )(?:" + "|".join(ways) + ")(?= )") for name, ways in found.items()}


def parse(name: str, lines: Iterable[str]) -> Iterator[Rule]:
    """The rules written in the lines of one file, in order. Raises `ConfigError`."""
    words: dict[str, str] = {}
    head, ways = "", list[str]()
    for line in [*_whole(lines), "= end"]:
        if line.startswith("@"):
            label, _, text = line[1:].strip().partition(" ")
            words[label] = text.strip()
        elif line.startswith("="):
            if head:
                yield from _rules(name, head, ways, words)
            head, ways = line[1:].strip(), []
        else:
            ways.append(line)


def _whole(lines: Iterable[str]) -> list[str]:
    """The lines without comments and blanks, continuation lines put together."""
    whole: list[str] = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("  ") and whole:
            # A list goes on where it broke off; so does what follows an optional word, which brings its own space.
            glued = whole[-1].endswith(("|", "(", " )?")) or line.strip().startswith(("(?", "|", ")"))
            whole[-1] += ("" if glued else " ") + line.strip()
        else:
            whole.append(line.rstrip())
    return whole


def _rules(file: str, head: str, ways: list[str], words: dict[str, str]) -> Iterator[Rule]:
    """The rule of one head, and one more for each line of signs that belong together. Raises `ConfigError`."""
    name, weight, *traits = head.split()
    where = f"agent/screen/rules/{file}.rules, rule {name}"
    if weight.upper() not in Weight.__members__:
        raise ConfigError(f"{where}: weight {weight!r} is not one of weak, strong, crisis")
    if unknown := set(traits) - TRAITS:
        raise ConfigError(f"{where}: unknown traits {sorted(unknown)}; allowed are {sorted(TRAITS)}")
    spelled = [_spell(way, words) for way in ways]
    try:
        if plain := [way for way in spelled if " & " not in way]:
            keys = frozenset[str]().union(*(anchors(way) for way in plain))
            pattern = _whole_words("|".join(_compile(way) for way in plain))
            yield Rule(name, Weight[weight.upper()], frozenset(traits), keys, (pattern,))
        for signs, _, unless in (way.partition(" ! ") for way in spelled if " & " in way):
            patterns, keys = _signs(signs.split(" & "))
            veto = _whole_words(_compile(unless)) if unless else None
            yield Rule(name, Weight[weight.upper()], frozenset(traits), keys, patterns, veto)
    except (re.error, KeyError, ValueError) as error:
        raise ConfigError(f"{where}: a way of saying it cannot be read: {error}") from error


def _signs(signs: list[str]) -> tuple[tuple[re.Pattern[str], ...], frozenset[str]]:
    """The patterns of signs that belong together, and the rarest of the keys that may wake them. Raises `ValueError`."""
    keys = [words for sign in signs if (words := anchors(sign, strict=False))]
    return tuple(_whole_words(_compile(sign)) for sign in signs), min(keys, key=cost)


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?<= )(?:{pattern})(?= )")


def _spell(way: str, words: dict[str, str]) -> str:
    """A way of saying it with its lists written out; lists may name lists."""
    for _ in range(3):
        way = re.sub(r"\{([A-Z_]+)\}", lambda match: f"({words[match[1]]})", way)
    return way.strip()


def _compile(way: str) -> str:
    """One way of saying it as a regular expression over plain words."""
    way, _, unless = way.partition(" ! ")
    way = re.sub(r"^\^ ?", "(?<=^ )", re.sub(r"( ?<\d>)+$", "", way.strip()))
    way = re.sub(r" ?\$$", "(?= $)", way)
    if unless:
        way = f"({way})(?! ({unless.strip()}) )"
    way = re.sub(r"\((?!\?)", "(?:", way)
    way = re.sub(r"\[([^\]]+)\] ", r"(?:(?:\1) )?", way)
    way = re.sub(r" \[([^\]]+)\]", r"(?: (?:\1))?", way)
    return re.sub(r"<(\d)> ?", lambda match: _GAP % match[1], way)
