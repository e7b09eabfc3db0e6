"""When a hit does not mean what it says: negation, whose it is, the past, quotation, jest, play, clinic and grief.

`left_of` answers for one hit how much of its weight is left. It looks at the clause before the hit, at the sentence
and at the sentences next to it. Outright statements in the present lose little; idiom, reports and play lose all.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from agent.screen.rulebook import Rule, Weight, cues
from agent.screen.sentences import Page, Sentence

_STOP = frozenset({",", "[", "]", "but", "and", "because", "so", "then", "or", "until", "when", "if", "while", "who"})
_NEGATIONS = frozenset(
    {"not", "never", "no", "nor", "neither", "without", "none", "denied", "denies", "deny", "cannot"}
)
_NOT_REALLY = re.compile(
    r" (?:not (?:know|sure|only|joking|a joke|care|stop|help|understand|deny|get|remember|count|mind|let|yet|okay|ok|"
    r"fine|one|a day|a single|want (?:anyone|people|them|my|to be))|cannot|could not|"
    r"never (?:wanted|felt|been|thought|meant|stop)(?: \S+)* (?:more than|so (?:badly|much)|this (?:badly|much)|as much)|"
    r"no (?:doubt|idea|choice|secret|wonder|day|matter|way)|why(?: \S+){0,3}|should not have|reason(?: \S+){0,6}|"
    r"what (?:is )?stop\S*(?: \S+){0,4}|nothing stop\S*(?: \S+){0,4})(?: \S+)* ?$"
)
"""Negations that do not deny what comes after them: `not sure`, `cannot stop`, `the only reason I have not`."""

_AT_A_DISTANCE = re.compile(
    r" (?:is |was |it |did )?(?:not|never) (?:that|because|like|saying|say|said|think|thought|mean|as if) ?$"
)
_MORE_THAN_EVER = re.compile(r" (?:more|so badly|so much|as much|this much|this badly)(?= )")
_OWN_CLAUSE = re.compile(r"(?:(?:because|so|and|but|if|when|once|then|after) )?i ")
_INVERTED = re.compile(
    r" (?:never|not|nor|no|neither)(?: (?!but |and )[^ ,]+){0,7} (?:have|did|do|had|would|could|am|was) ?$"
)
_SPOKEN = re.compile(r",? ?(?:that |how )?i(?: (?:want|wanted|wish|hope|am|was|would|will|just|have|need|to|going))*")
_SAID_AFTER = re.compile(
    r"(?: [a-z]+){0,3} ,? ?(?:said|says|announced|yelled|shouted|goes|muttered|moaned|groaned|sang|cried) "
    r"(?:my|the|our|a|his|her|he|she|they|mom|dad)"
)
_ULTIMATUM = re.compile(
    r" if (?:i have to|i hear|i see|the|he|she|they|we|this|that|someone|anyone|my)(?: [^ ,]+){0,9} (?:again|more|another) "
)
"""What is threatened if some nuisance happens once more: perhaps a figure of speech, perhaps the last straw."""

_RATHER = re.compile(r"(?:rather|sooner) (?:die|be dead)$")
_ME = frozenset({"i", "me", "my", "it", "am"})
_OTHERS = frozenset(
    """
    he she they we you people someone somebody anyone everyone everybody nobody him her them his their patient patients
    clients students teens teenagers children kids guy man woman boy girl friend brother sister mom dad son daughter
    husband wife uncle aunt cousin colleague boss character hero heroine narrator protagonist antihero neighbour neighbor
    roommate men women veterans farmers adults doctors nurses us himself herself themselves teenager grandma grandpa
    nan gran dog cat character characters your survivor student client person prince villain actor author
    """.split()
)
_MY_PERSON = re.compile(rf"my (?:\S+ )?(?:{'|'.join(sorted(_OTHERS))}) ")


class Left(Enum):
    """What is left of a hit."""

    ALL = "all"
    CONCERN = "concern"
    NONE = "none"


class Place(NamedTuple):
    """Where a rule fired: the sentence before and after the hit, and the page around it."""

    rule: Rule
    before: str
    hit: str
    after: str
    sentence: Sentence
    page: Page

    def sees(self, cue: str) -> bool:
        """Whether the sentence shows a sign."""
        return cues()[cue].search(self.sentence.text) is not None

    def near(self, cue: str, *steps: int) -> bool:
        """Whether one of the sentences that many steps away shows a sign."""
        return any(cues()[cue].search(other.text) for other in self.page.near(self.sentence.index, *steps))

    def excusable(self, trait: str) -> bool:
        """Whether the rule says that this may excuse it."""
        return trait in self.rule.traits

    @property
    def outright(self) -> bool:
        """Whether this is level crisis."""
        return self.rule.weight is Weight.CRISIS


def left_of(place: Place) -> Left:
    """How much a hit still weighs in its place."""
    worst = Left.ALL
    for check in CHECKS:
        match check(place):
            case Left.NONE:
                return Left.NONE
            case Left.CONCERN:
                worst = Left.CONCERN
    return worst


def _negated(place: Place) -> Left:
    """Denied by a negation that leads to it in the same clause with no `I` in between, or by the answer after it."""
    if place.sentence.question and place.near("no", 1):
        return Left.NONE
    if place.excusable("said"):
        return Left.ALL
    words = place.before.split()
    if _OWN_CLAUSE.match(place.hit):
        return Left.NONE if _AT_A_DISTANCE.search(place.before.rstrip()) else Left.ALL
    for back, word in enumerate(reversed(words[-8:])):
        if word in _STOP:
            break
        if word == "i":
            earlier = " " + " ".join(words[: len(words) - back - 1])
            return Left.NONE if _AT_A_DISTANCE.search(earlier) or _INVERTED.search(earlier) else Left.ALL
        if word in _NEGATIONS:
            if _MORE_THAN_EVER.match(place.after):
                return Left.ALL
            clause = " " + " ".join(words[-back - 1 :])
            return Left.ALL if _NOT_REALLY.search(place.before) or _NOT_REALLY.search(clause) else Left.NONE
    return Left.ALL


def subject(before: str) -> str:
    """Whose the words are: `me`, `other`, or empty when no subject stands in the clause before them."""
    for word in reversed(before.split()[-9:]):
        if word in _ME:
            return "me"
        if word in _OTHERS:
            return "other"
        if word in {",", "[", "]"}:
            return ""
    return ""


def _whose(place: Place) -> Left:
    """Somebody else's, when the nearest subject before the hit is another person, or the hit begins with one of mine."""
    if not place.excusable("subject"):
        return Left.ALL
    if _MY_PERSON.match(place.hit):
        return Left.NONE
    mine = " i " in f" {place.hit} " or " my " in f" {place.hit} "
    return Left.NONE if not mine and subject(place.before) == "other" else Left.ALL


