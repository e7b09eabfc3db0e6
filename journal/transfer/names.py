"""The names of State of Mind in every spelling that has been seen: snake_case, camelCase, Title Case, Apple's numbers.

`Self Care`, `self_care`, `selfCare` and 13 are one association. Class names are kept apart from valence: the valence
decides, and the class is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from agent.affect import ASSOCIATIONS, STATE, STATE_LABELS
from agent.domain import StateOfMind
from journal.transfer.draft import Note, passed_over

Kind = Literal["momentary_emotion", "daily_mood"]

CLASSES = (
    "very_unpleasant", "unpleasant", "slightly_unpleasant", "neutral", "slightly_pleasant", "pleasant", "very_pleasant",
)  # fmt: skip
"""The seven classes of valence, which Apple numbers from 1."""

EDGE = 1e-9
"""How near a border counts as on it; sources disagree about the border itself, and floats miss it anyway."""

AGREES = 0.25
"""How far valence and labels may lie on different sides of neutral before a note says so."""


def key(name: object) -> str:
    """A name without case, spaces, underscores and hyphens."""
    return re.sub(r"[\s_-]+", "", str(name)).lower()


def _numbered(names: Iterable[str]) -> dict[str, str]:
    listed = list(names)
    return {key(name): name for name in listed} | {str(number): name for number, name in enumerate(listed, start=1)}


_LABELS, _ASSOCIATIONS, _CLASSES = _numbered(STATE_LABELS), _numbered(ASSOCIATIONS), _numbered(CLASSES)
_KINDS: dict[str, Kind] = {
    "momentaryemotion": "momentary_emotion", "momentary": "momentary_emotion", "mood": "momentary_emotion",
    "1": "momentary_emotion", "dailymood": "daily_mood", "daily": "daily_mood", "2": "daily_mood",
}  # fmt: skip


def camel(name: str) -> str:
    """`daily_mood` as `dailyMood`: how Swift and FHIR spell it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def title(name: str) -> str:
    """`daily_mood` as `Daily Mood`."""
    return " ".join(part.capitalize() for part in name.split("_"))


def association_of(name: object) -> str | None:
    """The association a name stands for."""
    return _ASSOCIATIONS.get(key(name))


def kind_of(name: object) -> Kind | None:
    """The kind a name stands for."""
    return _KINDS.get(key(name))


def class_of(valence: float) -> str:
    """The class of a valence; a border belongs to the class nearer neutral."""
    step = sum(abs(valence) > border / 7 + EDGE for border in (1, 3, 5))
    return CLASSES[3 + (step if valence > 0 else -step)]


def valence_of_class(name: object) -> float | None:
    """The middle of a class, for files that tell nothing finer."""
    known = _CLASSES.get(re.sub(r"^hkcategoryvaluestateofmindvalence", "", key(name)))
    return round((CLASSES.index(known) - 3) * 2 / 7, 4) if known else None


def number(value: object) -> float | None:
    """A finite number in a value, None for anything else."""
    try:
        found = float(str(value).strip().replace("\u2212", "-"))
    except ValueError:
        return None
    return found if abs(found) < 1e6 else None


def listed(value: object) -> list[str]:
    """The names in a list, or in a string that holds several."""
    if value is None:
        return []
    many = value if isinstance(value, list | tuple) else re.split(r"[,;|]", str(value))
    return [name for one in many if (name := str(one).strip())]


def state(
    where: str, *, valence: object, kind: object = None, labels: object = None, associations: object = None,
    named_class: object = None,
) -> tuple[StateOfMind | None, list[Note]]:  # fmt: skip
    """The state of mind of raw values, and notes of what was not understood in them. The valence decides over the
    class; without a valence the middle of the class is taken. None where there is neither."""
    notes: list[Note] = []
    found = number(valence)
    if found is None and valence not in (None, ""):
        found = valence_of_class(valence)
    if found is None and named_class not in (None, ""):
        found = _from_class(named_class)
    if found is None or not -1 <= found <= 1:
        return None, [passed_over(where, valence if found is None else found, "a valence from -1 to 1")]
    known_kind = kind_of(kind) if kind not in (None, "") else "momentary_emotion"
    if known_kind is None:
        notes.append(passed_over(where, kind, "the kind momentary_emotion or daily_mood"))
    made = StateOfMind(
        kind=known_kind or "momentary_emotion",
        valence=found,
        labels=tuple(_known(where, listed(labels), _LABELS, "one of the 38 labels", notes)),
        associations=tuple(_known(where, listed(associations), _ASSOCIATIONS, "one of the 18 associations", notes)),
    )
    return made, [*notes, *_disagreements(where, made, named_class)]


def _from_class(named_class: object) -> float | None:
    """A bare -1, 0 or 1 could be a sign as well as a class, so a number counts from 2 only."""
    as_number = number(named_class)
    return valence_of_class(named_class) if as_number is None or as_number > 1 else None


def _known(where: str, names: list[str], table: dict[str, str], expected: str, notes: list[Note]) -> Iterator[str]:
    seen = set()
    for name in names:
        known = table.get(key(name))
        if known is None:
            notes.append(passed_over(where, name, expected))
        elif known not in seen:
            seen.add(known)
            yield known


def _disagreements(where: str, made: StateOfMind, named_class: object) -> Iterator[Note]:
    """Notes where the class or the labels say the opposite of the valence. Nothing is changed."""
    told = valence_of_class(named_class) if named_class not in (None, "") and number(named_class) is None else None
    if told is not None and told * made.valence < 0:
        yield passed_over(where, named_class, f"a class that agrees with the valence {made.valence:+.2f}, which counts")
    places = [STATE[label].valence for label in made.labels]
    if places and max(v * (1 if made.valence > 0 else -1) for v in places) < -AGREES and abs(made.valence) > AGREES:
        yield passed_over(where, ", ".join(made.labels), f"labels that agree with the valence {made.valence:+.2f}")
