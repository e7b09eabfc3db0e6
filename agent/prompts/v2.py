"""Explanation prompt, version 2: shorter, and with a form that leaves a small model a choice among true sentences.

Whichever way through the form is taken, what is said is so: the emotions and how sure they are come from the reading,
the quotations from the evidence, and the sentences about the whole ("they pull in two directions") stand in the form
only where the reading makes them true. The model chooses the wording; it cannot choose the facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.affect import AFFECT
from agent.domain import EMOTIONS, NEUTRAL, Emotion, Reading
from agent.prompts.v1 import MAX_EMOTIONS, say, sureness

NAME = "v2"
MAX_TOKENS = 140
EXPLAINS_CALM = True
"""Entries without any strong emotion are put into words too."""

_BUDGET = 900
_OPPOSED = 0.3

Found = Sequence[tuple[Emotion, Sequence[str]]]

ADJECTIVES: dict[str, str] = {
    "amusement": "amused", "anger": "angry", "annoyance": "annoyed", "confusion": "confused", "curiosity": "curious",
    "disappointment": "disappointed", "disgust": "disgusted", "embarrassment": "embarrassed", "excitement": "excited",
    "fear": "afraid", "gratitude": "grateful", "joy": "happy", "nervousness": "nervous", "optimism": "hopeful",
    "pride": "proud", "relief": "relieved", "remorse": "sorry", "sadness": "sad", "surprise": "surprised",
}  # fmt: skip
"""Labels of which one can say "you are ...", and the word for it."""

SYSTEM = "Tell the writer what was found in their entry: every feeling, how sure it is, and the words that show it."

_SHOTS: tuple[tuple[str, str], ...] = (
    (
        'Entry: Exam results come out at nine. I have checked the page four times already.\n'
        'Found: nervousness (probably) "checked the page four times"',
        'You sound nervous, probably, when you write "checked the page four times". '
        'Nothing else stands out as clearly.',
    ),
    (
        'Entry: Mum kept my drawings all these years. I had no idea. I miss her kitchen.\n'
        'Found: gratitude (probably) "kept my drawings"; sadness (perhaps) "miss her kitchen"',
        'Gratitude comes through, probably, in "kept my drawings". Perhaps you are sad, too, where you say '
        '"miss her kitchen". The two pull in different directions.',
    ),
)  # fmt: skip


def either(options: Iterable[str]) -> str:
    """The form that any of the options fulfils."""
    return f"({'|'.join(options)})"


def quotation(quotes: Sequence[str]) -> str:
    """The first quotation, alone or with the others."""
    marked = [f'"{re.escape(q)}"' for q in quotes]
    return either([marked[0], " and ".join(marked)]) if len(marked) > 1 else marked[0]


def _first(emotion: Emotion, quotes: Sequence[str]) -> str:
    noun, sure, adjective = say(emotion.label), sureness(emotion.probability), ADJECTIVES.get(emotion.label)
    if not quotes:
        return either([
            f"There is {sure} {noun} in this, spread over the whole entry",
            f"{noun.capitalize()} is {sure} what this entry holds",
            f"The whole entry, more than one place in it, {sure} speaks of {noun}",
        ]) + r"\."  # fmt: skip
    openings = [
        rf"{noun.capitalize()} comes through, {sure}, (in|where you write|in the words)",
        f"There is {sure} {noun} here, (most of all|clearest) in",
        f"What stands out is {sure} {noun}, (in the words|where you write)",
    ]
    if adjective:
        openings += [
            f"You (sound|seem) {adjective}, {sure}, (when|where) you (write|say)",
            f"You are {sure} {adjective}, (where you write|in the words)",
        ]
    return rf"{either(openings)} {quotation(quotes)}\."


def _next(emotion: Emotion, quotes: Sequence[str]) -> str:
    noun, sure, adjective = say(emotion.label), sureness(emotion.probability), ADJECTIVES.get(emotion.label)
    if not quotes:
        return either([f"There is {sure} {noun} as well", f"Beside it, {sure}, stands {noun}"]) + r"\."
    openings = [
        f"There is {sure} {noun}, (too|as well), (in|where you write|where you say)",
        f"Beside it there is {sure} {noun}, in",
        f"{sure.capitalize()} there is also {noun}, (in the words|where you write)",
    ]
    if adjective:
        openings.append(f"{sure.capitalize()} you are {adjective}, too, (where you say|where you write|in the words)")
    return rf"{either(openings)} {quotation(quotes)}\."


def _opposed(found: Found) -> bool:
    valences = [AFFECT[e.label].valence for e, _ in found]
    return max(valences) >= _OPPOSED and min(valences) <= -_OPPOSED


def whole(found: Found, reading: Reading) -> str | None:
    """The last sentence, about the reading as a whole, where there is something to say."""
    if _opposed(found):
        subject = "The two" if len(found) == 2 else "These feelings"
        return either([
            f"{subject} pull in different directions", f"{subject} stand side by side, pulling in different directions",
        ]) + r"\."  # fmt: skip
    if len(reading.felt) > 1:
        return None
    options = ["Nothing else stands out as (clearly|plainly)", "It is the one feeling that stands out"]
    if sureness(found[0][0].probability) == "perhaps":
        options = ["It is a guess more than a clear reading", "How strong it is remains uncertain"]
    elif any(e.label == EMOTIONS[NEUTRAL] for e in reading.emotions):
        options.append("The rest is told plainly")
    return either(options) + r"\."


def nothing(reading: Reading) -> list[str]:
    """The forms for an entry without a strong emotion: unsure with the nearest guess, or calm."""
    near = [say(e.label) for e in reading.nearest(2)]
    if not reading.unsure or not near:
        return [
            either(["No single feeling stands out in these words", "Nothing stands out here as a strong feeling",
                     "These words do not name any one feeling"]) + r"\.",
            either(["There may be more behind them than they tell", "What is behind the words, they do not say"])
            + r"\.",
        ]  # fmt: skip
    guess = either([near[0], " or ".join(near)])
    return [
        either([f"It is unsure what is in this; {guess} would be the nearest guess",
                 f"It is hard to tell what you feel here; the nearest guess would be {guess}"]) + r"\.",
        either(["Nothing here is clear enough to say more", "The words could be read in more than one way"]) + r"\.",
    ]  # fmt: skip


def forms(found: Found, reading: Reading) -> list[str]:
    """The regular expressions of the answer's sentences, in order."""
    if not found:
        return nothing(reading)
    sentences = [(_next if number else _first)(e, quotes) for number, (e, quotes) in enumerate(found)]
    last = whole(found, reading)
    return [*sentences, last] if last else sentences


