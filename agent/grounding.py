"""Whether a sentence that a model worded says only what the tools found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.lexicon import ALWAYS, LABELS_OF, stem, stems
from agent.safety import review
from agent.truth import named, outside, quotations

LONGEST = 400

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORDED = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|dozens?|hundreds?|half|most|many|"
    r"several|always|never|every)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]{3,}")
_PLAIN = frozenset(
    "entry entries journal diary wrote written write writes writing day days week weeks month months year years last "
    "time times since ago count counts number total newest latest recent recently first earlier later before after "
    "mood moods average found stands search searched look looked none nothing mention mentions mentioned show shows "
    "shown average overall mostly often monday tuesday wednesday thursday friday saturday sunday january february "
    "march april may june july august september october november december today yesterday "
    "suggestion suggestions".split()
)
"""Words in which anything that was found may be told."""

_CAUSE = re.compile(r"\b(?:because|due to|caus\w+|led to|makes? you|made you|thanks to|therefore|that is why)\b", re.I)
_ADVICE = re.compile(r"\byou (?:should|must|need to|ought to|have to)\b", re.IGNORECASE)


def fault(sentence: str, found: Sequence[str]) -> str | None:
    """Why a sentence must not be said when `found` is all that is known, or None."""
    if not sentence.strip() or len(sentence) > LONGEST:
        return "is empty or too long"
    there = " ".join(found)
    if extra := set(_NUMBER.findall(sentence)) - set(_NUMBER.findall(there)):
        return f"holds a figure that no tool gave: {', '.join(sorted(extra))}"
    if extra := {w.lower() for w in _WORDED.findall(sentence)} - {w.lower() for w in _WORDED.findall(there)}:
        return f"holds a number in words that no tool gave: {', '.join(sorted(extra))}"
    for quoted in quotations(sentence):
        if quoted not in there:
            return f"quotes what no tool gave: {quoted!r}"
    if extra := named(sentence) - set(named(there)):
        return f"names an emotion that no tool gave: {', '.join(sorted(extra))}"
    held = stems(_WORD.findall(there.lower()))
    for word in _WORD.findall(outside(sentence)):
        if word not in _PLAIN and word not in ALWAYS and word not in LABELS_OF and stem(word) not in held:
            return f"brings in words that no tool gave: {word}"
    if _CAUSE.search(sentence) or _ADVICE.search(sentence):
        return "names a cause or gives advice"
    return review(sentence)
