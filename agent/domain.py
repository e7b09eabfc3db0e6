"""The nouns of Discovery: pure, frozen values. All offsets count code points into the stored text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

MAX_TEXT = 20_000
"""Longest entry in characters; about forty pages of handwriting."""

EMOTIONS: tuple[str, ...] = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy",
    "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)  # fmt: skip
"""The 28 labels in the order of the GoEmotions ids 0..27 (Demszky et al., ACL 2020)."""

NEUTRAL = EMOTIONS.index("neutral")

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Valence = Annotated[float, Field(ge=-1.0, le=1.0)]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Verdict = Literal["like", "dislike", "done", "not_this"]
"""What a person said of a suggestion."""

MAX_TAGS = 50
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+\-/]{1,64}$")]
"""A place of the IANA time zone database, such as Europe/Vienna."""


def _once(tags: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return tuple(first.values())


Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=MAX_TAGS), AfterValidator(_once)]
"""Free words of the person's own, each once whatever its case, in their order."""


class Noun(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Goal(StrEnum):
    """What a person wants to feel next. No goal at all means: near the present mood, gently lighter."""

    STAY = "stay"
    LIFT = "lift"
    CALM = "calm"
    ENERGISE = "energise"
    DISTRACT = "distract"
    CONNECT = "connect"


class Level(StrEnum):
    """How worried the crisis screen is about a text, in rising order."""

    NONE = "none"
    CONCERN = "concern"
    CRISIS = "crisis"


class Emotion(Noun):
    """One emotion that was read, with its calibrated probability."""

    label: Label
    probability: Probability


class Reading(Noun):
    """What the classifier read in one text.

    `emotions` are the labels that the model tells, strongest first: those above their thresholds, or, where there are
    none, what `reader/decision.py` falls back to; `probabilities` holds all 28 labels; `unsure` says that nothing is
    told, not even neutral; `windows` counts the pieces a long text was read in.
    """

    emotions: tuple[Emotion, ...]
    unsure: bool = False
    probabilities: dict[str, Probability] = Field(default_factory=dict)
    model: str = ""
    windows: int = 1

    @property
    def felt(self) -> tuple[Emotion, ...]:
        """The emotions above their thresholds without `neutral`."""
        return tuple(e for e in self.emotions if e.label != EMOTIONS[NEUTRAL])

    def nearest(self, count: int = 3) -> tuple[Emotion, ...]:
        """The `count` most probable labels but neutral, thresholds or not: the candidates of an unsure reading."""
        ranked = sorted(self.probabilities.items(), key=lambda pair: -pair[1])
        return tuple(Emotion(label=k, probability=v) for k, v in ranked if k != EMOTIONS[NEUTRAL])[:count]


class Span(Noun):
    """Characters `start:end` of the stored text that carried `label`; its probability falls by `drop` without them."""

    label: Label
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    drop: float

    def of(self, text: str) -> str:
        """The words themselves."""
        return text[self.start : self.end]


class Explanation(Noun):
    """One sentence of the explanation, who worded it, and whether it is a second try after one that failed."""

    text: str
    source: Literal["model", "evidence"]
    regenerated: bool = False


class StateOfMind(Noun):
    """How the person labels a moment themselves, after Apple's HealthKit `HKStateOfMind`, so that it can travel."""

    kind: Literal["momentary_emotion", "daily_mood"] = "momentary_emotion"
    valence: Valence
    labels: tuple[Label, ...] = ()
    associations: tuple[Label, ...] = ()


class Item(Noun):
    """A work of the catalogue: `valence` is -1..1, `energy` and `demand` are 0..1, `year` is None where unknown."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,79}$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    kind: Literal["game", "film", "series", "video"]
    year: Annotated[int, Field(ge=1880, le=2100)] | None
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=300)]
    description: Annotated[str, StringConstraints(min_length=20, max_length=500)]
    genres: tuple[Label, ...]
    valence: Valence
    energy: Unit
    demand: Unit
    minutes: int = Field(ge=1, le=60_000)
    social: bool
    free: bool
    warnings: tuple[Label, ...] = ()
    goals: tuple[Goal, ...] = ()
    licence: str
    source: str


class Suggestion(Noun):
    """An item worth taking now, why, and the parts of its score by name (they sum to `score`)."""

    item: Item
    reason: str
    score: float
    breakdown: dict[str, float] = Field(default_factory=dict)


class HelpLine(Noun):
    """One crisis service, every fact of it from a named source."""

    name: str
    phone: str | None = None
    text: str | None = None
    url: str | None = None
    hours: str | None = None
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...]
    verified_on: str | None = None


class HelpCard(Noun):
    """Where a person in distress can turn, in `region` (ISO 3166 alpha-2, or GLOBAL); `about` says whose distress."""

    region: str
    about: Literal["self", "other"] = "self"
    message: str
    lines: tuple[HelpLine, ...]
    emergency: tuple[str, ...] = ()


class Safety(Noun):
    """The verdict of the crisis screen; the card comes with every level but `none`."""

    level: Level = Level.NONE
    card: HelpCard | None = None


class Correction(Noun):
    """What the person says instead of the reading. It wins everywhere the reading would have been used."""

    labels: tuple[Label, ...] | None = None
    valence: Valence | None = None


class Origin(Noun):
    """Where an entry that was taken in comes from: the format, its id there, and what else was said of it there."""

    format: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    id: Annotated[str, StringConstraints(max_length=200)] | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


class Written(Noun):
    """What the person gave of an entry themselves; the rest of it is computed.

    `created_at` carries the person's own offset, so `day` is their local day; `zone` is its IANA name where it is
    known. `share` overrides, for this entry, what the settings say about sharing corrections.
    """

    text: str
    created_at: AwareDatetime
    zone: Zone | None = None
    goal: Goal | None = None
    state_of_mind: StateOfMind | None = None
    tags: Tags = ()
    correction: Correction | None = None
    share: bool | None = None
    origin: Origin | None = None

    @property
    def day(self) -> date:
        """The day of the person's own calendar."""
        return self.created_at.date()


class Entry(Written):
    """One page of the journal with everything that has been attached to it so far. `verdicts` is what the person did
    with its suggestions, by item id."""

    id: str
    person: str
    safety: Safety | None = None
    reading: Reading | None = None
    evidence: tuple[Span, ...] | None = None
    explanation: tuple[Explanation, ...] | None = None
    suggestions: tuple[Suggestion, ...] | None = None
    verdicts: dict[str, Verdict] = Field(default_factory=dict)

    @property
    def felt(self) -> tuple[Emotion, ...]:
        """The emotions that count for this entry: the person's own, each certain, or else those that were read."""
        if self.correction and self.correction.labels is not None:
            return tuple(Emotion(label=label, probability=1.0) for label in self.correction.labels)
        return self.reading.felt if self.reading else ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of `felt`."""
        return tuple(emotion.label for emotion in self.felt)


class Idempotency(Noun):
    """A client's promise that a repeated request is the same one: its key, and the sha256 of the body in hex."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    body: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Added(Noun):
    """What adding came to: `new`; `stored`, finished under the same key; `resumed`, cut off under it, with parts."""

    entry: Entry
    state: Literal["new", "stored", "resumed"]


class Settings(Noun):
    """What a person has chosen. `region` is ISO 3166 alpha-2, None leaves it to the locale; `zone` is where their days
    begin when a client names no place; `share_corrections` lets training learn from what they corrected."""

    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    read_emotions: bool = True
    suggestions: bool = True
    zone: Zone | None = None
    share_corrections: bool = False


Part = Literal["safety", "reading", "evidence", "explanation", "suggestions"]
"""What can be attached to an entry after it was saved: the names of the fields of `Entry`."""


def utcnow() -> datetime:
    """The present moment with its zone."""
    return datetime.now(UTC)


def as_json(value: Any) -> Any:
    """A noun, or a sequence of nouns, as plain JSON values."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [as_json(v) for v in value]
    return value
