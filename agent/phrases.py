"""A text in the pieces that a person would quote: passages, clauses, and the phrases of a clause.

No grammar is known here, only punctuation and the short words of English: a phrase begins before a subject, a
preposition or a conjunction, and never inside "brings me joy" or "so tired".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.sentences import Offsets, sentences

Run = tuple[int, int]
"""A run of words by number: the first one, and the one after the last."""

_PASSAGE_WORDS = 40
_LONGEST_PASSAGE = 60
_LONGEST_PHRASE = 8
_SHORT = 30
_LONGEST_PART = 4
_LONG = 7
_LONGEST_JOINED = 10
_LONGEST_CLAUSE = 14
"""Most words of neighbouring phrases that are tried together, and of whole clauses and sentences."""

_WORD = re.compile(r"\S+")
_CLAUSE_END = re.compile(r"[.,;:!?\u2026)\u2014\u2013]+[\"'\u201d\u2019*_]*$|^[-\u2014\u2013]+$")
_SENTENCE_END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)*_]*$")

_SUBJECTS = frozenset(
    "i i'm i've i'd i'll he he's he'd he'll she she's she'd she'll we we're we've we'd we'll they they're they've "
    "they'd they'll it's that's there's who's what's".split()
)
_EITHER = frozenset("it you her that this my his our their your a an the there".split())
"""They begin a phrase after a conjunction, and belong to the verb before them elsewhere."""

_CONJUNCTIONS = frozenset(
    "and but or nor because although though while when whenever if unless until till since whereas where who which "
    "how what why whether than".split()
)
_PREPOSITIONS = frozenset(
    "in on at from with by into onto through over under after before about without within between during against "
    "around across behind beside near for like off out up down".split()
)
FUNCTION_WORDS = (
    _SUBJECTS
    | _EITHER
    | _CONJUNCTIONS
    | _PREPOSITIONS
    | frozenset(
        "am are as be been being can could did do does doing had has have him is its just me of ours she so than them "
        "then these those to us was were will would where you're your".split()
    )
)
_OBJECTS = frozenset("me you him her it us them".split())
_NUMBERS = frozenset("two three four five six seven eight nine ten first last every".split())
_ARTICLES = frozenset("a an the my his her our their your such".split())
_NEGATIONS = frozenset("not never no couldn't didn't don't can't cannot won't wouldn't isn't wasn't haven't".split())
_OPEN_END = (
    _SUBJECTS
    | _CONJUNCTIONS
    | _NEGATIONS
    | frozenset(
        "a am an and are as at be been being can could did do does every from had has have having his into is its "
        "my of our should so some such than the their there these this those to too very was were when will with "
        "would your".split()
    )
)
"""A phrase that ends in one of these is cut short."""


def words(text: str, start: int = 0, end: int | None = None) -> list[Offsets]:
    """Offsets of the words of `text[start:end]`, punctuation included."""
    return [match.span() for match in _WORD.finditer(text, start, len(text) if end is None else end)]


def bare(text: str, word: Offsets) -> str:
    """A word in lower case, without its punctuation."""
    return text[word[0] : word[1]].lower().replace("\u2019", "'").strip(".,;:!?()\"'\u201c\u201d\u2026*_")


def passages(text: str) -> list[Offsets]:
    """The text in pieces of about 40 words, cut between sentences, and inside of one only where it goes on for more
    than 60 words; a short text is one piece."""
    pieces: list[Offsets] = []
    start = 0
    for first, end in sentences(text):
        inside = words(text, first, end)
        if len(inside) > _LONGEST_PASSAGE:
            cuts = [inside[i][0] for i in range(_PASSAGE_WORDS, len(inside) - _PASSAGE_WORDS // 2, _PASSAGE_WORDS)]
            pieces += pairwise([start, *cuts])
            start = cuts[-1]
        if len(words(text, start, end)) >= _PASSAGE_WORDS:
            pieces.append((start, end))
            start = end
    if start < len(text):
        pieces.append((start, len(text)))
    return pieces


def clauses(text: str, tokens: Sequence[Offsets]) -> list[Run]:
    """The words between two marks of punctuation; together they are all words."""
    ends = [i + 1 for i, word in enumerate(tokens) if _ends(text, word)]
    return list(pairwise(sorted({0, *ends, len(tokens)})))


def phrases(text: str, tokens: Sequence[Offsets]) -> list[Run]:
    """Groups of words that a clause is made of; together they are all words."""
    said = [bare(text, token) for token in tokens]
    return [group for first, last in clauses(text, tokens) for group in _groups(said, first, last)]


def _groups(said: Sequence[str], first: int, last: int) -> Iterator[Run]:
    start = first
    for i in range(first + 1, last):
        content = any(word not in FUNCTION_WORDS for word in said[start:i])
        if (content and _begins(said, i, last)) or (i - start >= _LONGEST_PHRASE and said[i - 1] not in _OPEN_END):
            yield start, i
            start = i
    yield start, last


def _begins(said: Sequence[str], i: int, last: int) -> bool:
    """Whether word `i` begins a phrase in a clause that ends before `last`."""
    word, after = said[i], said[i + 1] if i + 1 < last else ""
    if said[i - 1] in _CONJUNCTIONS:
        return False
    if word in _SUBJECTS or word in _CONJUNCTIONS:
        return True
    if word in ("so", "that", "then"):
        return after in _SUBJECTS or after in _EITHER
    # "put it off", "gave up on": the little word belongs to its verb.
    return word in _PREPOSITIONS and bool(after) and after not in _PREPOSITIONS and after not in _CONJUNCTIONS


def candidates(text: str, tokens: Sequence[Offsets]) -> list[Run]:
    """What may be quoted: the phrases, neighbours of one clause together, whole clauses and short sentences."""
    groups = phrases(text, tokens)
    whole = [run for run in clauses(text, tokens) if run[1] - run[0] <= _LONGEST_CLAUSE]
    joined = [
        (groups[i][0], groups[j][1])
        for i in range(len(groups))
        for j in range(i + 1, min(i + 3, len(groups)))
        if groups[j][1] - groups[i][0] <= _LONGEST_JOINED and not _parted(text, tokens, groups[i][0], groups[j][1])
    ]
    # In a short text whole phrases are too much of it to say where the feeling lies.
    parts = [run for group in groups for run in _parts(text, tokens, group)] if len(tokens) <= _SHORT else []
    found = {*groups, *joined, *whole, *parts, *_short_sentences(text, tokens)}
    return sorted(run for run in found if not _cut_short(text, tokens, run))


def _parts(text: str, tokens: Sequence[Offsets], group: Run) -> Iterator[Run]:
    """Beginnings of a phrase after which it could have ended, and a long phrase without its subject."""
    first, last = group
    said = [bare(text, token) for token in tokens[first:last]]
    for count in range(2, min(_LONGEST_PART, len(said) - 1) + 1):
        if not _leads_on(said[count - 2], said[count - 1]) and said[count] not in _OBJECTS:
            yield first, first + count
    content = next((i for i, word in enumerate(said) if word not in FUNCTION_WORDS), 0)
    if content and len(said) >= _LONG and said[content] not in _NEGATIONS:
        yield first + content, last


def _leads_on(before: str, word: str) -> bool:
    """Whether something has to follow on `word`: "a lazy", "yesterday's", "collected two"."""
    return word in FUNCTION_WORDS or before in _ARTICLES or word.endswith(("'s", "s'")) or word in _NUMBERS


def _short_sentences(text: str, tokens: Sequence[Offsets]) -> list[Run]:
    ends = [i + 1 for i, (a, b) in enumerate(tokens) if _SENTENCE_END.search(text[a:b])]
    return [(a, b) for a, b in pairwise(sorted({0, *ends, len(tokens)})) if b - a <= _LONGEST_CLAUSE]


def _parted(text: str, tokens: Sequence[Offsets], first: int, last: int) -> bool:
    """Whether punctuation stands inside a run."""
    return any(_ends(text, word) for word in tokens[first : last - 1])


def _ends(text: str, word: Offsets) -> bool:
    return bool(_CLAUSE_END.search(text[word[0] : word[1]]))


def _cut_short(text: str, tokens: Sequence[Offsets], run: Run) -> bool:
    """Whether a run breaks off before what it leads to ("because of the", "half of us will be")."""
    last = tokens[run[1] - 1]
    return not _ends(text, last) and run[1] < len(tokens) and bare(text, last) in _OPEN_END


def ends_whole(text: str, tokens: Sequence[Offsets], run: Run) -> bool:
    """Whether a run ends where a clause does, or where another one joins it."""
    return (
        run[1] == len(tokens)
        or _ends(text, tokens[run[1] - 1])
        or bare(text, tokens[run[1]]) in (_SUBJECTS | _CONJUNCTIONS)
    )
