"""What one turn yields, in order, and its form as server-sent events.

`saved safety emotions evidence explanation... suggestions done`, with `failed` in the place of a part that did not
work. Exactly one last event: `done`, or `failed` with `fatal`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from agent.domain import Noun

Name = Literal["saved", "safety", "emotions", "evidence", "explanation", "suggestions", "failed", "done"]


class Event(Noun):
    """One thing that happened. `data` is plain JSON, as the contract of `/v1/entries` fixes it."""

    name: Name
    data: dict[str, Any]

    @property
    def last(self) -> bool:
        """True when nothing follows."""
        return self.name == "done" or (self.name == "failed" and bool(self.data.get("fatal")))


def failed(part: str, message: str, *, fatal: bool = False) -> Event:
    """The event for a part that did not work; the turn goes on unless it is fatal."""
    return Event(name="failed", data={"part": part, "message": message, "fatal": fatal})


def to_sse(event: Event, number: int) -> str:
    """One server-sent event. The data is one line of JSON, so no text can end the event early."""
    # ASCII escapes keep U+2028 and friends, which some clients split lines at, out of the stream.
    return f"id: {number}\nevent: {event.name}\ndata: {json.dumps(event.data, ensure_ascii=True)}\n\n"


def from_sse(lines: Iterable[str]) -> Iterator[Event]:
    """The events in the lines of a stream; comments (pings) are passed over. Raises `ValueError` for broken JSON."""
    name, data = "", ""
    for line in lines:
        line = line.rstrip("\r\n")
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data += line[5:].strip()
        elif not line and name:
            yield Event.model_validate({"name": name, "data": json.loads(data)})
            name, data = "", ""
