"""A week in words. The figures come from the journal's code; a language model may word them, held to them sentence by
sentence, and where it is missing or strays they are put together here.

No sentence names a cause, gives advice, counts what was left undone, or praises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from agent.domain import Explanation
from agent.explain import named
from agent.ports import Message
from agent.safety import review

Week = Mapping[str, Any]
"""See `journal.insights.week`."""

LONGEST, MAX_TOKENS, MOST_SENTENCES = 220, 90, 3

CAUSAL = re.compile(
    r"\b(because|since you|caus\w+|due to|led to|leads? to|mak(?:e|es|ing) you|made you|thanks to|result\w*|"
    r"so that|therefore|that is why|affect\w*|influenc\w*|help(?:s|ed)?|improv\w*|reduc\w*|trigger\w*)\b",
    re.IGNORECASE,
)
"""Words that claim a cause. None may stand in what is said of figures."""

_JUDGING = re.compile(
    r"\b(should|must|need to|try|keep (?:it )?up|streak|miss(?:ed|ing)|only|great job|well done|good job|proud of|"
    r"fail\w*|goal|better than|worse than|recommend|advice|let'?s)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_WHOLE = re.compile(r"[^.!?]+[.!?]")

_SYSTEM = (
    "You put the figures of one week of a private journal into two plain sentences, to the person, as 'you'. "
    "Use only these figures. Name no cause. Give no advice, no praise, no judgement, no question."
)


def composed(week: Week) -> list[str]:
    """The week in sentences that say what the figures say."""
    if not week["entries"]:
        return ["There are no entries in this week."]
    said = [f"You wrote {_some(week['entries'], 'entry', 'entries')} on {_some(week['days'], 'day', 'days')}."]
    if names := [one["name"] for one in week["emotions"]]:
        said.append(f"What stood in them most was {_listed(names)}.")
    said += _valence(week)
    most, least = week["days_by_valence"]["most"], week["days_by_valence"]["least"]
    if most and least:
        said.append(f"{_weekday(most)} was the most pleasant day, {_weekday(least)} the least.")
    if about := [one["name"].replace("_", " ") for one in week["about"]]:
        said.append(f"The entries were about {_listed(about)}.")
    return said


def _valence(week: Week) -> list[str]:
    says, before = week["valence"]["says"], "than the week before"
    if says in ("more pleasant", "less pleasant"):
        return [f"On the whole it was {says} {before}."]
    if says == "much the same":
        return ["On the whole it was much the same as the week before."]
    return []


def messages(week: Week) -> list[Message]:
    """What the model is asked: the figures, and nothing that anybody wrote."""
    facts = "\n".join(f"- {sentence}" for sentence in composed(week))
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": f"The week:\n{facts}"}]


def check(sentence: str, week: Week) -> str | None:
    """Why a sentence about a week must not be shown, or None."""
    if not 12 <= len(sentence) <= LONGEST or sentence[-1] not in ".!":
        return "is not one whole sentence of a sane length"
    known = set(_NUMBER.findall(" ".join(composed(week))))
    if strange := [n for n in _NUMBER.findall(sentence) if n not in known]:
        return f"holds a figure that is not in the week: {strange[0]}"
    felt, outside = {one["name"] for one in week["emotions"]}, sentence
    for one in week["about"]:  # "self care" is what entries were about, and no emotion
        outside = re.sub(re.escape(one["name"].replace("_", " ")), " ", outside, flags=re.IGNORECASE)
    if extra := named(outside) - felt - named(" ".join(felt)):
        return f"names an emotion that is not in the week: {', '.join(sorted(extra))}"
    if CAUSAL.search(sentence):
        return "names a cause"
    if _JUDGING.search(sentence):
        return "judges or advises"
    if wrong := _contradiction(sentence.lower(), week):
        return wrong
    return review(sentence)


def _contradiction(sentence: str, week: Week) -> str | None:
    """A direction or a day that the figures do not say."""
    told = " ".join(composed(week)).lower()
    for words in ("more pleasant", "less pleasant", "much the same", "most pleasant", "least pleasant"):
        if words in sentence and words not in told:
            return f"says {words!r}, which the figures do not"
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return next((f"names {day}, which the figures do not" for day in days if day in sentence and day not in told), None)


def sentences(said: str) -> list[str]:
    """The whole sentences of an answer."""
    return [" ".join(one.split()) for one in _WHOLE.findall(said)][:MOST_SENTENCES]


def worded(said: str, week: Week) -> list[Explanation]:
    """The model's words if every sentence of them holds, otherwise those put together here."""
    found = sentences(said)
    if found and all(check(sentence, week) is None for sentence in found):
        return [Explanation(text=sentence, source="model") for sentence in found]
    return [Explanation(text=sentence, source="evidence") for sentence in composed(week)]


def _some(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _weekday(day: str) -> str:
    return f"{date.fromisoformat(day):%A}"
