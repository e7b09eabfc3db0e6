"""A text as sentences of plain words, made only where a rule may have something to say.

A sentence becomes one string of plain words with a space on each side of every word, a comma wherever a clause may
end, and `[` and `]` around quoted words. Everything is linear in the length of the text.
"""

from __future__ import annotations

import re
from copy import copy
from functools import cached_property

from agent.screen.letters import fold
from agent.screen.vocabulary import FILLERS
from agent.screen.words import MARKS, plain, spaced_out

_END = re.compile(r"[!?]+[\"')\]]*(?=\s)|(?<!\.)\.[\"')\]]*(?=\s)|\n+|;(?=\s)")
_SAID = re.compile(
    r"\s*(?:said|says|say|asked|asks|yelled|shouted|wrote|goes|he|she|they|my|gran|mom|mum|dad|announced)\b"
)
_PHRASES = {
    "do not": "not", "does not": "not", "can not": "cannot", "could not": "cannot", "no longer": "not",
    "any more": "anymore", "any longer": "anymore", "much longer": "anymore", "my self": "myself", "him self": "himself",
    "right now": "now", "to night": "tonight", "un alive": "unalive", "sewer slide": "suicide",
    "not going to lie": "", "not gonna lie": "", "you know": "", "i mean": "", "kind of": "", "sort of": "",
    "a bit": "", "a little": "", "at all": "", "to be honest": "", "i guess": "", "i suppose": "", "of course": "",
    "in fact": "", "so much": "", "so bad": "", "so badly": "", "any day": "any day", "no one": "nobody",
    "not feel like": "notfeel", "feel like i": "i", "feels like i": "i", "think i": "i", "no point in": "no point",
    "every one": "everyone", "some one": "someone", "in order to": "to", "would like to": "want to",
    "would love to": "want to", "am gonna": "am going to", "wish that i": "wish i", "hope that i": "hope i",
    "the point of": "the point", "the point in": "the point", "a couple": "two", "of mine": "", "did not want": "not wanted",
    "did not wish": "not wanted", "if only i": "wish i", "and then": ", then", "the hell": "", "the fuck": "",
    "as well": "", "of my own": "my own", "kms": "kms", "2 die": "to die", "want 2": "want to", "going 2": "going to",
    "need 2": "need to", "ready 2": "ready to", "have 2": "have to", "kill me self": "kill myself", "got to": "have to",
    "thinking bout": "thinking about", "committing": "commit", "committed": "commit",
}  # fmt: skip
_PHRASE = re.compile(r"(?<= )(?:" + "|".join(sorted(map(re.escape, _PHRASES), key=len, reverse=True)) + r")(?= )")
_ILL = re.compile(
    r"(?<= )ill(?= (?:be|kill|do|never|have|go|miss|end|die|not|make|jump|take|see|get|give|leave|hang|finally|soon|find|"
    r"join|write|say|tell|wait|sleep|try|cut|hurt|shoot|drown|disappear|lose|keep|stop|wake|ever|need|always|overdose) )"
)
_SHORT = 25
_QUOTE = re.compile(r" \{ ((?:(?! [{}] ).)*) \} ")


class Sentence:
    """One sentence: `text` for the patterns, `words` for quick questions, `quoted` when it begins inside a quotation."""

    __slots__ = ("index", "question", "text", "words")

    def __init__(self, index: int, raw: str, quoted: bool) -> None:
        self.index = index
        self.question = "?" in raw[-3:]
        self.text = canonical(raw, quoted)
        self.words = frozenset(self.text.split())

    def but(self, text: str) -> Sentence:
        """The same place in the page with other words."""
        other = copy(self)
        other.text = f" {text} "
        other.words = frozenset(text.split())
        return other

    def quotes(self, position: int) -> bool:
        """Whether the words at an offset of `text` stand inside a quotation."""
        before = self.text[: position + 1]
        return before.count("[") > before.count("]")


class Page:
    """A folded text cut into sentences, each made plain when it is first asked for."""

    def __init__(self, text: str) -> None:
        folded = fold(text)
        tokens = set(folded.split())
        if sum(len(t.strip(MARKS)) == 1 for t in tokens) > 4 or any(len(t) > 8 and "." in t for t in tokens):
            folded = spaced_out(folded)
            tokens = set(folded.split())
        self.folded = folded
        self.tokens = tokens

    @cached_property
    def raw(self) -> list[str]:
        """The sentences as folded text."""
        pieces, start = [], 0
        for match in _END.finditer(self.folded):
            quoted = match[0][-1] in "\"'"
            if quoted and _SAID.match(self.folded, match.end()):
                continue
            pieces.append(self.folded[start : match.end()])
            start = match.end()
        pieces.append(self.folded[start:])
        return pieces

    @cached_property
    def _plain(self) -> dict[int, Sentence]:
        return {}

    @cached_property
    def _inside(self) -> list[bool]:
        """For each sentence, whether it begins inside double quotes; a new paragraph begins outside."""
        inside, states = False, []
        for piece in self.raw:
            states.append(inside)
            inside ^= piece.count('"') % 2 == 1
            inside &= "\n" not in piece
        return states

    def sentence(self, index: int) -> Sentence | None:
        """The sentence of that number in plain words, or None beyond either end."""
        if not 0 <= index < len(self.raw):
            return None
        if index not in self._plain:
            self._plain[index] = Sentence(index, self.raw[index], self._inside[index])
        return self._plain[index]

    def around(self, sentence: Sentence) -> Sentence:
        """A sentence with its short neighbours, as one: for signs that people spread over full stops."""
        near = [self.sentence(sentence.index + step) for step in (-1, 1)]
        parts = [s.text.strip() if s and len(s.words) <= _SHORT else "" for s in near]
        parts.insert(1, sentence.text.strip())
        return sentence.but(" , ".join(part for part in parts if part))

    def holding(self, keys: frozenset[str]) -> list[Sentence]:
        """The sentences in which at least one of the key words stands, whatever its spelling."""
        hot = {token for token in self.tokens if not keys.isdisjoint(plain(token).split())}
        if not hot:
            return []
        found = (self.sentence(i) for i, piece in enumerate(self.raw) if not hot.isdisjoint(piece.split()))
        return [s for s in found if s is not None]


def canonical(raw: str, quoted: bool = False) -> str:
    """One folded sentence as plain words between spaces, with commas and quotation brackets as words of their own."""
    words: list[str] = ["["] if quoted else []
    for token in raw.split():
        core = token.strip(MARKS)
        lead, _, trail = token.partition(core) if core else (token, "", "")
        words.extend(_opening(lead))
        words.extend(w for w in plain(token).split() if w not in FILLERS)
        words.extend(_closing(trail))
    text = f" {' '.join(words)} "
    text = _ILL.sub("i will", text)
    text = _PHRASE.sub(lambda match: _PHRASES[match[0]], text)
    text = _QUOTE.sub(r" [ \1 ] ", text).replace(" { ", " ").replace(" } ", " ")
    return re.sub(r" {2,}", " ", text)


def _opening(lead: str) -> list[str]:
    """What stands before a token: a clause border, or the beginning of a quotation."""
    if '"' in lead:
        return ["["]
    if "'" in lead:
        return ["{"]
    return [","] if any(c in "(,-" for c in lead) else []


def _closing(trail: str) -> list[str]:
    """What stands behind a token: the end of a quotation, the border of a clause, or both."""
    border = [","] if "..." in trail or any(c in ",:;)-" for c in trail) else []
    if '"' in trail:
        return ["]", *border]
    return ["}", *border] if "'" in trail else border