def _reported(place: Place) -> Left:
    """Somebody else's words: quoted by a third person, sung, read, or only asked about."""
    inner, reported = cues()["inner"], cues()["reported"]
    if place.sentence.quotes(len(place.before)):
        opened, closed = place.before.rfind("["), place.after.find("]")
        frame = place.before[: max(opened, 0)] + (place.after[closed + 1 :] if closed >= 0 else "")
        if reported.search(f" {frame} ") or cues()["media"].search(frame) or cues()["clinic"].search(frame):
            return Left.NONE
        if inner.search(frame):
            return Left.ALL
        if place.near("media", -1, 1):
            return Left.NONE
        return Left.CONCERN if place.near("reported", -1, 1) else Left.ALL
    if _SAID_AFTER.match(place.after):
        return Left.NONE
    if cues()["asked"].search(f"{place.before}{place.hit} "):
        return Left.NONE
    match = reported.search(place.before)
    if match is None or inner.search(place.before):
        return Left.ALL
    between = place.before[match.end() :].strip()
    if " i " in f" {between} " and not _SPOKEN.fullmatch(between):
        return Left.ALL
    bullied = re.search(r" me (?:to|that i should) ", place.before + " ")
    return Left.CONCERN if bullied or "," in between else Left.NONE


def _jest(place: Place) -> Left:
    """Hyperbole: laughter, embarrassment, or a cause too small for it."""
    if not place.excusable("jest") or place.sees("serious"):
        return Left.ALL
    if _RATHER.search(place.hit) and place.after.startswith(" than ") and not cues()["worse"].search(place.after):
        return Left.NONE
    if place.sees("hyperbole") and place.sees("laughter"):
        return Left.NONE
    if place.sees("devoted") or (place.sees("trivial") and (place.sees("hyperbole") or place.sees("laughter"))):
        return Left.NONE
    dying = " die" in place.hit or " dead" in place.hit or "kill me" in place.hit or "kms" in place.hit
    shame = place.sees("embarrassed") or place.near("embarrassed", -1)
    if shame and (dying or "die" in place.hit):
        return Left.NONE
    if place.rule.name.startswith("slang") and place.sees("laughter"):
        return Left.NONE
    if _ULTIMATUM.search(place.before):
        return Left.CONCERN
    if place.rule.name in {"end_it", "kill_me"} and place.near("trivial", -1):
        return Left.CONCERN
    if place.sees("laughter") or place.near("laughter", 1):
        small = place.near("trivial", -1, 1) or shame
        return Left.NONE if small or not place.outright else Left.CONCERN
    return Left.CONCERN if shame else Left.ALL


