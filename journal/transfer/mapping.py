"""A map of names that a person may edit, as YAML: their mood names to valence, their activities to associations.

    moods:
      rad: 0.9            # from -1 (very unpleasant) to 1 (very pleasant)
    activities:
      gym: fitness        # one of the 18 associations; what is not named here stays a tag

An unknown mood name is never guessed: until it is named here, its entries come in without a valence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]

from agent.affect import ASSOCIATIONS
from agent.errors import Invalid
from journal.transfer.names import key

MOST_BYTES = 200_000
DEEPEST = 64
STEPS = (0.9, 0.45, 0.0, -0.45, -0.9)
"""The valence of Daylio's five steps, best first."""

MOODS: dict[str, float] = dict(
    zip("rad good meh bad awful super bien mouais mauvais horrible".split(), STEPS * 2, strict=True)
) | {"ok": 0.0}
"""The default names that have been seen, English and French."""

ACTIVITIES: dict[str, str] = {name.replace("_", " "): name for name in ASSOCIATIONS} | {
    "date": "dating", "school": "education", "study": "education", "exercise": "fitness", "sport": "fitness",
    "sports": "fitness", "gym": "fitness", "running": "fitness", "friend": "friends", "doctor": "health",
    "reading": "hobbies", "gaming": "hobbies", "relax": "self_care", "sleep early": "self_care",
    "meditation": "spirituality", "prayer": "spirituality", "cleaning": "tasks", "shopping": "tasks",
    "trip": "travel", "news": "current_events",
}  # fmt: skip
"""Common activity names that are clearly about one association."""


class NamedMap:
    """The built-in names with a person's own over them."""

    def __init__(self, moods: Mapping[str, float] | None = None, activities: Mapping[str, str] | None = None) -> None:
        self._moods = {key(name): value for name, value in MOODS.items()}
        self._moods |= {key(name): value for name, value in (moods or {}).items()}
        self._activities = {key(name): value for name, value in ACTIVITIES.items()}
        self._activities |= {key(name): value for name, value in (activities or {}).items()}

    def valence(self, mood: str) -> float | None:
        """The valence of a mood name, None for one that nobody has named."""
        return self._moods.get(key(mood))

    def association(self, activity: str) -> str | None:
        """The association of an activity, None for a tag."""
        return self._activities.get(key(activity)) or None


def parsed(text: str) -> tuple[dict[str, float], dict[str, str]]:
    """Moods and activities of a map. Raises `Invalid` and names the line or the name that is wrong."""
    if len(text) > MOST_BYTES:
        raise Invalid("map", f"found {len(text):,} characters, at most {MOST_BYTES:,} are read.")
    raw = plain_yaml(text, "map")
    if not isinstance(raw, dict) or set(raw) - {"moods", "activities"}:
        raise Invalid("map", "expected the two keys moods and activities, each a list of `name: value`.")
    moods, activities = raw.get("moods") or {}, raw.get("activities") or {}
    if not isinstance(moods, dict) or not isinstance(activities, dict):
        raise Invalid("map", "expected `name: value` lines under moods and activities.")
    return (
        {str(name): _valence(str(name), value) for name, value in moods.items() if value is not None},
        {str(name): _association(str(name), value) for name, value in activities.items() if value is not None},
    )


def template(moods: Iterable[str], activities: Iterable[str]) -> str:
    """A map to fill in: the names that nobody has named yet, each without a value."""
    lines = [
        "# Moods: a number from -1 (very unpleasant) to 1 (very pleasant). Left empty, the mood name becomes a tag.",
        "moods:", *(f"  {_quoted(name)}:" for name in sorted(moods)),
        f"# Activities: one of {', '.join(ASSOCIATIONS)}. Left empty, the activity stays a tag.",
        "activities:", *(f"  {_quoted(name)}:" for name in sorted(activities)),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def plain_yaml(text: str, field: str) -> Any:
    """YAML without aliases, by which a short text could stand for a huge one. Raises `Invalid`."""
    try:
        _check(text, field)
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise Invalid(field, f"{where}found text that is no YAML, expected `name: value` lines.") from None


def _check(text: str, field: str) -> None:
    """Looks at the events of a YAML text before anything is built of them, which would go as deep as the text does."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise Invalid(field, "YAML aliases (*name) are not read; write the value out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Invalid(field, f"found lists nested deeper than {DEEPEST} levels.")


def _quoted(name: str) -> str:
    quoted: str = yaml.safe_dump(name, allow_unicode=True, width=10**6, default_style='"')
    return quoted.strip()


def _valence(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1 <= value <= 1:
        raise Invalid("map", f"moods, {name[:40]!r}: found {str(value)[:40]!r}, expected a number from -1 to 1.")
    return float(value)


def _association(name: str, value: object) -> str:
    if value not in ASSOCIATIONS:
        allowed = ", ".join(ASSOCIATIONS)
        raise Invalid("map", f"activities, {name[:40]!r}: found {str(value)[:40]!r}, expected one of {allowed}.")
    return str(value)
