"""What the routes of suggestions take."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agent.domain import Goal
from retrieval.refine import Limits, Refinement
from serving.requests import Body, EmotionLabel, ItemId, Text, Weighted

Kind = Literal["game", "film", "series", "video"]
Warned = Literal[
    "violence", "horror", "self-harm", "grief", "gambling", "sexual content", "drugs", "abuse", "flashing lights",
    "strong language",
]  # fmt: skip
Minutes = Annotated[int, Field(ge=1, le=60_000)]
Items = Annotated[tuple[ItemId, ...], Field(max_length=1000)]


class SuggestPath(Body):
    """`POST /v1/suggest/path`. `emotions` are labels, or labels with probabilities; without them the text is read."""

    text: Text | None = None
    emotions: Annotated[list[EmotionLabel | Weighted], Field(max_length=28)] | None = None
    goal: Goal | None = None
    kinds: Annotated[tuple[Kind, ...], Field(max_length=4)] = ()
    exclude: Items = ()
    avoid: Annotated[tuple[Warned, ...], Field(max_length=10)] = ()
    max_minutes: Minutes | None = None
    max_energy: Annotated[float, Field(ge=0, le=1)] | None = None
    free_only: bool = False
    social_only: bool = False
    breakdown: bool = False

    def limits(self) -> Limits:
        """What every item must meet."""
        return Limits(self.max_minutes, self.max_energy, self.free_only, self.social_only, tuple(self.exclude))


class Suggest(SuggestPath):
    """`POST /v1/suggest`. `refine` tightens the limits by what was `shown`, the ids of the list on the screen."""

    limit: Annotated[int, Field(ge=1, le=50)] = 5
    refine: Annotated[tuple[Refinement, ...], Field(max_length=5)] = ()
    shown: Annotated[tuple[ItemId, ...], Field(max_length=50)] = ()


def told(limits: Limits) -> dict[str, Any]:
    """Limits as a client hands them back with its next request: only those that are set."""
    all_of_them = {
        "max_minutes": limits.max_minutes,
        "max_energy": limits.max_energy,
        "free_only": limits.free_only or None,
        "social_only": limits.social_only or None,
        "exclude": list(limits.exclude) or None,
    }
    return {name: value for name, value in all_of_them.items() if value is not None}
