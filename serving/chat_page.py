"""One entry as the page shows it, built from the events of a turn or from an entry that the journal gave back.

Nothing here knows of Chainlit or HTTP. The browser's side of every field is in `serving/web/elements`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from agent.affect import AFFECT
from agent.domain import EMOTIONS, NEUTRAL, utcnow
from agent.events import Event
from serving.client import EntryData

State = Literal["asking", "answered", "keeping", "kept", "unkept", "deleted"]
"""Where the text is: held against what can be asked, answered and not kept, on its way to the disk, on it, not on it,
gone."""

SURE = ((0.8, "quite sure"), (0.55, "probably"), (0.35, "might be"), (0.0, "a trace"))
"""How sure a calibrated probability is, in words, from its lower bound."""

TOLD = {
    "emotions": "The part that reads emotions is not answering. Your entry is kept; you can name the feeling yourself.",
    "evidence": "Which of your words carried it could not be worked out this time.",
    "explanation": "There is no explanation this time.",
    "suggestions": "Suggestions are not available right now.",
}
"""What a person is told when a part of the turn fails. Other parts speak for themselves."""

BROKE_OFF = "The reading broke off. Your entry is kept, and so is whatever was ready."

ITEM = ("id", "title", "kind", "year", "minutes", "url", "reason", "free", "social", "warnings")
"""What a card shows of an item."""

Json = dict[str, Any]


@dataclass
class Page:
    """What the browser gets of one entry. `key` names the page before the entry has an id; `own` are the person's
    labels; `reading` is true while more may come. `care` is where the crisis path stands, `question` what is asked
    while it waits for an answer, `says` what was answered; a `bare` page is the help card alone, without an entry.
    `answer` are the sentences to a text that was a question. `limits` are those of the list on the screen, `refined`
    the clicks that led to it, `nothing` the click that found nothing, `way` the three steps that were asked for,
    and `mind` the State of Mind that was tapped with the text."""

    text: str
    goal: str | None = None
    suggest: bool = True
    key: str = field(default_factory=lambda: str(uuid4()))
    id: str | None = None
    when: str = field(default_factory=lambda: utcnow().isoformat())
    state: State = "keeping"
    live: bool = True
    reading: bool = True
    trouble: str | None = None
    level: str = "none"
    card: Json | None = None
    care: str = "closed"
    question: str | None = None
    says: str | None = None
    bare: bool = False
    emotions: list[Json] | None = None
    nearest: list[Json] = field(default_factory=list)
    unsure: bool = False
    own: list[str] | None = None
    spans: list[Json] = field(default_factory=list)
    explanation: list[Json] = field(default_factory=list)
    suggestions: list[Json] = field(default_factory=list)
    limits: Json = field(default_factory=dict)
    refined: list[str] = field(default_factory=list)
    nothing: str | None = None
    way: list[Json] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)
    mind: Json | None = None

    @classmethod
    def stored(cls, entry: EntryData) -> Page:
        """The page of an entry that the journal gave back."""
        page = cls(
            text=entry["text"], goal=entry.get("goal"), key=entry["id"], id=entry["id"], when=entry["created_at"]
        )
        page.state, page.live, page.reading = "kept", False, False
        for name in ("safety", "emotions", "evidence", "suggestions"):
            if entry.get(name):
                page.take(Event(name=name, data=entry[name]))
        for sentence in entry.get("explanation") or ():
            page.take(Event(name="explanation", data=sentence))
        page.own = (entry.get("correction") or {}).get("labels")
        if page.own is None:
            page.own = (entry.get("state_of_mind") or {}).get("labels") or None
        said = entry.get("verdicts") or {}
        for item in page.suggestions:
            item["verdict"] = said.get(item["id"])
        return page

    def take(self, event: Event) -> None:
        """Takes one event of the turn into the page."""
        data = event.data
        match event.name:
            case "saved":
                self.state, self.trouble, self.id = "kept", None, data["id"]
            case "safety":
                self.level, self.card = data["level"], data.get("card")
                self.stands(data)
            case "emotions":
                self.unsure = bool(data.get("unsure"))
                self.emotions = [emotion(found) for found in data["emotions"]]
                self.nearest = [emotion(found) for found in data.get("nearest", ())]
            case "evidence":
                self.spans = [span(found) for found in data["spans"]]
            case "explanation":
                self.explanation.append({"text": data["text"], "source": data["source"]})
            case "suggestions":
                self.suggestions = cards(data["items"])
            case "failed" if event.last:
                self.break_off(data["message"])
            case "failed":
                self.notes.append(TOLD.get(data["part"], data["message"]))
            case "done":
                self.reading = False

    def take_answer(self, answer: Json) -> None:
        """Takes the answer to a question: its sentences, its cards, and what the crisis screen said of it."""
        self.state, self.reading = "answered", False
        self.answer, self.suggestions = list(answer["sentences"]), cards(answer["items"])
        self.take(Event(name="safety", data=answer["safety"]))

    @classmethod
    def standing(cls, care: Json) -> Page:
        """The help card alone, for a chat that opens while the crisis path is open."""
        page = cls(text="", key="care", state="kept", live=False, reading=False, bare=True, card=care.get("card"))
        page.stands(care)
        return page

    def stands(self, care: Json) -> None:
        """Takes where the crisis path stands now."""
        self.care, self.question, self.says = care.get("state", "closed"), care.get("question"), care.get("says")

    def break_off(self, why: str) -> None:
        """The turn ended early. Before `saved` the text may not be on the disk, and the page must say so."""
        self.reading = False
        if self.state == "keeping":
            self.state, self.trouble = "unkept", why
        else:
            self.notes.append(BROKE_OFF)

    def forget(self) -> None:
        """Lets go of the words and of everything that was read in them."""
        bare = Page(text="", key=self.key, id=self.id, when=self.when, state="deleted", reading=False)
        self.__dict__.update(bare.__dict__)


def cards(items: list[Json]) -> list[Json]:
    """Suggested items as the page shows them, nothing said of them yet."""
    return [{name: item.get(name) for name in ITEM} | {"verdict": None} for item in items]


def mood(label: str) -> str:
    """`pleasant`, `unpleasant`, `between` or, for neutral, `even`: the colour of an emotion."""
    if label == EMOTIONS[NEUTRAL]:
        return "even"
    valence = AFFECT[label].valence if label in AFFECT else 0.0
    return "pleasant" if valence > 0.25 else "unpleasant" if valence < -0.25 else "between"


def how_sure(probability: float) -> str:
    """A probability in words."""
    return next(words for bound, words in SURE if probability >= bound)


def emotion(found: Json) -> Json:
    """One emotion with its certainty in words and its colour."""
    label, probability = found["label"], float(found["probability"])
    return {"label": label, "probability": round(probability, 3), "sure": how_sure(probability), "mood": mood(label)}


def span(found: Json) -> Json:
    """Where words that carried an emotion stand, in code points, and their colour."""
    return {name: found[name] for name in ("label", "start", "end")} | {"mood": mood(found["label"])}
