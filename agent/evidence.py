"""Which words carried an emotion: take phrases away, read again, and see how far its probability falls; and read every
phrase alone, to see what it says by itself.

A quotation has to do both: cost the emotion something where it is missing, and speak for it (never for its opposite)
where it stands alone. The first makes it faithful to the model, the second makes sense of it to a person: the words
before the feeling's own often cost as much. Removal is compared with removing random spans of about as many words, so
that length alone is never taken for evidence. All variants go to the classifier in one batch; in a long text they come
from the strongest passages only.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.affect import AFFECT
from agent.domain import EMOTIONS, Reading, Span
from agent.phrases import FUNCTION_WORDS, Run, bare, candidates, ends_whole, passages, words
from agent.ports import Classifier
from agent.sentences import Offsets

SPANS_PER_LABEL = 2
LEAST_DROP = 0.03
"""Smaller falls are noise of the int8 model."""

LEAST_SHARE = 0.4
"""A second span must be worth at least this share of what the first one is."""

LEAST_PART = 0.4
"""Without a span, or in it alone, at least this part of the emotion's probability must be lost, or found."""

_MOST_LABELS = 5
_MOST_PASSAGES = 3
_CONTROL_LENGTHS = (2, 5, 9)
_RANDOM_SPANS = 3
_UNSAID = 0.2
"""What the drop of a span counts that says nothing of the emotion when it stands alone."""

_PALE = 0.4
"""What the drop of a phrase without words of its own counts (`for an hour`): it is a poor thing to quote."""

_WHOLE = 1.2
"""What that of words counts with which something ends, a clause or what comes before the next subject."""

_TOO_LONG = 0.5
_QUOTED = 1.5
"""What a span is worth more that is quoted for another emotion already: near the same words twice are one too many."""

_OPPOSED = 0.3
"""From this valence on, to either side of zero, emotions are opposed."""

_CONJUNCTIONS = re.compile(
    r"(?:\s*\b(?:(?:and|but|so|then|or|because)\b,?|that(?= (?:i|you|he|she|it|we|they|the|my)\b))\s+)+(?=\S)",
    re.IGNORECASE,
)
_PALE_WORDS = FUNCTION_WORDS | frozenset(
    "afternoon again ago all also another any away back both came come day days each eight even evening every "
    "first five four friday get go going got here hour hours last later made make minute minutes monday month "
    "months morning much night nine now once one only other own put said same saturday say second seven six some "
    "something still sunday take ten thing things three thursday time times today tomorrow tonight too took "
    "tuesday twice two very via way wednesday week weeks went year years yes yesterday".split()
)


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
class _Passage:
    """A piece of the text with its words, what may be quoted of it, and random runs of words to hold that against."""

    text: str
    at: Offsets
    tokens: Sequence[Offsets]
    runs: Sequence[Run]
    controls: Sequence[Run]

    def span(self, run: Run) -> Offsets:
        """The run as it would be quoted."""
        return trim(self.text, self.tokens[run[0]][0], self.tokens[run[1] - 1][1])

    def without(self, run: Run) -> str:
        """The passage with the run taken away."""
        before, after = self.tokens[run[0]][0], self.tokens[run[1] - 1][1]
        return f"{self.text[self.at[0] : before]}{self.text[after : self.at[1]]}".strip()

    def variants(self) -> list[str]:
        """The texts to be read: without each run, without each control, each run alone."""
        # With what closes it: a question without its mark is read as no question.
        alone = [self.text[self.span((first, last))[0] : self.tokens[last - 1][1]] for first, last in self.runs]
        return [*map(self.without, self.runs), *map(self.without, self.controls), *alone]


class _Trial(NamedTuple):
    """What taking a span away costs each emotion, what the span reads as alone, and what random spans of about as many
    words cost; float32 (28,) each. `words` are those of some content; `fit` is how good a thing to quote it is."""

    span: Offsets
    words: int
    fit: float
    whole: NDArray[np.float32]
    drops: NDArray[np.float32]
    alone: NDArray[np.float32]
    chance: NDArray[np.float32]


def _passage(text: str, at: Offsets, rng: random.Random) -> _Passage:
    tokens = words(text, *at)
    runs = [run for run in candidates(text, tokens) if _quotable(text, tokens[slice(*run)])]
    controls = []
    for length in sorted({_control_length(last - first) for first, last in runs}):
        # Runs of more than half of a short text would hold the feeling's own words more often than not.
        starts = range(len(tokens) - length + 1 if 2 * length <= len(tokens) else 0)
        chosen = rng.sample(starts, min(_RANDOM_SPANS, len(starts)))
        controls += [(first, first + length) for first in chosen]
    return _Passage(text, at, tokens, runs, controls)


def _quotable(text: str, run: Sequence[Offsets]) -> bool:
    """Whether words can be quoted at all: a lone "to" says nothing, and a quotation holds no other one."""
    start, end = trim(text, run[0][0], run[-1][1])
    told = any(bare(text, word) not in FUNCTION_WORDS for word in run)
    return told and start < end and not re.search('["\u201c\u201d\n\r]', text[start:end])