def bounded(text: str, quotes: Sequence[str]) -> str:
    """The entry, or of a long one its beginning and what stands around every quotation, within a fixed length."""
    if len(text) <= _BUDGET:
        return text
    places = [(text.find(q), text.find(q) + len(q)) for q in quotes]
    margin = max(20, (_BUDGET - sum(b - a for a, b in places)) // (2 * len(places) + 2))
    pieces = [(0, 2 * margin)]
    for start, end in sorted((max(0, a - margin), b + margin) for a, b in places):
        if start <= pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], max(end, pieces[-1][1]))
        else:
            pieces.append((start, end))
    return " ... ".join(text[a:b].strip() for a, b in pieces)


def _one(emotion: Emotion, quotes: Sequence[str]) -> str:
    said = f"{say(emotion.label)} ({sureness(emotion.probability)})"
    return " ".join([said, *(f'"{q}"' for q in quotes)])


def asked(found: Found, reading: Reading) -> str:
    """What was found, as the prompt says it."""
    if found:
        return "; ".join(_one(e, quotes) for e, quotes in found)
    near = " or ".join(say(e.label) for e in reading.nearest(2))
    return f"nothing clear, nearest {near}" if reading.unsure else "nothing strong"


def chat(shots: Sequence[tuple[str, str]], text: str, found: Found, reading: Reading) -> list[dict[str, str]]:
    """The chat for an entry after some examples; `found` holds each emotion with its quotations, strongest first."""
    # On one line: an entry that goes on with "Found: ..." on a line of its own must not look like ours.
    entry = " ".join(bounded(text, [q for _, said in found for q in said]).split())
    turns = [{"role": "system", "content": SYSTEM}]
    for question, answer in shots:
        turns += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return [*turns, {"role": "user", "content": f"Entry: {entry}\nFound: {asked(found, reading)}"}]


def messages(text: str, found: Found, reading: Reading) -> list[dict[str, str]]:
    """The chat for an entry, see `chat`."""
    return chat(_SHOTS, text, found, reading)


__all__ = ["ADJECTIVES", "EXPLAINS_CALM", "MAX_EMOTIONS", "MAX_TOKENS", "NAME", "bounded", "forms", "messages"]
