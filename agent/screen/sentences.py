"""A text as sentences of plain words, made only where a rule may have something to say.

A sentence becomes one string of plain words with a space on each side of every word, a comma wherever a clause may
end, and `[` and `]` around quoted words. Everything is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property

from agent.screen.letters import fold
from agent.screen.vocabulary import FILLERS, common_words
from agent.screen.words import MARKS, plain, spaced_out, unleet

_STOP = re.compile(r"[.!?\n;]+[\"')\]]*")
_SAID = re.compile(
    r"\s*(?:said|says|say|asked|asks|yelled|shouted|wrote|goes|he|she|they|my|gran|mom|mum|dad|announced)\b"
)
_PHRASES = {
    "do not": "not", "does not": "not", "can not": "cannot", "could not": "cannot", "no longer": "not",
    "any more": "anymore", "any longer": "anymore", "much longer": "anymore", "my self": "myself",
    "him self": "himself", "right now": "now", "to night": "tonight", "un alive": "unalive", "sewer slide": "suicide",
    "not going to lie": "", "you know": "", "i mean": "", "kind of": "", "sort of": "", "a bit": "", "a little": "",
    "at all": "", "to be honest": "", "i guess": "", "i suppose": "", "of course": "", "in fact": "", "so much": "",
    "so bad": "", "so badly": "", "no one": "nobody", "not feel like": "notfeel", "feel like i": "i",
    "feels like i": "i", "think i": "i", "no point in": "no point", "every one": "everyone", "some one": "someone",
    "in order to": "to", "would like to": "want to", "would love to": "want to", "wish that i": "wish i",
    "hope that i": "hope i", "the point of": "the point", "the point in": "the point", "a couple": "two",
    "of mine": "", "did not want": "not wanted", "did not wish": "not wanted", "if only i": "wish i",
    "and then": ", then", "the hell": "", "the fuck": "", "as well": "", "of my own": "my own", "2 die": "to die",
    "want 2": "want to", "going 2": "going to", "need 2": "need to", "ready 2": "ready to", "have 2": "have to",
    "got to": "have to", "thinking bout": "thinking about", "committing": "commit", "committed": "commit",
}  # fmt: skip
ALIASES = {
    "can not": "cannot", "could not": "cannot", "no longer": "not", "any more": "anymore", "any longer": "anymore",
    "much longer": "anymore", "my self": "myself", "un alive": "unalive", "sewer slide": "suicide",
    "no one": "nobody", "some one": "someone", "every one": "everyone", "like to": "want", "love to": "want",
    "if only": "wish", "got to": "have", "couple": "two", "committ": "commit", " 2 ": "to", "ill ": "i will",
    "feel like": "notfeel", "want": "wanted", "wish": "wanted",
}  # fmt: skip
"""What pieces of a sentence may become in `_PHRASES`, for the quick look before it is made plain."""

_PADDED = [(f" {phrase} ", f" {words} ") for phrase, words in sorted(_PHRASES.items(), key=lambda pair: -len(pair[0]))]
_SO = re.compile(
    r"(?<= )so (?!(?:i|they|nobody|no|my|mom|dad|she|he|it|that|you|we|the|please|someone|somebody|her|his|people|kids|"
    r"there|everyone) )"
)
_ILL = re.compile(
    r"(?<= )ill(?= (?:be|kill|do|never|have|go|miss|end|die|not|make|jump|take|see|get|give|leave|hang|finally|soon|"
    r"find|join|write|say|tell|wait|sleep|try|cut|hurt|shoot|drown|disappear|lose|keep|stop|wake|ever|need|overdose) )"
)
_QUOTE = re.compile(r" \{ ((?:(?! [{}] ).)*) \} ")
_SPACES = re.compile(r" {2,}")
_SPELLED = 3
_SHORT = 16
_LONG = 60
_OVERLAP = 12


class Sentence:
    """One sentence: `text` for the patterns, and whether it is a question."""

    __slots__ = ("index", "length", "question", "text")

    def __init__(self, index: int, raw: str, known: Mapping[str, str], quoted: bool) -> None:
        self.index = index
        self.question = "?" in raw[-3:]
        self.text = canonical(raw, known, quoted)
        self.length = self.text.count(" ")

    def but(self, text: str) -> Sentence:
        """The same place in the page with other words."""
        other = copy(self)
        other.text = f" {text} "
        return other

    def quotes(self, position: int) -> bool:
        """Whether the words at an offset of `text` stand inside a quotation."""
        before = self.text[: position + 1]
        return before.count("[") > before.count("]")


class _Dressed(dict[str, str]):
    """Tokens as they stand in a plain sentence, made when they are first needed."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, token: str) -> str:
        words = self._words[token]
        plainly = token.isalpha() and " " not in words
        self[token] = text = ("" if words in FILLERS else words) if plainly else dressed(token, words)
        return text


