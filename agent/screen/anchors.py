"""Which words must stand in a sentence before a way of saying something can be there at all.

Trying every way on every sentence would take far longer than reading the text. So each way is reduced to sets of words,
one of each of which has to occur, the rarest set first; a way is tried only where all its sets are met.
"""

from __future__ import annotations

import re

from agent.screen.vocabulary import ordinary

Needs = tuple[frozenset[str], ...]

_COMMONEST = 10_000


def needs(way: str) -> Needs:
    """The sets of words of a way without exceptions, rarest first. Raises `ValueError` when there is none."""
    found = {words for part in _split(_without_options(way), " ") if (words := _words(part))}
    if not found:
        raise ValueError(f"no word in {way!r} is sure to be there")
    return tuple(sorted(found, key=lambda words: (cost(words), sorted(words))))


def cost(words: frozenset[str]) -> int:
    """How often a set of words will be met for nothing, in rough units: words are met as Zipf's law has it."""
    return sum(_COMMONEST // (ordinary().get(word, _COMMONEST) + 1) + 1 for word in words)


def alternatives(way: str) -> list[str]:
    """A way cut at the bars that stand outside all brackets; one pair of brackets around the whole way does not count."""
    choices = [choice.strip() for choice in _split(way, "|")]
    if len(choices) > 1:
        return choices
    end = _closing(way, 0) if way.startswith("(") and not way.startswith("(?") else 0
    tail = way[end + 1 :]
    if not end or (tail and not tail.startswith("(?")) or "(" in way[1:end]:
        return choices
    return [f"{choice.strip()}{tail}" for choice in _split(way[1:end], "|")]


def _words(part: str) -> frozenset[str]:
    """The words that one part stands for: itself, or the cheapest set for each of its alternatives together."""
    if re.fullmatch(r"[a-z0-9']+", part):
        return frozenset({part})
    if not (part.startswith("(") and part.endswith(")")):
        return frozenset()
    sets = []
    for choice in _split(part[1:-1], "|"):
        inner = [words for piece in _split(choice, " ") if (words := _words(piece))]
        if not inner:
            return frozenset()
        sets.append(min(inner, key=cost))
    return frozenset().union(*sets)


def _without_options(way: str) -> str:
    """A way without what may be missing: gaps, optional words and groups, borders, and words glued to an option."""
    way = re.sub(r"<\d>|\[[^\]]*\]|[$^]|\\d\+?| \?(?!=)", " ", way)
    out: list[str] = []
    index = 0
    while index < len(way):
        if way[index] != "(":
            out.append(way[index])
            index += 1
            continue
        end = _closing(way, index)
        group, after = way[index : end + 1], way[end + 1 : end + 2]
        glued = bool(out) and out[-1][-1:].isalnum()
        if after in ("?", "*"):
            out.append("\0" if glued else " ")
            end += 1
        elif not group.startswith("(?") or group.startswith("(?:"):
            out.append(_without_options_inside(group, glued))
        index = end + 1
    return "".join(out)


def _without_options_inside(group: str, glued: bool) -> str:
    """A group that must be there, its alternatives without what may be missing; empty for one that only looks ahead."""
    inside = group[3:-1] if group.startswith("(?:") else group[1:-1]
    choices = [_without_options(choice) for choice in _split(inside, "|")]
    if not any(choice.strip() for choice in choices):
        return ""
    space = " " if inside.endswith(" ") else ""
    return f"{chr(0) if glued else ''}({'|'.join(choices)}){space}"


def _closing(way: str, start: int) -> int:
    """Where the bracket that opens at `start` is closed. Raises `ValueError` when it is not."""
    depth = 0
    for index in range(start, len(way)):
        depth += (way[index] == "(") - (way[index] == ")")
        if depth == 0:
            return index
    raise ValueError(f"a bracket in {way!r} is not closed")


def _split(way: str, border: str) -> list[str]:
    """The parts of a way between borders that stand outside all brackets."""
    parts, depth, part = [], 0, ""
    for character in way:
        depth += (character == "(") - (character == ")")
        if character == border and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += character
    return [p for p in [*parts, part] if p.strip() or border == "|"]