def _control_length(length: int) -> int:
    """The length of the random spans that a run of `length` words is held against."""
    return min(_CONTROL_LENGTHS, key=lambda known: (abs(known - length), -known))


def fit(text: str, tokens: Sequence[Offsets], run: Run) -> float:
    """How good a quotation a run of words is: less for length and for words that say little alone, more where it ends
    with something whole."""
    said = [bare(text, word) for word in tokens[slice(*run)]]
    pale = _PALE if all(word in _PALE_WORDS or word.isdigit() for word in said) else 1.0
    end = _WHOLE if ends_whole(text, tokens, run) else 1.0
    return float(pale * end / max(2, len(said)) ** _TOO_LONG)


async def _strongest(
    classifier: Classifier, text: str, pieces: list[Offsets], labels: list[int]
) -> tuple[list[Offsets], NDArray[np.float32]]:
    """The passages where the labels are strongest, and the probabilities (n, 28) of each as it stands."""
    rows = await classifier.probabilities([text[a:b] for a, b in pieces])
    chosen = sorted({int(np.argmax(rows[:, label])) for label in labels}, key=lambda i: -float(rows[i, labels].max()))
    chosen = sorted(chosen[:_MOST_PASSAGES])
    return [pieces[i] for i in chosen], rows[chosen]


async def spans(text: str, reading: Reading, classifier: Classifier) -> tuple[Span, ...]:
    """At most two spans for every emotion above its threshold, in the order of the reading, then by worth."""
    labels = [EMOTIONS.index(e.label) for e in reading.felt[:_MOST_LABELS]]
    if not labels or not text.strip():
        return ()
    pieces, whole = await _strongest(classifier, text, passages(text), labels)
    rng = random.Random(text)  # the same entry always gets the same evidence
    parts = [_passage(text, piece, rng) for piece in pieces]
    variants = [part.variants() for part in parts]
    rows = await classifier.probabilities([variant for each in variants for variant in each])
    read = np.split(rows, np.cumsum([len(each) for each in variants])[:-1])
    trials = [trial for part in zip(parts, whole, read, strict=True) for trial in _trials(*part)]
    found: list[Span] = []
    for label in labels:
        found += _best(label, trials, {(span.start, span.end) for span in found})
    return tuple(found)


def _trials(part: _Passage, whole: NDArray[np.float32], rows: NDArray[np.float32]) -> list[_Trial]:
    """The trials of one passage from the probabilities (n, 28) of its variants."""
    without, controls, alone = np.split(rows, [len(part.runs), len(part.runs) + len(part.controls)])
    chance: dict[int, NDArray[np.float32]] = {}
    for length in _CONTROL_LENGTHS:
        mine = [i for i, (first, last) in enumerate(part.controls) if last - first == length]
        chance[length] = (whole - controls[mine].mean(0)) if mine else np.zeros_like(whole)
    trials = []
    for number, run in enumerate(part.runs):
        words_said = [bare(part.text, word) not in _PALE_WORDS for word in part.tokens[slice(*run)]]
        quality, by_chance = fit(part.text, part.tokens, run), chance[_control_length(run[1] - run[0])]
        drops = whole - without[number]
        trials.append(_Trial(part.span(run), sum(words_said), quality, whole, drops, alone[number], by_chance))
    return trials


def _opposites(label: int) -> list[int]:
    """The emotions on the other side of pleasant and unpleasant; none for one that lies between."""
    here = AFFECT[EMOTIONS[label]].valence
    valences = [AFFECT[e].valence for e in EMOTIONS]
    return [i for i, v in enumerate(valences) if min(abs(here), abs(v)) >= _OPPOSED and v * here < 0]


def worth(trial: _Trial, label: int) -> float:
    """How well a span speaks for an emotion; 0 where it does not, or speaks for an opposite one rather."""
    whole, drop, alone = float(trial.whole[label]), float(trial.drops[label]), float(trial.alone[label])
    # A single word is quoted for what it says only: "on my phone" may shift the model.
    carried = alone if trial.words <= 1 else max(drop, alone)
    if drop < LEAST_DROP or drop <= trial.chance[label] or carried < LEAST_PART * whole:
        return 0.0
    opposite = _opposites(label)
    if opposite and (trial.alone[opposite].max() > max(alone, LEAST_DROP) or trial.drops[opposite].max() > drop):
        return 0.0
    return trial.fit * drop * (_UNSAID + (1 - _UNSAID) * min(1.0, alone / whole))


def _best(label: int, trials: Sequence[_Trial], quoted: Set[Offsets]) -> list[Span]:
    """The spans of one emotion, the best first; they do not overlap. `quoted` are those of the emotions before it."""
    found: list[Span] = []
    values = [worth(trial, label) * (_QUOTED if trial.span in quoted else 1.0) for trial in trials]
    least = max(values, default=0.0) * LEAST_SHARE
    for number in sorted(range(len(trials)), key=lambda number: -values[number]):
        if not values[number] or values[number] < least or len(found) == SPANS_PER_LABEL:
            break
        start, end = trials[number].span
        if all(end <= s.start or s.end <= start for s in found):
            drop = round(float(trials[number].drops[label]), 4)
            found.append(Span(label=EMOTIONS[label], start=start, end=end, drop=drop))
    return found
