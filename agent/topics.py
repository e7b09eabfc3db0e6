"""What a question is about: "my sister" of "what did I write about my sister last week?"."""

from __future__ import annotations

import re

from agent.asking import plain

_TRAILING = re.compile(
    r"\b(?:in (?:here|my (?:journal|diary|entries)|there)|(?:last|this|past) (?:week|month|year|time|night|\w+day|spring|"
    r"summer|autumn|winter)|lately|recently|please|pls|yesterday|today|there|mentioned|mention|come up|anywhere|somewhere|"
    r"once|ever|at all|can you find (?:it|that)|on \w+day|in (?:january|february|march|april|may|june|july|august|september|"
    r"october|november|december|spring|summer|autumn|winter)(?: \d{4})?)\b",
    re.IGNORECASE,
)
_FRAMES = (
    r"\b(?:about|regarding|abt|bout|concerning|mention\w*|to do with|the words?|journal for|entries for|look for|"
    r"look up|search for|searching for)\s+(.+)",
    r"^(?:is|did|does|was|has) (.+?) (?:mentioned|come up|came up|in my journal|anywhere|appear)\b",
    r"\b(?:search|notes on|find|on|of|for)\s+(.+)",
)


def topic_of(question: str) -> str:
    """The topic of a question; what it puts between quotation marks, where it does."""
    text = plain(question)
    if quoted := re.search(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]", text):
        return quoted[1]
    for frame in _FRAMES:
        if (match := re.search(frame, text, re.IGNORECASE)) and (topic := trimmed(match[1])):
            return topic
    return trimmed(text) or text


def trimmed(topic: str) -> str:
    """A topic without the time and the courtesies around it."""
    return re.sub(r"\s+", " ", _TRAILING.sub(" ", topic)).strip(" \"'\u201c\u201d,;:.?!")
