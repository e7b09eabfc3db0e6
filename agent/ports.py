"""What the agent needs from the outside, as Protocols. serving/ provides them over Ray Serve handles, tests as strict fakes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agent.domain import Correction, Entry, Goal, Item, Part, Reading, StateOfMind, Suggestion

Message = dict[str, str]
"""One chat message: `role` and `content`."""


class Classifier(Protocol):
    """Text to emotions."""

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text, in order; long texts are read in windows and pooled."""
        ...

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (n, 28), for many short texts at once; used to find evidence."""
        ...


class Embedder(Protocol):
    """Text to meaning."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 (n, 384)."""
        ...


class LanguageModel(Protocol):
    """Messages to words."""

    def stream(self, messages: Sequence[Message], *, max_tokens: int, stop: Sequence[str] = ()) -> AsyncIterator[str]:
        """The answer in pieces as they are made. Raises `agent.errors.Unavailable` when the model is not there."""
        ...


class Recommender(Protocol):
    """A feeling and a goal to things worth doing."""

    async def suggest(
        self,
        *,
        text: str = "",
        emotions: Sequence[tuple[str, float]] = (),
        goal: Goal | None = None,
        kinds: Sequence[str] = (),
        limit: int = 3,
        exclude: Sequence[str] = (),
        gentle: bool = False,
        liked: Sequence[str] = (),
        disliked: Sequence[str] = (),
        max_minutes: int | None = None,
        free_only: bool = False,
    ) -> list[Suggestion]:
        """At most `limit` suggestions, best first. `emotions` are (label, probability); `exclude`, `liked` and
        `disliked` are item ids; `gentle` keeps to low energy, low demand and no warnings at all."""
        ...

    async def items(self, ids: Sequence[str]) -> list[Item]:
        """The items with these ids, unknown ones left out."""
        ...


class Journal(Protocol):
    """What is kept. Every method speaks for one person and never sees another's rows."""

    async def add(
        self,
        person: str,
        text: str,
        *,
        goal: Goal | None = None,
        state_of_mind: StateOfMind | None = None,
        created_at: datetime | None = None,
    ) -> Entry:
        """Stores the text durably (fsync) before it returns."""
        ...

    async def attach(self, person: str, entry_id: str, part: Part, value: Any) -> None:
        """Adds one computed part to an entry; `value` is what the field of `Entry` holds."""
        ...

    async def get(self, person: str, entry_id: str) -> Entry:
        """One entry. Raises `NotFound`."""
        ...

    async def list(
        self,
        person: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        emotion: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[list[Entry], str | None]:
        """Entries, newest first, and the cursor of the next page. Raises `Invalid` for a broken cursor."""
        ...

    async def edit(self, person: str, entry_id: str, *, text: str | None = None, correction: Correction | None = None) -> Entry:
        """Corrects an entry. A new text drops what was computed from the old one. Raises `NotFound`."""
        ...

    async def delete(self, person: str, entry_id: str) -> None:
        """Removes an entry for good. Raises `NotFound`."""
        ...
