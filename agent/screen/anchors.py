"""Which words must stand in a sentence before a way of saying something can be there at all.

Trying every rule on every sentence would take far longer than reading the text. So each way is reduced to a set of
words of which one has to occur, the rarest such set, and a rule is tried only where one of its words stands.
"""

from __future__ import annotations

import re

_COMMON = frozenset(
    """
    i me my a an the to of and in on at by for from with it its is be am are was were been being not no never that this
    these those there here so do did done does have has had having would will could can cannot should may might must if when where what who how
    why you your they them their he him his she her we us our all any one two some more most much many just like want
    wants wanted go going goes went get gets getting got make makes made take takes took think thinking thought know
    knows feel feels feeling felt say says said tell tells told see sees saw look looking come coming came day days
    time way up down out off over about into again now then today tomorrow tonight too or but as than than back after
    before still only even very really good last first next every everyone everything nothing something someone anyone
    people thing things home work need needs let give gave put keep kept long old new year years week life friends mom dad
    """.split()
)
_RARE, _OFTEN = 1, 60


def anchors(way: str, *, strict: bool = True) -> frozenset[str]:
    """The words of which at least one is in every sentence that says it this way; `ValueError` for none, if strict."""
    choices = [_best(choice) for choice in _split(_without_options(way.partition(" ! ")[0]), "|")]
    if not all(choices):
        if not strict:
            return frozenset()
        raise ValueError(f"no word in {way!r} is sure to be there")
    return frozenset[str]().union(*choices)


def cost(words: frozenset[str]) -> int:
    """How often a set of words will wake a rule for nothing, in rough units."""
    return sum(_OFTEN if word in _COMMON else _RARE for word in words)


def _best(way: str) -> frozenset[str]:
    """The cheapest set of words among the parts of a way that must all be there; empty when there is none."""
    found = [words for part in _split(way, " ") if (words := _words(part))]
    return min(found, key=cost) if found else frozenset()


def _words(part: str) -> frozenset[str]:
    """The words that one part stands for: itself, or one set for each of its alternatives."""
    if re.fullmatch(r"[a-z0-9']+", part):
        return frozenset({part})
    if not (part.startswith("(") and part.endswith(")")):
        return frozenset()
    sets = [_best(choice) for choice in _split(part[1:-1], "|")]
    return frozenset().union(*sets) if all(sets) else frozenset()


def _without_options(way: str) -> str:
    """A way without what may be missing: gaps, optional words and groups, borders, and words glued to an option."""
    way = re.sub(r"<\d>|\[[^\]]*\]|[$^]", " ", way)
    out: list[str] = []
    index = 0
    while index < len(way):
        if way[index] != "(":
            out.append(way[index])
            index += 1
            continue
        end = _closing(way, index)
        group, after = way[index : end + 1], way[end + 1 : end + 2]
        glued = bool(out) and out[-1].isalnum()
        if group.startswith("(?"):
            pass
        elif after in ("?", "*"):
            out.append("\0" if glued else " ")
            end += 1
        else:
            inner = "|".join(_without_options(choice) for choice in _split(group[1:-1], "|"))
            out.append(f"\0({inner})" if glued else f"({inner})")
        index = end + 1
    return "".join(out)


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
