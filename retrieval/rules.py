"""The hard rules: what may be suggested at all, whatever its score.

Self-harm, horror and grief stay away from whoever is afraid or sad, whose feelings are not known, or whose feelings
were read in a text (a reading may miss the sorrow in it), unless the text asks for them by name. A theme that shows in
the person's own life (a relapse, a funeral, a migraine, a hospital) stays away too, even where an item only names it
in passing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agent.domain import Item
from agent.errors import Invalid
from retrieval.asked import Heard, hear, mentions
from retrieval.mood import Feeling, tender
from retrieval.vocabulary import HARSH, KINDS, WARNINGS

GENTLE_LIMIT = 0.5
"""Most energy, and most demand, of an item that counts as gentle; it carries no warning and is not sad either."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an item must meet. No `kinds` means all; `excluded` are ids, `barred` warnings; minutes are inclusive.

    `asked` and `touched` are what the text asks for by name and what shows in the life it tells of: already part of
    `barred`, and kept because score and reason speak of them too.
    """

    kinds: frozenset[str] = frozenset()
    max_minutes: int | None = None
    max_energy: float | None = None
    free_only: bool = False
    social_only: bool = False
    excluded: frozenset[str] = frozenset()
    gentle: bool = False
    barred: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()


def allowed(item: Item, wishes: Wishes) -> bool:
    """Whether an item may be suggested under these wishes."""
    if item.id in wishes.excluded or not wishes.barred.isdisjoint(item.warnings):
        return False
    if wishes.kinds and item.kind not in wishes.kinds:
        return False
    if wishes.max_minutes is not None and item.minutes > wishes.max_minutes:
        return False
    if wishes.max_energy is not None and item.energy > wishes.max_energy:
        return False
    if (wishes.free_only and not item.free) or (wishes.social_only and not item.social):
        return False
    if wishes.gentle and not gentle(item):
        return False
    return not (wishes.touched - wishes.asked) & mentions(f"{item.title}. {item.description}")


def barred(heard: Heard, felt: Sequence[Feeling], text: str = "") -> frozenset[str]:
    """The warnings that may not come near this person now, from what they wrote and what was read in it."""
    # Self-harm is never right by chance: it needs a request whatever the feelings are. Where there is a text, so do the
    # others: a wrong reading of a bereaved person costs far more than a horror film that a glad one has to ask for.
    careful = HARSH if text.strip() or tender(felt) else frozenset({"self-harm"})
    return ((careful | heard.touched) - heard.asked) | heard.refused


def wishes(
    *,
    text: str = "",
    felt: Sequence[Feeling] = (),
    kinds: Collection[str] = (),
    max_minutes: int | None = None,
    max_energy: float | None = None,
    free_only: bool = False,
    social_only: bool = False,
    exclude: Collection[str] = (),
    disliked: Collection[str] = (),
    gentle: bool = False,
    avoid: Collection[str] = (),
) -> Wishes:
    """The wishes of one request; `avoid` are further warnings to keep away. Raises `Invalid` for a strange word."""
    for field, found, known in (("kinds", kinds, KINDS), ("avoid", avoid, WARNINGS)):
        for word in found:
            if word not in known:
                raise Invalid(field, f"found {word!r}; allowed: {', '.join(known)}")
    heard = hear(text)
    return Wishes(
        kinds=frozenset(kinds),
        max_minutes=max_minutes,
        max_energy=max_energy,
        free_only=free_only,
        social_only=social_only,
        excluded=frozenset(exclude) | frozenset(disliked),
        gentle=gentle,
        barred=barred(heard, felt, text) | frozenset(avoid),
        asked=heard.asked - frozenset(avoid),
        touched=heard.touched,
    )


def gentle(item: Item) -> bool:
    """Whether an item asks little, warns of nothing and is not sad."""
    # Slow and harmless is not yet gentle: a sorrowful film can be both.
    return not item.warnings and item.energy <= GENTLE_LIMIT and item.demand <= GENTLE_LIMIT and item.valence >= 0
