"""What the agent needs from the outside, as Protocols.

serving/ provides them over Ray Serve handles, tests as strict fakes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agent.domain import (
    Added,
    Correction,
    Entry,
    Goal,
    Idempotency,
    Item,
    Level,
    Part,
    Reading,
    Settings,
    StateOfMind,
    Suggestion,
    Verdict,
)
from agent.revision import Changes, SharedCorrection, Version

Message = dict[str, str]
"""One chat message: `role` and `content`."""


class Classifier(Protocol):
    """Text to emotions."""

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        """One reading a text, in order; long texts are read in windows and pooled. Without `full` the readings may
        leave out the probabilities of all 28 labels, where no part needs them."""
        ...

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (n, 28), for many short texts at once; used to find evidence."""
        ...


class Embedder(Protocol):
    """Text to meaning."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 (n, 384)."""
        ...


class CrisisHead(Protocol):
    """The second layer of the crisis screen: it may raise a level, and is missing without harm."""

    async def levels(self, texts: Sequence[str]) -> list[Level]:
        """The level that each text speaks for, in order. Raises `agent.errors.Unavailable`."""
        ...


class LanguageModel(Protocol):
    """Messages to words."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, pattern: str | None = None, attempt: int = 0
    ) -> AsyncIterator[str]:
        """The answer in pieces as they are made; where the last message is the assistant's, it is gone on with.
        `pattern` is a regular expression that the whole answer must match, where the model can be held to one. A later
        `attempt` may word it differently. Raises `agent.errors.Unavailable` when the model is not there."""
        ...


class Recommender(Embedder, Protocol):
    """A feeling and a goal to things worth doing; it holds the encoder."""

    async def suggest(
        self,
        *,
        text: str = "",
        vector: NDArray[np.float32] | None = None,
        emotions: Sequence[tuple[str, float]] = (),
        goal: Goal | None = None,
        kinds: Sequence[str] = (),
        limit: int = 3,
        exclude: Sequence[str] = (),
        gentle: bool = False,
        liked: Sequence[str] = (),
        disliked: Sequence[str] = (),
        max_minutes: int | None = None,
        max_energy: float | None = None,
        free_only: bool = False,
        social_only: bool = False,
        avoid: Sequence[str] = (),
    ) -> list[Suggestion]:
        """At most `limit` suggestions, best first. `emotions` are (label, probability); `exclude`, `liked` and
        `disliked` are item ids; `gentle` keeps to low energy, low demand and no warnings at all; `avoid` are warnings
        to keep away. `vector` is what `embed` makes of the text, for whoever has it already."""
        ...

    async def path(self, *, text: str = "", **wishes: Any) -> list[Suggestion]:
        """Up to three suggestions in order, each a step from the present mood to the goal; `wishes` as above."""
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
        tags: Sequence[str] = (),
        created_at: datetime | None = None,
        zone: str | None = None,
        idempotency: Idempotency | None = None,
    ) -> Added:
        """Stores the text durably (fsync) before it returns. The entry's day is that of `zone` (IANA), else of the
        offset of `created_at`, else of the zone in the settings. Raises `Invalid`, `Conflict` while the same key still
        runs, and `KeyReused` when it came with another body."""
        ...

    async def finish(self, person: str, key: str, *, whole: bool) -> None:
        """Ends the turn of an idempotency key: `whole` keeps its result as the answer to repeats, otherwise the next
        repeat takes the turn up again."""
        ...

    async def attach(self, person: str, entry_id: str, part: Part, value: Any) -> None:
        """Adds one computed part to an entry; `value` is what the field of `Entry` holds."""
        ...

    async def get(self, person: str, entry_id: str) -> Entry:
        """One entry. Raises `NotFound`."""
        ...

    async def entries(
        self,
        person: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        emotion: str | None = None,
        tag: str | None = None,
        association: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[list[Entry], str | None]:
        """Entries, newest first, and the cursor of the next page; `emotion` is one that counts (`Entry.labels`), a tag
        is found whatever its case. Raises `Invalid` for a broken cursor."""
        ...

    async def edit(
        self,
        person: str,
        entry_id: str,
        *,
        text: str | None = None,
        correction: Correction | None = None,
        changes: Changes | None = None,
    ) -> Entry:
        """Corrects an entry and keeps what it was before: see `history`. A new text drops what was computed from the
        old one; of a correction and of `changes` only the fields that they name count. Raises `Invalid`, `NotFound`."""
        ...

    async def history(self, person: str, entry_id: str) -> list[Version]:
        """What an entry was before each edit, oldest first. Raises `NotFound`."""
        ...

    async def delete(self, person: str, entry_id: str) -> None:
        """Removes an entry for good. Raises `NotFound`."""
        ...

    async def search(
        self,
        person: str,
        query: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        emotion: str | None = None,
        tag: str | None = None,
        association: str | None = None,
        limit: int = 20,
    ) -> list[Entry]:
        """Entries that hold the words or come near the meaning of `query`, best first, among those that `entries`
        would list."""
        ...

    async def feedback(self, person: str, item_id: str, verdict: Verdict, *, entry_id: str | None = None) -> None:
        """Keeps what the person said of a suggestion; a later verdict on the same item replaces an earlier one."""
        ...

    async def verdicts(self, person: str) -> dict[str, Verdict]:
        """The latest verdict by item id."""
        ...

    async def forget_verdicts(self, person: str) -> None:
        """Forgets every verdict, so that the next suggestions start from nothing again."""
        ...

    async def settings(self, person: str) -> Settings:
        """What the person has chosen; defaults for somebody new."""
        ...

    async def save_settings(self, person: str, settings: Settings) -> None:
        """Replaces the settings."""
        ...

    async def consented_corrections(self, person: str) -> list[SharedCorrection]:
        """The corrections that the person lets training learn from, oldest first: none unless the settings, or the
        entry itself, say so, and never of an entry that showed the help card for a crisis."""
        ...

    async def keep(self, person: str, drawer: str, name: str, value: Any) -> None:
        """Puts one small thing (plain JSON, up to 1 MB) into a drawer of the person's, in the place of an earlier one
        of that name: reminders, a map of names, a thread. Encrypted, exported and erased like all the rest; `drawer`
        alone stands in clear. Raises `Invalid`."""
        ...

    async def kept(self, person: str, drawer: str) -> dict[str, Any]:
        """Everything in a drawer by name."""
        ...

    async def drop(self, person: str, drawer: str, name: str | None = None) -> None:
        """Takes one thing out of a drawer, or empties it; what is not there is no fault."""
        ...

    async def insights(
        self, person: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> dict[str, Any]:
        """Figures over a span of time as plain JSON: see `journal.insights`."""
        ...

    async def week(self, person: str, day: date) -> dict[str, Any]:
        """The week of a day in figures: see `journal.insights.week`."""
        ...

    async def similar(
        self,
        person: str,
        *,
        entry_id: str | None = None,
        text: str = "",
        reading: Reading | None = None,
        limit: int = 5,
    ) -> list[tuple[Entry, float]]:
        """Entries most like one of the journal, or like a text with its reading, best first, each with its nearness
        (0 to 1), by meaning and feeling. Raises `NotFound`."""
        ...

    async def export(self, person: str) -> bytes:
        """Everything of this person in one zip archive: see `journal.transfer.archive`."""
        ...

    async def import_archive(self, person: str, archive: bytes, *, dry_run: bool = False) -> dict[str, Any]:
        """Takes an archive in, all or nothing: counts of `added` and `known`, and `import`, the id by which it can be
        taken back. `dry_run` changes nothing. Raises `Invalid`."""
        ...

    async def take_in(
        self, person: str, entries: Sequence[Entry], *, format_name: str, dry_run: bool = False
    ) -> dict[str, Any]:
        """Stores whole entries from outside, all or nothing, but for those that are there already by their id or their
        moment and text: `{added: [ids], known: number, import: id or None}`. `dry_run` changes nothing."""
        ...

    async def imports(self, person: str) -> list[dict[str, Any]]:
        """What was taken in and can be taken back, newest first: `{id, format, at, entries}`."""
        ...

    async def undo_import(self, person: str, import_id: str) -> dict[str, int]:
        """Removes what an import added, but for entries that the person has changed since: `removed`, `kept`, `gone`.
        Raises `NotFound`."""
        ...

    async def export_as(self, person: str, format_name: str) -> tuple[bytes, int, int]:
        """The journal in another format, how many entries are in it, and how many it has no place for. Raises
        `Invalid`."""
        ...

    async def erase(self, person: str) -> None:
        """Removes everything of this person and the key that could read it."""
        ...
