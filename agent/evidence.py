"""Which words carried an emotion: take phrases away, read again, and see how far its probability falls.

Removal is compared with removing random spans of as many words, so that length alone is never taken for evidence.
All variants go to the classifier in one batch; in a long text they come from the strongest passages only.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS, Reading, Span
from agent.ports import Classifier
from agent.sentences import Offsets, sentences

SPANS_PER_LABEL = 2
LEAST_DROP = 0.03
"""Smaller falls are noise of the int8 model."""

LEAST_SHARE = 0.4
"""A second span must cost at least this share of what the first one does."""

_MOST_LABELS = 5
_MOST_PASSAGES = 3
_PASSAGE_WORDS = 40
_PHRASE_WORDS = 6
_LONGEST_JOINED = 8
"""Two neighbouring phrases of one clause are tried together up to this many words."""

_CONTROL_LENGTHS = (1, 2, 3, 5, 8)
_RANDOM_SPANS = 4
_PALE = 0.4
"""What the drop of a phrase without words of its own counts (`for an hour`): it is a poor thing to quote."""

_WORD = re.compile(r"\S+")
_CONJUNCTIONS = re.compile(r"(?:\s*\b(?:and|but|so|then|or|because)\b,?\s+)+(?=\S)", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.,;:!?\u2026)\u2014]+[\"'\u201d\u2019]*$")
_FUNCTION_WORDS = frozenset(
    "a an and although after am are as at be because been before but by can could did do does for from had has have "
    "he he's her his how i i'd i'll i'm i've if in into is it it's its just me my of on or our she she's since so than "
    "that that's the their then there there's they they're this though to until was we we're were what when where "
    "which while who why will with would you you're your".split()
)
_PALE_WORDS = _FUNCTION_WORDS | frozenset(
    "about again ago all also another any around away back bit both came come day days down each even every first get "
    "go going got here him hour hours last later like made make minute minutes monday tuesday wednesday thursday "
    "friday saturday sunday month months morning afternoon evening night today tonight tomorrow yesterday much now off "
    "once one only other out over own put said same say second some something still take them thing things time times "
    "too took twice two three four five six seven eight nine ten up us very via way week weeks went year years yes "
    "between during through under without".split()
)
_DANGLING = frozenset(
    "a an and as at be but for her his in into is its my of on or our so than that the their to with your".split()
)


def words(text: str, start: int = 0, end: int | None = None) -> list[Offsets]:
    """Offsets of the words of `text[start:end]`, punctuation included."""
    return [match.span() for match in _WORD.finditer(text, start, len(text) if end is None else end)]


def _bare(text: str, word: Offsets) -> str:
    return text[word[0] : word[1]].lower().replace("\u2019", "'").strip(".,;:!?()\"'\u201c\u201d\u2026")


def phrases(text: str, tokens: Sequence[Offsets]) -> list[tuple[int, int]]:
    """Groups of words as (first, past-last) word numbers: cut after punctuation, and before a function word that
    follows a content word. Texts of fewer than three such groups are cut into single words."""
    cuts = [0]
    content = False
    for i, token in enumerate(tokens):
        function = _bare(text, token) in _FUNCTION_WORDS
        full = i - cuts[-1] >= _PHRASE_WORDS
        after_clause = i > 0 and _CLAUSE_END.search(text[tokens[i - 1][0] : tokens[i - 1][1]])
        if i > cuts[-1] and (full or after_clause or (function and content)):
            cuts.append(i)
            content = False
        content = content or not function
    groups = list(pairwise([*cuts, len(tokens)]))
    return groups if len(groups) >= 3 else [(i, i + 1) for i in range(len(tokens))]


def passages(text: str) -> list[Offsets]:
    """The text in pieces of whole sentences with about 40 words each; a short text is one piece."""
    pieces: list[Offsets] = []
    start = 0
    for _, end in sentences(text):
        if len(words(text, start, end)) >= _PASSAGE_WORDS:
            pieces.append((start, end))
            start = end
    if start < len(text):
        pieces.append((start, len(text)))
    return pieces


def trim(text: str, start: int, end: int) -> Offsets:
    """The span without white space, closing punctuation, stray quotation marks and leading conjunctions."""
    if joined := _CONJUNCTIONS.match(text, start, end):
        start = joined.end()
    while start < end and text[start] in " \t\n\r\"'(\u201c\u2018":
        start += 1
    while end > start and text[end - 1] in ' \t\n\r.,;:!?)"\u201c\u201d\u2026\u2014-':
        end -= 1
    return start, end


@dataclass(frozen=True)
class _Trial:
    """One passage with one run of words taken away; `first:last` are word numbers, `random` marks a control."""

    passage: int
    first: int
    last: int
    random: bool

    def without(self, text: str, passage: Offsets, tokens: Sequence[Offsets]) -> str:
        before, after = tokens[self.first][0], tokens[self.last - 1][1]
        return f"{text[passage[0] : before]}{text[after : passage[1]]}".strip()


def candidates(text: str, tokens: Sequence[Offsets]) -> list[tuple[int, int]]:
    """The phrases, and neighbours of one clause together where they stay short: groups that read as a whole."""
    groups = phrases(text, tokens)
    joined = [
        (first, end)
        for (first, last), (_, end) in pairwise(groups)
        if end - first <= _LONGEST_JOINED and not _CLAUSE_END.search(text[tokens[last - 1][0] : tokens[last - 1][1]])
    ]
    return groups + joined


def _trials(number: int, groups: Sequence[tuple[int, int]], word_count: int, rng: random.Random) -> list[_Trial]:
    trials = [_Trial(number, first, last, False) for first, last in groups]
    for length in sorted({_control_length(last - first) for first, last in groups}):
        starts = range(max(0, word_count - length + 1))
        chosen = rng.sample(starts, min(_RANDOM_SPANS, len(starts)))
        trials += [_Trial(number, first, first + length, True) for first in chosen]
    return trials


def _control_length(length: int) -> int:
    """The length of the random spans that a run of `length` words is held against."""
    return min(_CONTROL_LENGTHS, key=lambda known: (abs(known - length), -known))


def worth(text: str, run: Sequence[Offsets], drop: float) -> float:
    """How good a quotation the words `run` are: their drop, less for length and for words that say little alone."""
    bare = [_bare(text, word) for word in run]
    pale = _PALE if all(word in _PALE_WORDS or word.isdigit() for word in bare) else 1.0
    dangling = 0.85 if bare[0] in _DANGLING or bare[-1] in _DANGLING else 1.0
    return float(drop * pale * dangling / len(run) ** 0.25)


async def _strongest(
    classifier: Classifier, text: str, pieces: list[Offsets], labels: list[int]
) -> tuple[list[Offsets], NDArray[np.float32]]:
    """The passages where the labels are strongest, and the probabilities (n, 28) of each as it stands."""
    rows = await classifier.probabilities([text[a:b] for a, b in pieces])
    chosen = sorted({int(np.argmax(rows[:, label])) for label in labels}, key=lambda i: -float(rows[i, labels].max()))
    chosen = sorted(chosen[:_MOST_PASSAGES])
    return [pieces[i] for i in chosen], rows[chosen]


async def spans(text: str, reading: Reading, classifier: Classifier) -> tuple[Span, ...]:
    """At most two spans for every emotion above its threshold, in the order of the reading, then by drop."""
    labels = [EMOTIONS.index(e.label) for e in reading.felt[:_MOST_LABELS]]
    if not labels or not text.strip():
        return ()
    pieces, whole = await _strongest(classifier, text, passages(text), labels)
    tokens = [words(text, *piece) for piece in pieces]
    rng = random.Random(text)  # the same entry always gets the same evidence
    trials = [
        trial
        for number, piece in enumerate(tokens)
        for trial in _trials(number, candidates(text, piece), len(piece), rng)
    ]
    rows = await classifier.probabilities([t.without(text, pieces[t.passage], tokens[t.passage]) for t in trials])
    drops = np.stack([whole[t.passage] for t in trials]) - rows
    return tuple(span for label in labels for span in _best(text, label, trials, drops[:, label], tokens))


def _best(
    text: str, label: int, trials: Sequence[_Trial], drops: NDArray[np.float32], tokens: Sequence[Sequence[Offsets]]
) -> list[Span]:
    """The spans of one label whose removal costs more than that of random spans of as many words."""
    controls: dict[tuple[int, int], list[float]] = {}
    for trial, drop in zip(trials, drops, strict=True):
        if trial.random:
            controls.setdefault((trial.passage, trial.last - trial.first), []).append(float(drop))
    found: list[Span] = []
    for number in _ranked(text, trials, drops, tokens):
        trial, drop = trials[number], float(drops[number])
        chance = float(np.mean(controls.get((trial.passage, _control_length(trial.last - trial.first)), [0.0])))
        least = max(LEAST_DROP, LEAST_SHARE * found[0].drop if found else 0.0)
        if drop < least or drop <= chance:
            continue
        words_here = tokens[trial.passage]
        start, end = trim(text, words_here[trial.first][0], words_here[trial.last - 1][1])
        if start < end and all(end <= s.start or s.end <= start for s in found):
            found.append(Span(label=EMOTIONS[label], start=start, end=end, drop=round(drop, 4)))
        if len(found) == SPANS_PER_LABEL:
            break
    return found


def _ranked(
    text: str, trials: Sequence[_Trial], drops: NDArray[np.float32], tokens: Sequence[Sequence[Offsets]]
) -> list[int]:
    """Numbers of the trials that are no controls, the best quotation first."""
    value = {}
    for number, trial in enumerate(trials):
        run = tokens[trial.passage][trial.first : trial.last]
        # A lone "to" may shift the model, and says nothing to a person.
        if not trial.random and any(_bare(text, word) not in _FUNCTION_WORDS for word in run):
            value[number] = worth(text, run, float(drops[number]))
    return sorted(value, key=lambda number: -value[number])
