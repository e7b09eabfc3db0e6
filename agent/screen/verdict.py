"""From rules to a verdict: every hit that is left after its context, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agent.domain import Level
from agent.screen import letters
from agent.screen.context import Left, Place, left_of
from agent.screen.rulebook import Rule, Weight, rules
from agent.screen.sentences import Page, Sentence
from agent.screen.words import MARKS

SELF_RULES = ("explicit", "deeds", "implicit", "together")
_NO = (" no ", " nicht ", " ne ", " non ", " nao ", " niet ", " nunca ", " nie ", " jamais ", " mai ", " nooit ")
NEAR = 4
"""Two weak signs count together when at most this many sentences lie between them."""


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
    pages = [Page(text)]
    if letters.has_pictures(text):
        pages.append(Page(letters.without_pictures(text)))
    verdicts = [_judge(page) for page in pages]
    order = list(Level)
    return max(verdicts, key=lambda v: (order.index(v.level), not v.about_other))


def _judge(page: Page) -> Verdict:
    own = (*_hits(page, rules(*SELF_RULES)), *_foreign(page))
    level = _weigh(own)
    if level is Level.NONE and (others := tuple(_hits(page, rules("others")))):
        return Verdict(Level.CONCERN, True, others)
    return Verdict(level, False, own)


def _hits(page: Page, index: dict[str, tuple[Rule, ...]]) -> Iterator[Hit]:
    """What fires on a page and survives its context."""
    for sentence in page.holding(frozenset(index)):
        due = {id(rule): rule for word in sentence.words for rule in index.get(word, ())}
        wider = page.around(sentence) if any(len(rule.patterns) > 1 for rule in due.values()) else sentence
        for rule in due.values():
            weight = _weight(rule, wider if len(rule.patterns) > 1 else sentence, page)
            if weight is not None:
                yield Hit(rule.name, weight, sentence.index)


def _foreign(page: Page) -> Iterator[Hit]:
    """What fires in other languages, where no context is understood but a negation right before it."""
    index = rules("languages")
    awake = {token for token in page.tokens if token.strip(MARKS).replace("'", "") in index}
    for number, piece in enumerate(page.raw if awake else ()):
        words = piece.replace("'", "").split()
        text = f" {' '.join(word.strip(MARKS) for word in words)} "
        due = {rule.name: rule for word in text.split() for rule in index.get(word, ())}
        for rule in due.values():
            match = rule.patterns[0].search(text)
            if match and not text[: match.start()].endswith(_NO):
                yield Hit(rule.name, rule.weight, number)


def _weight(rule: Rule, sentence: Sentence, page: Page) -> Weight | None:
    """The most that is left of any place where a rule fires in a sentence."""
    best: Weight | None = None
    for start, end in rule.places(sentence.text):
        before, hit, after = sentence.text[:start], sentence.text[start:end], sentence.text[end:]
        left = left_of(Place(rule, before, hit, after, sentence, page))
        if left is Left.ALL:
            return rule.weight
        if left is Left.CONCERN:
            best = min(rule.weight, Weight.STRONG)
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