class Page:
    """A folded text cut into sentences, each made plain when it is first asked for."""

    def __init__(self, text: str) -> None:
        folded = fold(text)
        order = folded.split()
        if _spelled_out(order):
            folded = spaced_out(folded)
            order = folded.split()
        tokens = frozenset(order)
        self.strange = tokens - common_words()
        if clear := unleet(folded, self.strange):
            folded, tokens = clear, frozenset(clear.split())
            self.strange = tokens - common_words()
        self.folded = folded
        self.tokens = tokens
        self._made: dict[int, Sentence] = {}
        self._wide: dict[int, Sentence] = {}

    @cached_property
    def raw(self) -> list[str]:
        """The sentences as folded text; one that never ends is cut into overlapping stretches."""
        return [part for piece in self._pieces() for part in _stretches(piece)]

    def _pieces(self) -> Iterator[str]:
        text, start = self.folded, 0
        for match in _STOP.finditer(text):
            mark, end = match[0], match.end()
            inside = "\n" not in mark and not text[end : end + 1].isspace()
            if inside or mark.startswith("..") or (mark[-1] in "\"'" and _SAID.match(text, end)):
                continue
            yield text[start:end]
            start = end
        yield text[start:]

    @cached_property
    def _dressed(self) -> Mapping[str, str]:
        return _Dressed(self.plain)

    @cached_property
    def plain(self) -> dict[str, str]:
        """The plain words of every token of the page."""
        common = self.tokens - self.strange
        words = dict(zip(common, common, strict=True))
        words.update((token, plain(token)) for token in self.strange)
        return words

    @cached_property
    def _inside(self) -> list[bool]:
        """For each sentence, whether it begins inside double quotes; a new paragraph begins outside."""
        if '"' not in self.folded:
            return [False] * len(self.raw)
        inside, states = False, []
        for piece in self.raw:
            states.append(inside)
            inside ^= piece.count('"') % 2 == 1
            inside &= "\n" not in piece
        return states

    def sentence(self, index: int) -> Sentence:
        """The sentence of that number in plain words."""
        if index not in self._made:
            self._made[index] = Sentence(index, self.raw[index], self._dressed, self._inside[index])
        return self._made[index]

    def near(self, index: int, *steps: int) -> list[Sentence]:
        """The sentences that many steps before and after one, those that there are."""
        return [self.sentence(index + step) for step in steps if 0 <= index + step < len(self.raw)]

    def around(self, index: int) -> Sentence:
        """A sentence with its short neighbours, as one: for signs that people spread over full stops."""
        if index not in self._wide:
            before = [s.text.strip() for s in self.near(index, -1) if s.length <= _SHORT]
            after = [s.text.strip() for s in self.near(index, 1) if s.length <= _SHORT]
            middle = self.sentence(index)
            self._wide[index] = middle.but(" , ".join([*before, middle.text.strip(), *after]))
        return self._wide[index]


def canonical(raw: str, known: Mapping[str, str], quoted: bool = False) -> str:
    """One folded sentence as plain words between spaces, with commas and quotation brackets as words of their own.

    `known` holds what stands for each token, as `dressed` makes it.
    """
    text = " ".join(known[token] for token in raw.split())
    text = _SPACES.sub(" ", f" [ {text} " if quoted else f" {text} ")
    if " so " in text:
        text = _SO.sub("", text)
    if " ill " in text:
        text = _ILL.sub("i will", text)
    for phrase, words in _PADDED:
        if phrase in text:
            text = text.replace(phrase, words)
    if "{" in text:
        text = _QUOTE.sub(r" [ \1 ] ", text).replace(" { ", " ")
    return _SPACES.sub(" ", text.replace(" } ", " "))


def dressed(token: str, words: str) -> str:
    """The plain words of a token without fillers, with the clause borders and quotation marks around them."""
    core = token.strip(MARKS)
    lead, _, trail = token.partition(core) if core else (token, "", "")
    return " ".join([*_opening(lead), *(w for w in words.split() if w not in FILLERS), *_closing(trail)])


def _spelled_out(tokens: list[str]) -> bool:
    """Whether at least four tokens in a row are single characters."""
    singles = [i for i, token in enumerate(tokens) if len(token) == 1]
    return any(last - first == _SPELLED for first, last in zip(singles, singles[_SPELLED:], strict=False))


def _stretches(piece: str) -> list[str]:
    """A sentence, or overlapping stretches of one that is too long to be one."""
    if len(piece) < 4 * _LONG or piece.count(" ") <= _LONG:
        return [piece]
    words = piece.split()
    step = _LONG - _OVERLAP
    return [" ".join(words[i : i + _LONG]) for i in range(0, max(1, len(words) - _OVERLAP), step)]


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
