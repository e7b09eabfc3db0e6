"""The explanation: the test that a sentence is true to the entry, and what stands in where the model fails it.

`check` decides before anything is sent. It is strict about what it can see (quotations, named emotions, denials,
advice, diagnosis) and blind to what it cannot: it does not understand a paraphrase that twists the entry's meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.domain import Emotion, Explanation, Reading, Span
from agent.prompts.v1 import MAX_EMOTIONS, say, sureness
from agent.safety import review

Found = list[tuple[Emotion, list[str]]]

LONGEST = 320
"""Longest sentence that is sent, in characters."""

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]")
_DENIED = re.compile(r"\b(?:not|no|never|isn't|aren't|don't|without)\b((?:\s+[\w']+){1,4})", re.IGNORECASE)
_ADVICE = re.compile(
    r"\b(?:you (?:should|must|need to|have to|ought to|could try|might want to)|try to|consider|i (?:suggest|recommend"
    r"|advise)|make sure|remember to|let me|please|seek|talk to (?:a|your))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z']+")

_FORMS: dict[str, str] = {
    "admiration": "admiration admire admiring admired impressed awe",
    "amusement": "amusement amused amusing funny",
    "anger": "anger angry furious rage enraged mad",
    "annoyance": "annoyance annoyed irritated irritation irritated frustrated frustration",
    "approval": "approval approve approving approved",
    "caring": "caring care compassion concern tenderness",
    "confusion": "confusion confused puzzled bewildered",
    "curiosity": "curiosity curious",
    "desire": "desire longing yearning craving",
    "disappointment": "disappointment disappointed",
    "disapproval": "disapproval disapproving disapprove",
    "disgust": "disgust disgusted revolted",
    "embarrassment": "embarrassment embarrassed ashamed shame",
    "excitement": "excitement excited thrilled",
    "fear": "fear afraid scared frightened terrified dread",
    "gratitude": "gratitude grateful thankful",
    "grief": "grief grieving mourning bereaved",
    "joy": "joy joyful happy happiness glad delighted",
    "love": "love loving affection",
    "nervousness": "nervousness nervous anxious anxiety worried worry",
    "optimism": "optimism optimistic hopeful hope",
    "pride": "pride proud",
    "realization": "realization realisation",
    "relief": "relief relieved",
    "remorse": "remorse regret guilt guilty sorry",
    "sadness": "sadness sad unhappy sorrow heartbroken",
    "surprise": "surprise surprised astonished",
}
LABEL_OF: dict[str, str] = {form: label for label, forms in _FORMS.items() for form in forms.split()}
"""Words that name an emotion -> its label."""


def found(text: str, reading: Reading, spans: Sequence[Span]) -> Found:
    """The strongest emotions with the words that carried them, in order: what an explanation speaks of."""
    return [(e, quotable(text, [s for s in spans if s.label == e.label])) for e in reading.felt[:MAX_EMOTIONS]]


def quotable(text: str, spans: Sequence[Span]) -> list[str]:
    """The spans as quotations: on one line, without quotation marks of their own, in the order of the text."""
    said = [s.of(text) for s in sorted(spans, key=lambda s: s.start)]
    return [q for q in said if 2 <= len(q) <= 120 and not re.search(r"[\"\u201c\u201d\n\r]", q)]


def named(sentence: str) -> set[str]:
    """The emotions a sentence names outside its quotations."""
    return {LABEL_OF[w] for w in _WORD.findall(_QUOTED.sub(" ", sentence).lower()) if w in LABEL_OF}


def _quotation_fault(sentence: str, text: str, spans: Sequence[Span]) -> str | None:
    labels = named(sentence)
    for quote in _QUOTED.findall(sentence):
        if quote not in text:
            return f"quotes words that the entry does not hold: {quote!r}"
        carried = {s.label for s in spans if quote in s.of(text) or s.of(text) in quote}
        if labels and not labels & carried:
            return "sets a quotation beside an emotion that it is no evidence for"
    return None


def check(sentence: str, text: str, reading: Reading, spans: Sequence[Span]) -> str | None:
    """Why a sentence must not be sent, or None when it may."""
    outside = _QUOTED.sub(" ", sentence)
    if not 12 <= len(sentence) <= LONGEST or sentence[-1] not in ".!?":
        return "is not one whole sentence of a sane length"
    if sum(c.isascii() for c in outside) < 0.95 * len(outside):
        return "is in another script"
    read = {e.label for e in reading.felt} or {e.label for e in reading.nearest()}
    if extra := named(sentence) - read:
        return f"names an emotion that was not read: {', '.join(sorted(extra))}"
    if any(LABEL_OF.get(w) in read for after in _DENIED.findall(outside) for w in after.lower().split()):
        return "denies an emotion that was read"
    if _ADVICE.search(outside) or outside.rstrip().endswith("?"):
        return "gives advice or asks a question"
    return _quotation_fault(sentence, text, spans) or review(sentence)


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
        return "This reads as calm and matter-of-fact; no single emotion stands out."
    near = " or ".join(say(e.label) for e in reading.nearest(2))
    return f"I am unsure what is in this one; {near} would be the nearest guess." if near else "I am unsure here."
