"""The small things of a person's own that travel in an archive beside the entries, each checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from agent.care import Care
from agent.errors import Invalid
from journal.reminders import checked as reminders
from journal.transfer.mapping import parsed

Drawers = Mapping[str, Mapping[str, Any]]
"""Things by drawer and name, as plain JSON."""


def _reminders(value: Any) -> None:
    reminders(value["at"], value["days"])


_CHECKS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "reminders": ("times", _reminders),
    "import-map": ("names", parsed),
    "care": ("state", Care.model_validate),
}
"""The drawers that travel, the one name in each, and what raises for a value that cannot be."""


def travelling(drawers: Drawers) -> dict[str, dict[str, Any]]:
    """Of all drawers those that go into an archive. What was imported when belongs to the place where it was."""
    return {drawer: dict(things) for drawer, things in drawers.items() if drawer in _CHECKS}


def check(drawers: Drawers) -> None:
    """Raises `Invalid` for a thing that no Discovery has kept: it would break whoever reads it later."""
    for drawer, things in drawers.items():
        if drawer not in _CHECKS or set(things) != {_CHECKS[drawer][0]}:
            raise Invalid("drawers", f"{ascii(drawer)[:60]} holds something that this version does not know.")
        name, ask = _CHECKS[drawer]
        try:
            ask(things[name])
        except (Invalid, ValidationError, KeyError, TypeError, AttributeError):
            raise Invalid("drawers", f"{drawer}: its {name} cannot be read.") from None
