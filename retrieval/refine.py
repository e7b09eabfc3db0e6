"""One-click refinements of a list: what "calmer", "shorter", "free", "with friends" and "something else" mean.

A refinement turns limits into tighter ones, looking at the list on the screen: calmer is calmer *than that*. Limits
add up over several clicks, and whoever shows the list hands them back with the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean, median

from agent.domain import Item

CALM = 0.35
"""Most energy of a calmer list where nothing was shown before."""

STEP = 0.1
"""How much less energy than the mean of the list before: enough to be felt, little enough to leave a choice."""

LEAST_ENERGY = 0.15
LEAST_MINUTES = 5
SHORT = 30
"""Minutes of a shorter list where nothing was shown before."""


class Refinement(StrEnum):
    """What a person may say of a list."""

    CALMER = "calmer"
    SHORTER = "shorter"
    FREE = "free"
    WITH_FRIENDS = "with_friends"
    SOMETHING_ELSE = "something_else"


@dataclass(frozen=True, slots=True)
class Limits:
    """What every item of the next list must meet; all of it hard. `max_energy` is 0..1, minutes are inclusive."""

    max_minutes: int | None = None
    max_energy: float | None = None
    free_only: bool = False
    social_only: bool = False
    exclude: tuple[str, ...] = ()


def refine(limits: Limits, wish: Refinement, shown: Sequence[Item] = ()) -> Limits:
    """The limits of the next list, given those of the list before and the items that were `shown` in it."""
    match wish:
        case Refinement.CALMER:
            return replace(limits, max_energy=_calmer(limits, shown))
        case Refinement.SHORTER:
            return replace(limits, max_minutes=_shorter(limits, shown))
        case Refinement.FREE:
            return replace(limits, free_only=True)
        case Refinement.WITH_FRIENDS:
            return replace(limits, social_only=True)
        case Refinement.SOMETHING_ELSE:
            return replace(limits, exclude=tuple(dict.fromkeys([*limits.exclude, *(i.id for i in shown)])))


def _calmer(limits: Limits, shown: Sequence[Item]) -> float:
    most = fmean(i.energy for i in shown) - STEP if shown else CALM
    # However calm the list was, the calmest things of the catalogue must stay within reach.
    return round(max(LEAST_ENERGY, min(most, limits.max_energy if limits.max_energy is not None else 1.0)), 3)


def _shorter(limits: Limits, shown: Sequence[Item]) -> int:
    most = int(0.6 * median(i.minutes for i in shown)) if shown else SHORT
    return max(LEAST_MINUTES, min(most, limits.max_minutes if limits.max_minutes is not None else most))