def _everyday(place: Place) -> Left:
    """An everyday matter: work and school, a kitchen accident, a hobby, an illness, or the fear of dying."""
    if place.excusable("topic") and place.sees("topic"):
        return Left.ALL if place.outright else Left.NONE
    if place.excusable("accident") and place.sees("accident"):
        return Left.NONE
    if place.rule.name in {"cut", "harm"} and place.near("accident", -1, 1) and not place.sees("recent"):
        return Left.CONCERN  # what was meant is not said: a kitchen stands beside it
    if place.excusable("hobby") and place.sees("hobby"):
        return Left.NONE
    if place.excusable("explained") and (place.sees("explained") or place.near("explained", -2, -1, 1, 2)):
        return Left.NONE
    feared = place.excusable("fear") and (cues()["feared"].search(f"{place.before}{place.hit} ") or place.sees("sick"))
    return Left.NONE if feared else Left.ALL


def _played(place: Place) -> Left:
    """Games, films, books, songs, news, medicine and mourning."""
    mine = subject(place.before) == "me" or place.sentence.text.lstrip().startswith(("i ", "my "))
    if place.excusable("play") and place.sees("game") and not mine:
        return Left.NONE
    if place.excusable("play") and place.sees("game") and re.search(r"(?:ed|ing) myself|ended|threw|jumped", place.hit):
        return Left.NONE
    own_words = mine and place.outright and not place.hit.startswith("suicide")
    if place.excusable("play") and place.sees("media") and not own_words:
        return Left.NONE
    if place.excusable("clinic") and place.sees("clinic") and not (mine and place.outright):
        return Left.NONE
    if place.excusable("grief") and place.sees("grief"):
        return Left.NONE
    beside = place.excusable("grief") and place.near("grief", -1, 1) and " i " not in place.sentence.text
    return Left.CONCERN if beside else Left.ALL


def _past(place: Place) -> Left:
    """Long ago: nothing is left where the person speaks of having recovered, otherwise a concern."""
    if place.sees("relapsed") or (place.sees("just_now") and not place.sees("bygone")):
        return Left.ALL
    if place.sees("recent") and not place.sees("long_ago"):
        return Left.ALL
    here = place.sees("long_ago")
    if not here and not place.near("long_ago", -1, -2, 1):
        return Left.ALL
    if any(place.near("recovered", step) for step in (-2, -1, 0, 1, 2, 3)):
        return Left.NONE
    return Left.CONCERN if here and place.excusable("past") else Left.ALL


CHECKS = (_negated, _whose, _reported, _jest, _everyday, _played, _past)
