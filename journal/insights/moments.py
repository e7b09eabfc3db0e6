"""What the figures need of one entry: the person's own word first, the reading only where they said nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from agent.affect import AFFECT, STATE
from agent.domain import EMOTIONS, NEUTRAL, Entry

Weighted = tuple[str, float]


class Moment(NamedTuple):
    """One entry in figures. `labels` are the person's own (a correction, then their State of Mind), else those that
    were read; `valence` and `energy` are None where nothing is known; `own` says that the person gave the valence,
    `named` that they gave the labels; `associations` is None where they did not label the moment, which is not the same
    as naming none."""

    at: datetime
    labels: tuple[str, ...]
    valence: float | None
    own: bool
    associations: tuple[str, ...] | None
    tags: tuple[str, ...] = ()
    energy: float | None = None
    named: bool = False
    id: str = ""

    @classmethod
    def of(cls, entry: Entry) -> Moment:
        """The moment of an entry; its day is the person's own local day."""
        own, weighted, named = own_valence(entry), felt(entry), own_labels(entry)
        place = centre(weighted)
        return cls(
            at=entry.created_at,
            labels=named if named is not None else tuple(e.label for e in entry.reading.felt) if entry.reading else (),
            valence=own if own is not None else place and place[0],
            own=own is not None,
            associations=entry.state_of_mind.associations if entry.state_of_mind else None,
            tags=tuple(tag.casefold() for tag in entry.tags),
            energy=place and place[1],
            named=named is not None,
            id=entry.id,
        )


def own_valence(entry: Entry) -> float | None:
    """The valence that the person gave."""
    if entry.correction and entry.correction.valence is not None:
        return entry.correction.valence
    return entry.state_of_mind.valence if entry.state_of_mind else None


def own_labels(entry: Entry) -> tuple[str, ...] | None:
    """The labels that the person gave; None where they gave none."""
    if entry.correction and entry.correction.labels is not None:
        return entry.correction.labels
    return (entry.state_of_mind.labels or None) if entry.state_of_mind else None


def felt(entry: Entry) -> list[Weighted]:
    """The labels that count, with their weights: the person's own in full, those that were read by how sure they are.
    What has no place in our tables, and an unsure reading, say nothing."""
    named = own_labels(entry)
    if named is not None:
        return [(label, 1.0) for label in named if placed(label)]
    return [(e.label, e.probability) for e in entry.reading.emotions if e.probability > 0] if entry.reading else []


def placed(label: str) -> tuple[float, float] | None:
    """Valence and energy of a label, from either table."""
    place = AFFECT.get(label) or STATE.get(label)
    return (place.valence, place.energy) if place else None


def centre(weighted: Sequence[Weighted]) -> tuple[float, float] | None:
    """The weighted mean place; None for nothing."""
    places = [(place, weight) for label, weight in weighted if (place := placed(label))]
    total = sum(weight for _, weight in places)
    if total <= 0:
        return None
    valence = sum(place[0] * weight for place, weight in places) / total
    energy = sum(place[1] * weight for place, weight in places) / total
    return valence, energy


def valences(moments: Iterable[Moment]) -> list[float]:
    """The valences that are known."""
    return [m.valence for m in moments if m.valence is not None]


def mean(values: Sequence[float]) -> float | None:
    """The mean to three places; None for nothing."""
    return round(sum(values) / len(values), 3) if values else None


def without_neutral(labels: Iterable[str]) -> list[str]:
    """The labels but neutral, which is the absence of the others."""
    return [label for label in labels if label != EMOTIONS[NEUTRAL]]
