"""What is remembered after somebody was in danger, so that help stays in reach: the state of the crisis path.

Pure and clock-controlled; the journal keeps it in a drawer of the person's (`DRAWER`), encrypted like the rest. So it
outlives a new chat, a reload and a restart. The path opens with an entry or message at concern or crisis about the
person's own life. While it is not closed, the help card comes with every answer, folded, and suggestions are gentle.

Nothing that is denied closes it: "you misunderstood" or "I was joking" leads to one gentle question, as "I am safe"
does. A yes to that question closes it; so do quiet days (`QUIET`). New danger opens it again, to be asked anew.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, ValidationError

from agent.domain import HelpCard, Level, Noun, Safety
from agent.screen.letters import fold

DRAWER, NAME = "care", "state"
"""Where the journal keeps it."""

QUIET: dict[Level, timedelta] = {Level.CONCERN: timedelta(days=3), Level.CRISIS: timedelta(days=14)}
"""How long without a new sign of danger until the path closes by itself, by the worst level since it opened."""

QUESTION = (
    "Good to hear from you. One question, asked once: are you safe now, and for the next while? "
    "Either answer is fine. The numbers stay here for as long as you want them."
)
"""What is asked when a person says that they are safe, or that they were misunderstood."""

STAYS = "That is all right. The numbers stay here, and nothing else changes. You can say at any time that you are safe."
"""What is answered to "not yet"."""

THANKS = "Thank you for saying so. The card is put away. It comes back whenever it may be needed."
"""What is answered when the path closes."""

_SAFE = re.compile(
    r"\b(?:i'?m|i am|we'?re) (?:really |totally |perfectly |actually |completely |now )?"
    r"(?:safe|ok(?:ay)?|fine|al ?right|all right)\b|"
    r"\b(?:you|it|this thing|discovery) (?:mis(?:understood|read)|got (?:me|it|that) wrong)\b|"
    r"\bmisunderst[oa]\w+\b|\b(?:i was|just|only) (?:joking|kidding|exaggerating|being dramatic)\b|\bfalse alarm\b|"
    r"\bi did(?:n'?t| not) mean (?:it|that)\b|\bnot (?:going to|gonna) (?:hurt|kill|harm) myself\b"
)

State = Literal["closed", "open", "asked"]


class Care(Noun):
    """Where the crisis path of one person stands. `level` is the worst since it opened, `since` the last sign of
    danger; `asked` says that the one question has been put and waits for its answer."""

    state: State = "closed"
    level: Level = Level.NONE
    since: AwareDatetime | None = None

    @property
    def open(self) -> bool:
        """Whether help stays in view."""
        return self.state != "closed"


CLOSED = Care()


def read(value: Any) -> Care:
    """What the journal kept; something that cannot be read counts as open at concern: losing it must not close it."""
    if value is None:
        return CLOSED
    try:
        return Care.model_validate(value)
    except ValidationError:
        return Care(state="open", level=Level.CONCERN)


def at(care: Care, now: datetime) -> Care:
    """The state at a moment: closed again after quiet days. Without a moment of danger it stays as it is."""
    quiet = care.open and care.since is not None and now - care.since >= QUIET.get(care.level, QUIET[Level.CRISIS])
    return CLOSED if quiet else care


def after(care: Care, text: str, safety: Safety, now: datetime) -> Care:
    """The state after a text that the person wrote and its verdict."""
    care = at(care, now)
    if safety.level is not Level.NONE and not about_other(safety):
        worst = max(care.level, safety.level, key=list(Level).index)
        return Care(state="open", level=worst, since=now)
    # A text about somebody else's life shows its card, and says nothing of the writer's own state.
    return care.model_copy(update={"state": "asked"}) if care.open and denies(text) else care


def about_other(safety: Safety) -> bool:
    """Whether only somebody else's life is in question."""
    return safety.card is not None and safety.card.about == "other"


def denies(text: str) -> bool:
    """Whether a text says that the writer is safe, was joking, or was misunderstood."""
    return _SAFE.search(fold(text)) is not None


def said_safe(care: Care, *, safe: bool, now: datetime) -> tuple[Care, str]:
    """The person's own word, by button or by route: the new state, and what is answered. The first yes is asked about
    once; the second closes; a no keeps it open and takes the question back."""
    care = at(care, now)
    if not care.open:
        return care, THANKS
    if not safe:
        return care.model_copy(update={"state": "open"}), STAYS
    return (CLOSED, THANKS) if care.state == "asked" else (care.model_copy(update={"state": "asked"}), QUESTION)


class Screened(Noun):
    """The verdict on one text, where the crisis path stands after it, and the card that is shown with the two."""

    safety: Safety = Safety()
    care: Care = CLOSED
    card: HelpCard | None = None

    @property
    def gentle(self) -> bool:
        """Whether only gentle things may be suggested."""
        return self.safety.level is not Level.NONE or self.care.open

    def data(self) -> dict[str, Any]:
        """`{level, state, card?, question?}`: what the `safety` event holds. While the path is open the card is there
        at every level, and the one question while it waits for its answer."""
        data: dict[str, Any] = {"level": self.safety.level.value, "state": self.care.state}
        if card := self.safety.card or self.card:
            data["card"] = card.model_dump(mode="json", exclude_none=True)
        return data | ({"question": QUESTION} if self.care.state == "asked" else {})
