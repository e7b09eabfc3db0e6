"""How answers speak: verbatim quotations of entries, days, emotions, and lists of things."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from agent.affect import STATE
from agent.asking import plain
from agent.domain import EMOTIONS, Entry, Level
from agent.lexicon import LABELS_OF
from agent.safety import review
from agent.screen.output import reasons
from agent.when import say as say_day

LONGEST = 160
"""Longest quotation, in characters."""

_FRAGMENT = re.compile(r"[^\"\u201c\u201d\n\r]+?(?:[.!?\u2026]+(?=\s|$)|(?=[\"\u201c\u201d\n\r])|$)")
_WORD = re.compile(r"[a-z0-9']+")
_QUOTED = re.compile(r"\u201c[^\u201d]*\u201d")
_HARMFUL = frozenset({"methods", "cruelty", "disorder", "sexual", "url", "phone"})
"""Rules of the review that hold for the person's own words as well when they are quoted."""

_PLAIN = {
    "low": "sadness", "down": "sadness", "blue": "sadness", "guilty": "remorse", "guilt": "remorse", "mad": "anger",
    "content": "relief", "anxiety": "nervousness", "worry": "nervousness", "stress": "nervousness", "peace": "relief",
    "loneliness": "sadness", "jealousy": "desire", "bad": "sadness", "good": "joy", "awful": "sadness",
}  # fmt: skip


def is_crisis(entry: Entry) -> bool:
    """Whether an entry showed the help card for a crisis: its words are never quoted back."""
    return entry.safety is not None and entry.safety.level is Level.CRISIS


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether every word begins a word of the text, whatever its case; plurals and the like count."""
    there = _WORD.findall(plain(text).lower())
    return bool(words) and all(any(t.startswith(w) for t in there) for w in words)


def quote(entry: Entry, words: Sequence[str] = ()) -> str:
    """A piece of the entry in typographic quotation marks, exactly as it was written: the one that holds most of
    `words`, else the first that says something. Empty for an entry of a crisis."""
    if is_crisis(entry):
        return ""
    pieces = [p for m in _FRAGMENT.finditer(entry.text) if len(p := m[0].strip()) >= 3]
    if not pieces:
        return ""
    best = max(pieces, key=lambda p: (sum(holds(p, [w]) for w in words), len(p.split()) >= 4))
    for longer in pieces[pieces.index(best) + 1 :]:
        if len(joined := f"{best} {longer}") > LONGEST or joined not in entry.text:
            break
        best = joined
    return f"\u201c{_cut(best, words)}\u201d"


def _cut(piece: str, words: Sequence[str]) -> str:
    if len(piece) <= LONGEST:
        return piece
    at = next((m.start() for m in re.finditer(r"\S+", piece) if any(holds(m[0], [w]) for w in words)), 0)
    start = 0 if at < LONGEST - 30 else piece.rfind(" ", 0, at - 60) + 1
    end = piece.rfind(" ", start, start + LONGEST)
    return piece[start : end if end > start else start + LONGEST].strip(" ,;:")


def day(when: date, today: date) -> str:
    """Today, yesterday, or "on 3 March 2025"."""
    near = {today: "today", today - timedelta(1): "yesterday"}
    return near.get(when) or f"on {say_day(when)}"


def listed(things: Sequence[str]) -> str:
    """One, two and three."""
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}" if things else ""


def some(count: int, one: str, many: str | None = None) -> str:
    """1 entry, 2 entries."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def emotion_in(text: str) -> tuple[str, str] | None:
    """The first emotion that a text names, as (label, the word that names it)."""
    for word in _WORD.findall(plain(text).lower()):
        if word in EMOTIONS or word in LABELS_OF:
            return (word if word in EMOTIONS else min(LABELS_OF[word], key=EMOTIONS.index)), word
        if label := _PLAIN.get(word) or (STATE[word].emotion if word in STATE else None):
            return label, word
    return None


def fit(sentences: Sequence[str]) -> tuple[str, ...]:
    """The sentences that may be said. What is ours in them passes the whole review; a quotation is the person's own
    speech and only held back where it would do harm to read it again, or holds an address or a number to call."""
    said = [_QUOTED.sub(_held, sentence) for sentence in sentences]
    return tuple(sentence for sentence in said if not review(_QUOTED.sub("these words", sentence)))


def _held(quoted: re.Match[str]) -> str:
    return "words that I leave on the page" if _HARMFUL & set(reasons(quoted[0])) else quoted[0]
