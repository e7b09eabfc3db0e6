"""Explanation prompt, version 3: version 2 in plainer words, which says so where two feelings share their words.

What the sentences about the whole and about nothing clear may say is unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agent.domain import Emotion, Reading
from agent.prompts.v1 import MAX_EMOTIONS, say, sureness
from agent.prompts.v2 import (
    ADJECTIVES,
    EXPLAINS_CALM,
    MAX_TOKENS,
    Found,
    chat,
    either,
    nothing,
    quotation,
    whole,
)

NAME = "v3"

_SHOTS: tuple[tuple[str, str], ...] = (
    (
        'Entry: Exam results come out at nine. I have checked the page four times already.\n'
        'Found: nervousness (probably) "checked the page four times already"',
        'You sound nervous, probably, where you write "checked the page four times already". '
        'Nothing else stands out as clearly.',
    ),
    (
        'Entry: Mum kept my drawings all these years. I had no idea. I miss her kitchen.\n'
        'Found: gratitude (probably) "Mum kept my drawings"; sadness (perhaps) "I miss her kitchen"',
        'Gratitude comes through, probably, in "Mum kept my drawings". Perhaps you are also sad, where you say '
        '"I miss her kitchen". The two pull in different directions.',
    ),
)  # fmt: skip


_OTHERS = re.compile(r"(?:he|she|they)\b", re.IGNORECASE)


def _adjective(emotion: Emotion, quotes: Sequence[str]) -> str | None:
    """The word for "you are ...", where the quoted words do not speak of others ("she seemed embarrassed")."""
    return None if any(_OTHERS.match(quote) for quote in quotes) else ADJECTIVES.get(emotion.label)


def _first(emotion: Emotion, quotes: Sequence[str]) -> str:
    noun, sure, adjective = say(emotion.label), sureness(emotion.probability), _adjective(emotion, quotes)
    if not quotes:
        return either([
            f"There is {sure} {noun} in this, spread over the whole entry",
            f"The words as a whole {sure} speak of {noun}",
        ]) + r"\."  # fmt: skip
    openings = [
        f"{noun.capitalize()} comes through, {sure}, (in|where you write|in the words)",
        f"There is {sure} {noun} here, (most of all|clearest) in",
    ]
    if adjective:
        openings += [
            f"You (sound|seem) {adjective}, {sure}, where you (write|say)",
            f"You are {sure} {adjective}, (where you write|where you say)",
        ]
    return rf"{either(openings)} {quotation(quotes)}\."


def _next(emotion: Emotion, quotes: Sequence[str]) -> str:
    noun, sure, adjective = say(emotion.label), sureness(emotion.probability), _adjective(emotion, quotes)
    if not quotes:
        return f"There is {sure} {noun} as well, spread over the (entry|words)\\."
    openings = [
        f"There is {sure} {noun}, too, (in|where you write|where you say)",
        f"{sure.capitalize()} there is also {noun}, (in|where you write|where you say)",
    ]
    if adjective:
        openings.append(f"{sure.capitalize()} you are also {adjective}, (where you say|where you write)")
    return rf"{either(openings)} {quotation(quotes)}\."


def _same(emotion: Emotion, quotes: Sequence[str]) -> str:
    """For an emotion whose best words have been quoted just before for another one."""
    noun, sure, adjective = say(emotion.label), sureness(emotion.probability), _adjective(emotion, quotes)
    options = [f"The same words {sure} hold {noun}, too", f"{sure.capitalize()} there is also {noun} in these words"]
    if adjective:
        options.append(f"In the same words you {sure} sound {adjective}, too")
    return either(options) + r"\."


def forms(found: Found, reading: Reading) -> list[str]:
    """The regular expressions of the answer's sentences, in order."""
    if not found:
        return nothing(reading)
    sentences = [_first(*found[0])]
    for (_, before), (emotion, quotes) in pairwise(found):
        shared = quotes and before and quotes[0] in before[0]
        sentences.append((_same if shared else _next)(emotion, quotes))
    last = whole(found, reading)
    return [*sentences, last] if last else sentences


def messages(text: str, found: Found, reading: Reading) -> list[dict[str, str]]:
    """The chat for an entry, see `agent.prompts.v2.chat`."""
    return chat(_SHOTS, text, found, reading)


__all__ = ["EXPLAINS_CALM", "MAX_EMOTIONS", "MAX_TOKENS", "NAME", "forms", "messages"]
