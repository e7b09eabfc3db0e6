"""The fixed words of the catalogue: what may warn, what kinds there are, and which emotions each Ekman group holds."""

from __future__ import annotations

from agent.affect import AFFECT
from agent.domain import EMOTIONS

WARNINGS: tuple[str, ...] = (
    "violence", "horror", "self-harm", "grief", "gambling", "sexual content", "drugs", "abuse", "flashing lights",
    "strong language",
)  # fmt: skip
"""Every warning a row may carry. The hard rules compare these exact words, so a misspelt one is refused at the door."""

HARSH: frozenset[str] = frozenset({"self-harm", "horror", "grief"})
"""What a frightened or grieving person never meets unless they ask for it by name."""

KINDS: tuple[str, ...] = ("game", "film", "series", "video")

GROUPS: dict[str, tuple[str, ...]] = {
    group: tuple(e for e in EMOTIONS if AFFECT[e].group == group)
    for group in sorted({a.group for a in AFFECT.values()})
}
"""Ekman group (and neutral) to its emotions."""
