"""The two-tap log and what stands beside the pages: pure, without Chainlit or HTTP.

A log is an entry like any other, with the person's own State of Mind; where they wrote no note, its text says in words
what they tapped, so that it can be read, found and exported like the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from agent.affect import ASSOCIATIONS, STATE
from agent.domain import MAX_TEXT
from agent.errors import Invalid
from journal.insights.rhythm import QUADRANTS, quadrant
from journal.reminders import LINE, Reminders, due
from journal.transfer.names import CLASSES, class_of
from serving.chat_page import Page
from serving.requests import OwnState

Json = dict[str, Any]


def choices() -> Json:
    """What can be tapped: `scale` (the seven classes with their middles), `quadrants` of labels, `associations`."""
    scale = [{"name": name.replace("_", " "), "valence": round((n - 3) * 2 / 7, 4)} for n, name in enumerate(CLASSES)]
    grouped = {name: [k for k, place in STATE.items() if quadrant(*place[:2]) == name] for name in QUADRANTS}
    quadrants = [{"name": name, "labels": sorted(labels)} for name, labels in grouped.items()]
    return {"scale": scale, "quadrants": quadrants, "associations": list(ASSOCIATIONS)}


def logged(payload: Mapping[str, Any]) -> Page:
    """The page of what was tapped: `valence`, and if given `labels`, `associations`, `note`. Raises `Invalid`."""
    note = payload.get("note") or ""
    if not isinstance(note, str) or len(note) > MAX_TEXT:
        raise Invalid("note", f"expected a text of at most {MAX_TEXT:,} characters")
    given = {name: payload.get(name) or [] for name in ("labels", "associations")}
    try:
        mind = OwnState.model_validate({"valence": payload.get("valence"), **given}).noun()
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(".".join(map(str, first["loc"])), f"found {first['input']!r}; {first['msg']}") from None
    page = Page(text=note.strip() or in_words(mind.valence, mind.labels, mind.associations), suggest=False)
    page.mind = mind.model_dump(mode="json")
    page.own = list(mind.labels) or None
    return page


def in_words(valence: float, labels: Sequence[str], associations: Sequence[str]) -> str:
    """What was tapped as a sentence."""
    felt = _listed(labels) if labels else class_of(valence).replace("_", " ")
    return f"Felt {felt}." + (f" It had to do with {_listed(associations)}." if associations else "")


def _listed(names: Sequence[str]) -> str:
    plain = [name.replace("_", " ") for name in names]
    return plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} and {plain[-1]}"


def asks(reminders: Mapping[str, Any], newest: Sequence[Mapping[str, Any]], now: datetime) -> str | None:
    """The line of a reminder whose time has come, unless something was written since; None otherwise. `newest` are
    entries, the newest first; `now` is on the person's own clock."""
    last = datetime.fromisoformat(newest[0]["created_at"]) if newest else None
    return LINE if due(Reminders.model_validate(reminders), now, last) else None
