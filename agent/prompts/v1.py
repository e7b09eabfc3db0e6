"""Explanation prompt, version 1: the reading and its evidence in, one sentence an emotion out.

`messages` builds the chat; `forms` are the regular expressions that a model which can be held to a form must follow.
They fix what must be true (which emotions, how sure, which words are quoted) and leave the wording around
it to the model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.domain import Emotion, Reading

NAME = "v1"
MAX_TOKENS = 160
MAX_EMOTIONS = 3
EXPLAINS_CALM = False
_MOST_CHARACTERS = 1200

NOUNS: dict[str, str] = {"realization": "a realization", "remorse": "regret", "caring": "care", "desire": "longing"}
"""How a label is said to a person, where the bare label would sound odd."""

SYSTEM = """You help a person to see what an automatic reader found in their journal entry.
For every emotion found, write one calm sentence to them ("you"). Say how sure the reader is, and quote the words \
that carried the emotion, exactly as they were written. Add nothing that the entry does not hold. Give no advice."""

_SHOTS: tuple[tuple[str, str], ...] = (
    (
        'Entry: Exam results come out at nine. I have checked the page four times already.\n'
        'Found: nervousness (probably), words: "checked the page four times"',
        'It sounds as if you are probably feeling nervousness, where you write "checked the page four times".',
    ),
    (
        'Entry: Mum kept my drawings all these years. I had no idea. I miss her kitchen.\n'
        'Found: gratitude (probably), words: "kept my drawings"; sadness (perhaps), words: "miss her kitchen"',
        'You are probably feeling gratitude, in the words "kept my drawings". '
        'There may perhaps be sadness too, where you say "miss her kitchen".',
    ),
)  # fmt: skip

_OPEN = r"(You are|You seem to be|It sounds as if you are|It reads as if you are)"
_NEXT = r"(You are also|You seem to be also|There is also a sense that you are)"
_LINK = r"(, where you write|, where you say|, in the words|; it shows in)"


def say(label: str) -> str:
    """The label as a noun in a sentence."""
    return NOUNS.get(label, label)


def sureness(probability: float) -> str:
    """The word for how sure the reader is."""
    return "probably" if probability >= 0.6 else "perhaps"


def _found(emotion: Emotion, quotes: Sequence[str]) -> str:
    said = f"{say(emotion.label)} ({sureness(emotion.probability)})"
    return f"{said}, words: {_quoted(quotes)}" if quotes else said


def _quoted(quotes: Sequence[str]) -> str:
    return " and ".join(f'"{q}"' for q in quotes)


def bounded(text: str, quotes: Sequence[str]) -> str:
    """The entry, or for a long one its beginning and the sentences around the quotations, within a fixed length."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    around = [text[max(0, text.find(q) - 120) : text.find(q) + len(q) + 120] for q in quotes]
    return " ... ".join([text[: _MOST_CHARACTERS // 3], *around])[:_MOST_CHARACTERS]


def messages(
    text: str, found: Sequence[tuple[Emotion, Sequence[str]]], reading: Reading | None = None
) -> list[dict[str, str]]:
    """The chat for an entry; `found` holds each emotion with its quotations, strongest first."""
    quotes = [q for _, said in found for q in said]
    ask = f"Entry: {bounded(text, quotes)}\nFound: {'; '.join(_found(e, q) for e, q in found)}"
    turns = [{"role": "system", "content": SYSTEM}]
    for question, answer in _SHOTS:
        turns += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return [*turns, {"role": "user", "content": ask}]


def _sentence(emotion: Emotion, quotes: Sequence[str], opening: str) -> str:
    feeling = rf"{sureness(emotion.probability)} feeling {re.escape(say(emotion.label))}"
    said = " and ".join(rf'"{re.escape(q)}"' for q in quotes)
    return rf"{opening} {feeling}{_LINK} {said}\." if quotes else rf"{opening} {feeling}\."


def forms(found: Sequence[tuple[Emotion, Sequence[str]]], reading: Reading | None = None) -> list[str]:
    """The regular expressions of the answer's sentences: one an emotion, in order."""
    return [_sentence(e, q, _NEXT if number else _OPEN) for number, (e, q) in enumerate(found)]
