"""What the API takes: one model a body, unknown fields refused, every text a string that can be stored and returned."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from agent.affect import ASSOCIATIONS, STATE_LABELS
from agent.domain import EMOTIONS, MAX_TAGS, MAX_TEXT, Goal, StateOfMind, Tag, Valence, Verdict, Zone
from agent.revision import Changes

MOST_TEXTS = 512


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"must be valid Unicode; a lone surrogate stands at character {error.start}") from None
    return text


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("must hold at least one character that is not white space")
    return _encodable(text)


def _place(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a place of the time zone database, such as Europe/Vienna") from None
    return zone


def _known(allowed: tuple[str, ...]) -> AfterValidator:
    def check(label: str) -> str:
        if label not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return label

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(_written)]
EmotionLabel = Annotated[str, _known(EMOTIONS)]
Association = Annotated[str, _known(ASSOCIATIONS)]
TagList = Annotated[list[Annotated[Tag, AfterValidator(_encodable)]], Field(max_length=MAX_TAGS)]
Place = Annotated[Zone, AfterValidator(_place)]
ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,79}$")]
EntryId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Body(BaseModel):
    """A request body that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class OwnState(Body):
    """The person's own State of Mind: valence -1..1, the 38 labels and 18 associations of the design."""

    kind: Literal["momentary_emotion", "daily_mood"] = "momentary_emotion"
    valence: Valence
    labels: Annotated[list[Annotated[str, _known(STATE_LABELS)]], Field(max_length=38)] = []
    associations: Annotated[list[Association], Field(max_length=18)] = []

    def noun(self) -> StateOfMind:
        """The frozen value of the domain."""
        return StateOfMind.model_validate(self.model_dump())


class NewEntry(Body):
    """`POST /v1/entries`."""

    text: Text
    goal: Goal | None = None
    state_of_mind: OwnState | None = None
    tags: TagList = []
    suggest: bool = True
    created_at: AwareDatetime | None = None
    zone: Place | None = None


class ChangedEntry(Body):
    """`PATCH /v1/entries/{id}`: the person's own labels and valence, a new text that is read again, and what they gave
    with it. `share` lets training learn from this correction, or not, whatever the settings say; null leaves it to
    them."""

    text: Text | None = None
    labels: Annotated[list[EmotionLabel], Field(max_length=28)] | None = None
    valence: Valence | None = None
    state_of_mind: OwnState | None = None
    tags: TagList = []
    goal: Goal | None = None
    created_at: AwareDatetime | None = None
    zone: Place | None = None
    share: bool | None = None

    def changes(self) -> Changes:
        """The fields beside text and correction that were named."""
        named = {name: getattr(self, name) for name in self.model_fields_set & set(Changes.model_fields)}
        if isinstance(state := named.get("state_of_mind"), OwnState):
            named["state_of_mind"] = state.noun()
        return Changes.model_validate(named)


class Classify(Body):
    """`POST /v1/classify`."""

    texts: Annotated[list[Text], Field(min_length=1, max_length=MOST_TEXTS)]
    full: bool = False


class Query(Body):
    """`POST /v1/search`."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_written)]
    since: Annotated[AwareDatetime | None, Field(alias="from")] = None
    until: Annotated[AwareDatetime | None, Field(alias="to")] = None
    emotion: EmotionLabel | None = None
    tag: Annotated[Tag, AfterValidator(_encodable)] | None = None
    association: Association | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    def narrowed(self) -> dict[str, Any]:
        """What narrows the search, by the names of the journal."""
        return self.model_dump(include={"since", "until", "emotion", "tag", "association"})


class Weighted(Body):
    """An emotion with how sure it is."""

    label: EmotionLabel
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0


class Feedback(Body):
    """`POST /v1/feedback`."""

    item_id: ItemId
    verdict: Verdict
    entry_id: EntryId | None = None


class ChangedSettings(Body):
    """`PATCH /v1/me`: only the fields that are given change."""

    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    read_emotions: bool = True
    suggestions: bool = True
    zone: Place | None = None
    share_corrections: bool = False


class ChatMessage(Body):
    """One message of `POST /v1/chat/completions`."""

    role: Literal["system", "user", "assistant", "developer"]
    content: Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(_encodable)]


class ChatRequest(BaseModel):
    """`POST /v1/chat/completions`. Other members of the OpenAI form are accepted and passed over: we fix them."""

    model: Literal["discovery"]
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=100)]
    stream: bool = False
    n: Literal[1] = 1


class Question(Body):
    """`POST /v1/ask`: the lines of a conversation, the newest last."""

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=100)]
