"""Plain words: one token as typed to the words it stands for, whatever its spelling.

Undone here: apostrophes, contractions, texting, stretched letters (`diiie`), letters swapped for digits and signs
(`k1ll`, `su!cide`), masked letters (`k*ll`), spaced letters (`k.i.l.l`), glued words (`killmyself`, `#wanttodie`) and
typing errors of one edit in the words that the rules look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from agent.screen.vocabulary import CONTRACTIONS, FILLERS, KEY_WORDS, SHORT, known, ordinary

MARKS = "\"'()[]{}<>*_~#,:;.!?|/\\+=^&%$@-"
"""Punctuation that may stand around a token."""

_STRETCHED = re.compile(r"([a-z])\1{2,}")
_LEET = {
    "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s",
    "!": "i", "|": "l", "+": "t", "(": "c", "<": "c",
}  # fmt: skip
_LEET_TABLES = (str.maketrans(_LEET), str.maketrans(_LEET | {"1": "l", "!": "l", "|": "i"}))
_ORDINARY_NUMBER = re.compile(
    r"[\d.,:/%-]*(?:st|nd|rd|th|am|pm|k|m|km|kg|g|cm|mm|ml|h|hr|hrs|min|mins|s|x|p|d|yo|yr|%)?"
)
_MIXED = re.compile(r"[a-z][0-9@$]|[0-9@$!][a-z]")
_DIGITS = re.compile(r"[0-9@$!|]")
_LETTERS = re.compile(r"(?<![a-z0-9@$|'])[a-z']*[0-9@$|][a-z0-9@$!|']*(?<!!)")
_SEVERAL = 2
_SPACED = re.compile(r"(?<![a-z0-9'])(?:[a-z0-9][ .\-_*/]{1,3}){4,60}[a-z0-9](?![a-z0-9'])")
_GLUE = frozenset(
    """
    i a am to me my we he she it is be do not will would can cant no so go and or the of in on off up at for with im ive
    want wanna gonna going need hate love feel like wish just please tonight today now anymore end ending all take
    kms ctb od should could have had was were dead die dying kill killing hurt cut cutting hang bye see you it
    """.split()
)
_SHORTEST_REPAIR = 3
_LONGEST_GLUED = 60
_LONGEST_MASKED = 16


@cache
def _deletions() -> dict[str, tuple[str, ...]]:
    """Every word that typing errors are repaired to, under itself and under itself without one letter."""
    index: dict[str, tuple[str, ...]] = {}
    for word in sorted(known()):
        for key in {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}:
            index[key] = (*index.get(key, ()), word)
    return index


def plain(token: str) -> str:
    """The words that a token (without white space, folded) stands for, joined by single spaces; may be empty."""
    core = token.strip(MARKS)
    if "'" in core:
        if core in SHORT:
            return SHORT[core]
        core = core.replace("'", "")
    if core in SHORT:
        return SHORT[core]
    if core in known() or core in ordinary():
        return core
    if core.isalpha():
        return _repair(core)
    return _unmask(token, core)


def spaced_out(text: str) -> str:
    """The text with words that were typed letter by letter (`k i l l`) joined and cut into words again."""
    return _SPACED.sub(lambda match: f" {_unglue(re.sub('[^a-z0-9]', '', match[0]))} ", text)


def _repair(word: str) -> str:
    """A word of letters only: unstretched, unglued or with one typing error mended, where that makes a known word."""
    if _STRETCHED.search(word):
        shorter = min((_STRETCHED.sub(width, word) for width in (r"\1", r"\1\1")), key=_rank)
        if _is_word(shorter):
            return SHORT.get(shorter, shorter)
        word = _STRETCHED.sub(r"\1", word)
    if len(word) < _SHORTEST_REPAIR:
        return word
    found = _one_edit(word)
    if (
        found is None
        and len(word) >= 8
        and any(key in word for key in ("kill", "die", "dead", "life", "suicid", "liv"))
    ):
        return _unglue(word)
    return SHORT.get(found, found) if found else word


def _rank(word: str) -> int:
    """How common a word is, 0 the commonest; words that are none come last."""
    return ordinary().get(word, 9_000 if _is_word(word) else 99_999)


def _is_word(text: str) -> bool:
    return text in known() or text in ordinary() or text in SHORT or text in FILLERS or text in _GLUE


def _one_edit(word: str) -> str | None:
    """The known word that differs by one letter added, left out, changed or swapped with its neighbour."""
    if len(word) > 14:
        return None
    index = _deletions()
    keys = [word, *(word[:i] + word[i + 1 :] for i in range(len(word)))]
    candidates = {known for key in keys if key in index for known in index[key]}
    near = [c for c in candidates if _within_one(word, c) and _likely(word, c)]
    commonness = ordinary()
    doubled = {word[:i] + word[i + 1 :] for i in range(1, len(word)) if word[i] == word[i - 1]}
    near = [c for c in near if c in doubled] or near
    return (
        min(
            near,
            key=lambda c: (c not in KEY_WORDS and c not in CONTRACTIONS, c[0] != word[0], commonness.get(c, 9999), c),
        )
        if near
        else None
    )


def _likely(word: str, found: str) -> bool:
    """Whether a slip is a likely one: no plural, in short words a swap or a lost letter, never the first letter."""
    if word == f"{found}s" or found == f"{word}s":
        return False
    if sorted(word) == sorted(found):
        return True
    if len(word) == 3:
        return word[0] == found[0] and word[-1] == found[-1]
    return len(word) + len(found) > 8 and (word[0] == found[0] or len(found) > 6)


def _within_one(a: str, b: str) -> bool:
    """Whether two words are at most one edit apart, a swap of neighbours counting as one."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    return rest_a[1:] == rest_b or rest_a == rest_b[1:]


