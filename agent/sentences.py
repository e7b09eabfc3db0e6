"""Where the sentences of a text begin and end, for people's entries and for what the model says."""

from __future__ import annotations

import re
from itertools import pairwise

Offsets = tuple[int, int]

_END = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019)]*\s+|\n+\s*")


def sentences(text: str) -> list[Offsets]:
    """Offsets of the sentences of a text, the white space after each included; they cover the text without gaps."""
    ends = [match.end() for match in _END.finditer(text)]
    borders = [0, *(e for e in ends if 0 < e < len(text)), len(text)]
    return [(a, b) for a, b in pairwise(borders) if a < b]
