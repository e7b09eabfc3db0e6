"""Why an emotion was read: the reading and its evidence in figures, for the question "why did you say sadness?"."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain import Emotion, Entry, Reading, Span
from agent.explain import from_evidence
from agent.quoting import is_crisis, listed
from agent.tools import Found, found

_MOST = 3
IN_CRISIS = "Nothing was read into that entry, and nothing is explained about it."


def why(text: str, reading: Reading, spans: Sequence[Span], label: str | None = None) -> Found:
    """Why `label`, or whatever was read, was read in a text."""
    if label and label not in {e.label for e in reading.felt}:
        return found([_not_read(label, reading)])
    chosen = [e for e in reading.felt if label in (None, e.label)][:_MOST]
    if not chosen:
        return found([sentence.text for sentence in from_evidence(text, reading, spans)])
    return found([_reason(text, emotion, [s for s in spans if s.label == emotion.label]) for emotion in chosen])


def why_entry(entry: Entry, label: str | None = None) -> Found:
    """The same of an entry with what is attached to it; what the person said themselves comes first."""
    if is_crisis(entry):
        return found([IN_CRISIS], [entry])
    own: list[str] = []
    if entry.correction and entry.correction.labels is not None:
        said = listed(entry.correction.labels) or "none of the emotions"
        own.append(f"You have said yourself that it was {said}, and that is what counts.")
    if entry.reading is None:
        return found([*own, "Nothing has been read in your latest entry yet."], [entry])
    read = why(entry.text, entry.reading, entry.evidence or (), label)
    return Found(sentences=(*own, *read.sentences), entries=(entry.id,))


def _reason(text: str, emotion: Emotion, spans: Sequence[Span]) -> str:
    read = f"{emotion.label.capitalize()} was read with a probability of {emotion.probability:.0%}"
    quotes = [s for s in spans if not {*'"\u201c\u201d\n\r'} & set(s.of(text))]
    if not quotes:
        return f"{read}; no single phrase carries it, it is spread over the whole text."
    first = quotes[0]
    rest = f", and a little on \u201c{quotes[1].of(text)}\u201d" if len(quotes) > 1 else ""
    drop = round(100 * first.drop)
    return (
        f"{read}. It rests most on \u201c{first.of(text)}\u201d: without these words it falls by {drop} points{rest}."
    )


def _not_read(label: str, reading: Reading) -> str:
    there = listed([f"{e.label} ({e.probability:.0%})" for e in reading.felt[:_MOST]])
    known = reading.probabilities.get(label)
    figure = f" Its probability was {known:.0%}, which is below what counts." if known is not None else ""
    return (
        f"{label.capitalize()} is not among what was read in it. What was read is {there or 'nothing clear'}.{figure}"
    )
