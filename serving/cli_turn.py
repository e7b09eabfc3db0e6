"""One turn on a terminal: the events of an entry told as they come."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from agent.events import Event
from serving.chat_page import TOLD
from serving.cli_errors import FAILED
from serving.cli_help_card import verdict
from serving.cli_show import feelings, heading, items, sentence, show, source
from serving.cli_text import moment
from serving.client import ClientError


@dataclass
class Turn:
    """What has been told of one entry so far. `saved` is the event of that name; in crisis only the card is shown."""

    out: Console
    err: Console
    text: str
    saved: dict[str, Any] | None = None
    crisis: bool = False
    _begun: bool = False
    _sources: list[str] = field(default_factory=list)

    async def follow(self, events: AsyncIterable[Event]) -> int:
        """Tells the turn to its end and returns the exit code. Raises `ClientError` where the text was not kept."""
        try:
            async for event in events:
                self.take(event)
                if event.last:
                    return self._end(event)
        except ClientError as error:
            if self.saved is None:
                if error.safety:  # the card comes first, and stands although nothing could be kept
                    verdict(self.out, error.safety)
                raise
            return self._broken(str(error))
        return 0

    def take(self, event: Event) -> None:
        """Tells one event."""
        if event.name == "saved":
            # Told with the next event: should that be the help card, it stands alone.
            self.saved = event.data
        elif event.name == "safety":
            self.crisis = event.data["level"] == "crisis"
            if not self.crisis:
                self._begin()
            verdict(self.out, event.data)
        elif not self.crisis:
            self._begin()
            self._tell(event)

    def _begin(self) -> None:
        if not self._begun and self.saved is not None:
            self._begun = True
            show(self.out, f"Kept, {moment(self.saved['created_at'])} \u00b7 {self.saved['id']}", style="dim")

    def _tell(self, event: Event) -> None:
        data = event.data
        if event.name != "explanation":
            self._close_explanation()
        match event.name:
            case "emotions":
                feelings(self.out, data)
            case "explanation":
                if not self._sources:
                    show(self.out)
                self._sources.append(data["source"])
                show(self.out, sentence(data["text"], self.text))
            case "suggestions" if data["items"]:
                heading(self.out, "If you would like something to do")
                items(self.out, data["items"])
            case "failed" if not event.last:
                show(self.err, TOLD.get(data["part"], data["message"]))

    def _close_explanation(self) -> None:
        if self._sources:
            source(self.out, self._sources)
            self._sources = []

    def _end(self, event: Event) -> int:
        return 0 if event.name == "done" or self.crisis else self._broken(event.data["message"])

    def _broken(self, why: str) -> int:
        if self.crisis:
            return 0  # The card is there and the entry is kept: nothing else was to come.
        self._begin()
        self._close_explanation()
        if self.saved is None:
            show(self.err, f"Your entry was not kept. {why}")
        else:
            show(self.err, f"Your entry is kept, but its reading broke off: `discovery show {self.saved['id']}`. {why}")
        return FAILED
