"""From rules to a verdict: every hit that is left after its context, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agent.domain import Level
from agent.screen import letters
from agent.screen.context import Left, Place, left_of
from agent.screen.rulebook import Way, Weight
from agent.screen.scan import book, candidates
from agent.screen.sentences import Page, Sentence
from agent.screen.words import MARKS

OWN = ("explicit", "deeds", "implicit", "together")
OTHERS = "others"
FOREIGN = "languages"

NEAR = 4
"""Two weak signs count together when at most this many sentences lie between them."""

_NO = (" no ", " nicht ", " ne ", " non ", " nao ", " niet ", " nunca ", " nie ", " jamais ", " mai ", " nooit ")


class Hit(NamedTuple):
    """A rule that fired: its name, the weight that is left of it, and the number of the sentence."""

    name: str
    weight: Weight
    sentence: int


class Verdict(NamedTuple):
    """What the rules say of a text; `about_other` when only somebody else's life is in question."""

    level: Level
    about_other: bool
    hits: tuple[Hit, ...]


def judge(text: str) -> Verdict:
    """The verdict on a text of any length, in time linear in its length."""
    verdict = _judge(Page(text))
    if verdict.level is not Level.CRISIS and letters.has_pictures(text):
        other = _judge(Page(letters.without_pictures(text)))
        order = list(Level)
        return max(verdict, other, key=lambda v: (order.index(v.level), not v.about_other))
    return verdict


def _judge(page: Page) -> Verdict:
    hits = (*_hits(page), *_foreign(page))
    own = tuple(hit for file, hit in hits if file != OTHERS)
    level = _weigh(own)
    others = tuple(hit for file, hit in hits if file == OTHERS)
    if level is Level.NONE and others:
        return Verdict(Level.CONCERN, True, others)
    return Verdict(level, False, own)


def _hits(page: Page) -> Iterator[tuple[str, Hit]]:
    """What fires on a page and survives its context, each with the file of its rule."""
    for number, way, apart in candidates(page, book(*OWN, OTHERS)):
        weight = _weight(way, page.around(number) if apart else page.sentence(number), page)
        if weight is not None:
            yield way.rule.file, Hit(way.rule.name, weight, number)


def _foreign(page: Page) -> Iterator[tuple[str, Hit]]:
    """What fires in other languages, where no context is understood but a negation right before it."""
    rules = book(FOREIGN)
    sights = rules.sights
    awake = set(page.tokens & rules.waking)
    awake.update(token for token in page.strange if token.strip(MARKS).replace("'", "") in rules.waking)
    for number, piece in enumerate(page.raw if awake else ()):
        if awake.isdisjoint(piece.split()):
            continue
        words = [word.strip(MARKS) for word in piece.replace("'", "").split()]
        text = f" {' '.join(words)} "
        ways = (way for word in words if word in sights for _, way in sights[word].woken)
        for way in {id(way): way for way in ways}.values():
            match = way.patterns[0].search(text)
            if match and not text[: match.start()].endswith(_NO):
                yield FOREIGN, Hit(way.rule.name, way.rule.weight, number)


def _weight(way: Way, sentence: Sentence, page: Page) -> Weight | None:
    """The most that is left of any place where something is said in a sentence."""
    best: Weight | None = None
    for start, end in way.places(sentence.text):
        before, hit, after = sentence.text[:start], sentence.text[start:end], sentence.text[end:]
        left = left_of(Place(way.rule, before, hit, after, sentence, page))
        if left is Left.ALL:
            return way.rule.weight
        if left is Left.CONCERN:
            best = min(way.rule.weight, Weight.STRONG)
    return best


def _weigh(hits: tuple[Hit, ...]) -> Level:
    """One crisis is a crisis; one strong sign, or two weak ones of different names near each other, a concern."""
    if any(hit.weight is Weight.CRISIS for hit in hits):
        return Level.CRISIS
    if any(hit.weight is Weight.STRONG for hit in hits):
        return Level.CONCERN
    weak = [hit for hit in hits if hit.weight is Weight.WEAK]
    near = any(a.name != b.name and abs(a.sentence - b.sentence) <= NEAR for a in weak for b in weak)
    return Level.CONCERN if near else Level.NONE