def _unmask(token: str, core: str) -> str:
    """A token that holds something else than letters: parts, digits for letters, or stars over letters."""
    if not core or _ORDINARY_NUMBER.fullmatch(core):
        return core if core.isalnum() else ""
    if "*" in core or "#" in core:
        return _unstar(core)
    if any(c.isalpha() for c in core) and any(c in _LEET for c in token):
        decoded = leet(token)
        if decoded:
            return decoded
    parts = [p for p in re.split(r"[^a-z0-9]+", core) if p]
    if len(parts) > 3 and all(len(p) == 1 for p in parts):
        return _unglue("".join(parts))
    if len(parts) > 1:
        return " ".join(plain(p) for p in parts)
    return core


def leet(token: str) -> str:
    """The words that a token means if its digits and signs are letters; empty when that makes no word."""
    edges = token.strip("\"'()[]{},:;.?*_~#")
    for text in (edges, edges.rstrip("!")):
        for table in _LEET_TABLES:
            word = text.translate(table)
            if word in SHORT:
                return SHORT[word]
            word = word.replace("'", "")
            if word.isalpha() and (mended := SHORT.get(word) or (word if _is_word(word) else _one_edit(word))):
                return mended
    return ""


def unleet(text: str, strange: Iterable[str]) -> str:
    """A text that writes several of its strange tokens with digits for letters, as letters; otherwise empty."""
    mixed = [t for t in strange if _MIXED.search(t) and len(t) < _LONGEST_MASKED]
    mixed = [t for t in mixed if not _ORDINARY_NUMBER.fullmatch(t.strip(MARKS))]
    if sum(len(_DIGITS.findall(token)) for token in mixed if leet(token)) < _SEVERAL:
        return ""
    return _LETTERS.sub(lambda match: leet(match[0]) or match[0], text)


def _unstar(core: str) -> str:
    """A word with letters hidden under stars, if a dangerous word fits; otherwise its visible parts."""
    if len(core) > _LONGEST_MASKED:
        return " ".join(re.split(r"[^a-z0-9]+", core)).strip()
    shape = re.compile("".join("[a-z]" if c in "*#" else re.escape(c) for c in core))
    fits = [w for w in (*KEY_WORDS, "myself") if shape.fullmatch(w)]
    if len(core) >= 3 and core.count("*") + core.count("#") < len(core) - 1 and fits:
        return min(fits, key=lambda w: (w not in ("kill", "die", "suicide", "suicidal"), w))
    return " ".join(re.split(r"[^a-z0-9']+", core)).strip()


def _unglue(letters: str) -> str:
    """Letters without spaces, cut into the fewest known words; as they were when that does not come out even."""
    if len(letters) > _LONGEST_GLUED:
        return letters
    letters = letters.translate(_LEET_TABLES[0]) if not letters.isalpha() else letters
    best: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 10), end):
            before, word = best[start], letters[start:end]
            if before and (word in _GLUE or word in SHORT or (len(word) > 3 and word in known())):
                current = best[end]
                if current is None or before[0] + 1 < current[0]:
                    best[end] = (before[0] + 1, [*before[1], word])
    whole = best[-1]
    if whole is None:
        return letters
    return " ".join(SHORT.get(word, word) for word in whole[1])
