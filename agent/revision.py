"""What becomes of an entry after it was written: changes, earlier versions, and what training may learn of it."""

from __future__ import annotations

from pydantic import AwareDatetime

from agent.domain import Goal, Label, Noun, Reading, StateOfMind, Tags, Valence, Written, Zone


class Version(Noun):
    """What an entry was before an edit; `number` counts from 1."""

    entry_id: str
    number: int
    replaced_at: AwareDatetime
    was: Written


class Changes(Noun):
    """What an edit changes beside text and correction. Only the fields that are named change; None takes away."""

    state_of_mind: StateOfMind | None = None
    tags: Tags = ()
    goal: Goal | None = None
    created_at: AwareDatetime | None = None
    zone: Zone | None = None
    share: bool | None = None


class SharedCorrection(Noun):
    """A correction that the person lets training learn from: the text, what they set, what had been read instead, and
    the model that read it."""

    text: str
    labels: tuple[Label, ...]
    valence: Valence | None = None
    reading: Reading | None = None
    model: str = ""
