"""The explanation: what it speaks of, and what stands in where the model fails.

`check` (of `agent.truth`) decides about every sentence before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.domain import Emotion, Explanation, Reading, Span
from agent.prompts.v1 import MAX_EMOTIONS, say, sureness
from agent.truth import check, named

__all__ = ["Found", "check", "found", "from_evidence", "named", "quotable"]

Found = list[tuple[Emotion, list[str]]]


def found(text: str, reading: Reading, spans: Sequence[Span]) -> Found:
    """The strongest emotions with the words that carried them, in order: what an explanation speaks of."""
    return [(e, quotable(text, [s for s in spans if s.label == e.label])) for e in reading.felt[:MAX_EMOTIONS]]


def quotable(text: str, spans: Sequence[Span]) -> list[str]:
    """The spans as quotations, the best first: on one line, without quotation marks of their own."""
    said = [s.of(text) for s in spans]
    return [q for q in said if 2 <= len(q) <= 120 and not re.search(r"[\"\u201c\u201d\n\r]", q)]


def _quoted(quotes: Iterable[str]) -> str:
    return " and ".join(f'"{q}"' for q in quotes)


def from_evidence(text: str, reading: Reading, spans: Sequence[Span]) -> list[Explanation]:
    """The explanation without a model, composed from the reading and its evidence: one sentence an emotion."""
    if not reading.felt:
        return [Explanation(text=_nothing_clear(reading), source="evidence")]
    composed = []
    for number, (emotion, quotes) in enumerate(found(text, reading, spans)):
        opening = "There is also" if number else "There is"
        tail = f", most of all in {_quoted(quotes)}." if quotes else ", spread over the whole entry."
        composed.append(f"{opening} {sureness(emotion.probability)} {say(emotion.label)} here{tail}")
    return [Explanation(text=s, source="evidence") for s in composed]


def _nothing_clear(reading: Reading) -> str:
    if not reading.unsure:
        return "No single feeling stands out in these words; there may be more behind them than they tell."
    near = " or ".join(say(e.label) for e in reading.nearest(2))
    return f"I am unsure what is in this one; {near} would be the nearest guess." if near else "I am unsure here."
