"""Reads the rules of the screen from `rules/*.rules`, which are written to be reviewed by people who do not program.

A rule begins with `= name weight` and the traits that may excuse it; every other line is one way of saying it:

    (a|b)     either of these          [word]     the word, or not
    <n>       up to n words of the same clause, none of them a negation
    ! a|b     at the end of a line: not when one of these follows
    {NAME}    any of the words that the file lists under `@ NAME`
    ^  $      the beginning, the end of the sentence

Signs that belong together stand on one line, joined by ` & `: all of them must be in one stretch of at most two dozen
words, in whatever order, and none of the exceptions after ` ! ` anywhere in the sentence.

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
from agent.screen.anchors import Needs, alternatives, cost, needs

TRAITS = frozenset(
    {
        "subject", "jest", "topic", "accident", "play", "clinic", "past", "fear", "hobby", "said", "grief", "frame",
        "explained",
    }
)  # fmt: skip
"""What can excuse a rule: see `agent.screen.context`."""

_GAP = r"(?:(?!not |never |no )[^ ,\[\]]+ ){0,%s}"
_STRETCH = 24


class Weight(IntEnum):
    """What a hit is worth: two weak ones of different names, or one strong one, are a concern."""

    WEAK = 1
    STRONG = 2
    CRISIS = 3


class Rule(NamedTuple):
    """What a way of saying something counts for: the rule's name, its weight, and what can excuse it."""

    name: str
    weight: Weight
    traits: frozenset[str]
    file: str


class Way(NamedTuple):
    """One way of saying something: all `patterns` match near each other, and the `veto` nowhere in the sentence."""

    rule: Rule
    needs: Needs
    patterns: tuple[re.Pattern[str], ...]
    veto: re.Pattern[str] | None = None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it is said in a sentence of plain words, as offsets; of several signs, from the first one named on."""
        if len(self.patterns) == 1:
            yield from (match.span() for match in self.patterns[0].finditer(text))
            return
        if self.veto and self.veto.search(text):
            return
        for match in self.patterns[0].finditer(text):
            spans = [match.span(), *(_nearest(pattern, text, match) for pattern in self.patterns[1:])]
            if all(spans):
                first, last = min(s[0] for s in spans if s), max(s[1] for s in spans if s)
                if text.count(" ", first, last) < _STRETCH:
                    yield match.start(), last


def _nearest(pattern: re.Pattern[str], text: str, other: re.Match[str]) -> tuple[int, int] | None:
    """Where a pattern matches nearest to another match without touching it."""
    spans = [m.span() for m in pattern.finditer(text) if m.end() <= other.start() or m.start() >= other.end()]
    return min(spans, key=lambda span: max(span[0] - other.end(), other.start() - span[1]), default=None)


@cache
def cues(file: str = "cues") -> dict[str, re.Pattern[str]]:
    """Patterns by name, without weights: by default the signs that change what a hit means."""
    found: dict[str, list[str]] = {}
    lists: dict[str, str] = {}
    current: list[str] = []
    for line in _whole(_lines(file)):
        if line.startswith("@"):
            label, _, text = line[1:].strip().partition(" ")
            lists[label] = text.strip()
        elif line.startswith("="):
            current = found.setdefault(line[1:].strip(), [])
        else:
            current.append(_compile(_spell(line, lists)))
    return {name: _whole_words("|".join(said)) for name, said in found.items()}


def parse(file: str, lines: Iterable[str]) -> Iterator[Way]:
    """All ways of saying something that the lines of one file hold, in order. Raises `ConfigError`."""
    lists: dict[str, str] = {}
    rule: Rule | None = None
    for line in _whole(lines):
        if line.startswith("@"):
            label, _, text = line[1:].strip().partition(" ")
            lists[label] = text.strip()
        elif line.startswith("="):
            rule = _rule(file, line[1:])
        elif rule is None:
            raise ConfigError(
                f"agent/screen/rules/{file}.rules: {line!r} stands before the first rule (`= name weight`)"
            )
        else:
            yield from _ways(rule, line, lists)


def read(*names: str) -> list[Way]:
    """All ways of the named files, in order. Raises `ConfigError` for a line that cannot be read."""
    return [way for name in names for way in parse(name, _lines(name))]


def _lines(file: str) -> list[str]:
    return files("agent.screen").joinpath(f"rules/{file}.rules").read_text(encoding="utf-8").splitlines()


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


def _rule(file: str, head: str) -> Rule:
    """A rule from its first line. Raises `ConfigError` when a part is missing or unknown."""
    name, weight, *traits = (*head.split(), "", "")[: max(2, len(head.split()))]
    where = f"agent/screen/rules/{file}.rules, rule {name}"
    if weight.upper() not in Weight.__members__:
        raise ConfigError(f"{where}: weight {weight!r} is not one of weak, strong, crisis")
    if unknown := set(traits) - TRAITS:
        raise ConfigError(f"{where}: unknown traits {sorted(unknown)}; allowed are {sorted(TRAITS)}")
    return Rule(name, Weight[weight.upper()], frozenset(traits), file)


def _ways(rule: Rule, line: str, lists: dict[str, str]) -> Iterator[Way]:
    """The ways that one line holds. Raises `ConfigError` when it cannot be read."""
    try:
        said, _, unless = _spell(line, lists).partition(" ! ")
        if " & " in said:
            signs = said.split(" & ")
            veto = _whole_words(_compile(unless)) if unless else None
            yield Way(rule, _common_needs(signs), tuple(_whole_words(_compile(sign)) for sign in signs), veto)
            return
        for choice in alternatives(said):
            pattern = _compile(f"{choice} ! {unless}" if unless else choice)
            yield Way(rule, needs(choice), (_whole_words(pattern),))
    except (re.error, KeyError, ValueError) as error:
        where = f"agent/screen/rules/{rule.file}.rules, rule {rule.name}"
        raise ConfigError(f"{where}: {line[:80]!r} cannot be read: {error}") from error


def _common_needs(signs: list[str]) -> Needs:
    """The sets of words that signs on one line need together, rarest first. Raises `ValueError` for none."""
    found = set[frozenset[str]]()
    for sign in signs:
        choices = [_needs_or_none(choice) for choice in alternatives(sign)]
        if len(choices) == 1:
            found.update(choices[0])
        elif all(choices):
            found.add(frozenset[str]().union(*(each[0] for each in choices)))
    if not found:
        raise ValueError("none of the signs has a word that is sure to be there")
    return tuple(sorted(found, key=cost))


def _needs_or_none(way: str) -> Needs:
    try:
        return needs(way)
    except ValueError:
        return ()


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?<= )(?:{pattern})(?= )")


def _spell(way: str, lists: dict[str, str]) -> str:
    """A way of saying it with its lists written out; lists may name lists."""
    for _ in range(3):
        way = re.sub(r"\{([A-Z_]+)\}", lambda match: f"({lists[match[1]]})", way)
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
