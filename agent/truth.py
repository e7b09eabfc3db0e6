"""Whether a sentence of the explanation is true to the entry, as far as rules can see.

`check` looks at one sentence at a time. It sees quotations, named emotions, denials, claims of certainty, advice, and
words that the entry does not hold. It is blind to a sentence that puts the entry's own words together wrongly ("your
sister cried" where the person did): only reading by people measures that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.addressed import told
from agent.domain import EMOTIONS, NEUTRAL, Reading, Span
from agent.lexicon import ALWAYS, LABELS_OF, stem, stems
from agent.safety import review

LONGEST = 320
"""Longest sentence that is sent, in characters."""

SURE_FROM = 0.6
"""From this probability on, "probably" is right; below it is "perhaps"."""

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]*)[\"\u201d]")
_SINGLE = re.compile(r"(?<!\w)['\u2018]([^'\u2018\u2019\"]{2,}(?:'\w+[^'\"]*)?)['\u2019](?!\w)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?(?:-[a-z]+)*")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][a-z]+")
_FOREIGN = re.compile(
    r"\b(?:el|los|las|que|una|und|der|die das|ist|nicht|les|vous|est|une|avec|pour|sie|ich|yo|tu|es|och|het)\b"
)

_HEDGES = re.compile(
    r"\b(?:probably|perhaps|maybe|possibly|may|might|could|seems?|seemed|sounds?|likely|appears?|apparently|"
    r"suggests?|hints?|"
    r"sense|guess|unsure|uncertain|fairly|less sure|sure|reads? as|comes? through|a little|faint\w*|trace|signs?)\b"
)
_TWO_WAYS = re.compile(r"\b(?:directions?|side by side|at once|together|both|ways|the two|beside|contrast|mix\w*)\b")
_SURER = re.compile(r"\b(?:probabl[ey]|likely|surely)\b")
_CERTAIN = re.compile(
    r"\b(?:certain(?:ly)?|definite(?:ly)?|undoubted(?:ly)?|obvious(?:ly)?|no doubt|without (?:a )?doubt|"
    r"absolute(?:ly)?|"
    r"complete(?:ly)?|total(?:ly)?|extreme(?:ly)?|utter(?:ly)?|always|never|of course|100|truly|deeply|"
    r"profound(?:ly)?|for sure)\b"
)
_UNSURE = re.compile(
    r"\b(?:unsure|uncertain|hard to|not (?:clear|sure)|unclear|nearest|closest|guess|cannot tell|can't tell)\b"
)
_NOT = re.compile(
    r"\b(?:not|no|never|\w+n't|cannot|without|rather than|instead of|neither|nor|hardly|free of|free from|"
    r"lacks?|little sign of|"
    r"devoid of|nothing of|none of|far from)\b((?:[\s,]+[\w'-]+){1,6})"
)
_NO_FEELING = re.compile(r"\b(?:(?:don't|doesn't|didn't) care|kind of|as long as|how long|so long|a long|long ago)\b")
"""Words that would name an emotion elsewhere."""

_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely|simply)\b")
_GONE = re.compile(
    r"\b(?:(?:is|are|was|seems?) (?:\w+ )?(?:not|absent|gone|missing|over|past)|isn't|aren't|wasn't|has (?:gone|"
    r"passed|faded))\b"
)
_NOTHING = re.compile(
    r"\b(?:no (?:\w+ ){0,2}(?:emotions?|feelings?)|nothing (?:much )?(?:is felt|stands out|clear)|"
    r"feel(?:ing)? nothing|matter-of-fact|"
    r"without (?:any )?(?:emotion|feeling)s?|no one feeling)\b"
)
_ADVICE = re.compile(
    r"\b(?:you (?:should|must|need|have to|ought|could (?:try|always|also)|might (?:want|try)|"
    r"can (?:always|try|still|do)|deserve|will|would do well|had better)|should|must|ought to|"
    r"need(?:s)? to|try(?:ing)? to|consider|"
    r"suggest(?:ion)? (?:you|that you)|i (?:suggest|recommend|advise|hope|wish)|recommend\w*|advi[cs]e|make sure|"
    r"remember|"
    r"don't (?:worry|forget|be|give)|let (?:me|us|it|yourself|your)|let's|please|seek|talk to|reach out|take care|"
    r"take (?:a|some|it|your) (?:time|break|deep|moment|walk|rest|breath|easy)|"
    r"be (?:kind|gentle|proud|patient|brave|strong|careful)|give yourself|hang in|keep (?:going|it up|at it|calm)|"
    r"stay (?:strong|calm|positive)|well done|congratulations|good (?:luck|job|for you)|hopefully|cheer up|things will|"
    r"will (?:pass|get|come|be|feel)|better soon|thank you|welcome|why not|how about|what if)\b"
)
_COMFORT = re.compile(
    r"\b(?:it's|it is|that's|that is) (?:ok|okay|fine|important|best|good|time|better|normal|natural|understandable|"
    r"alright|worth)\b"
)
_COMMAND = re.compile(
    r"^(?:open|take|go|get|try|talk|breathe|rest|call|find|think|stop|start|give|keep|stay|do|don't|be|hold|make|let|"
    r"trust|ask|forgive|allow|enjoy|focus|embrace|accept|remember|sleep|eat|drink|walk|relax|share|look|listen|imagine|"
    r"know|note|treat|celebrate|visit|drop|use|begin|choose|reach|speak|sit|tell|write|leave) |"
    r"\bso (?:just )?(?:ask|call|go|talk|write|take|open|tell|leave|rest|laugh|let|give|try|keep|stop) "
)
_HEALTH = re.compile(
    r"\b(?:depress\w*|trauma\w*|burn-?out|ptsd|adhd|bipolar|autis\w*|therap\w*|symptom\w*|mental\w*|disorder\w*|"
    r"syndrome|clinical\w*|patholog\w*|neuro\w*|illness|condition|diagnos\w*|psycholog\w*|addict\w*|obsess\w*|"
    r"narciss\w*)\b"
)
_BLAME = re.compile(
    r"\b(?:overreact\w*|too (?:much|sensitive|emotional|hard)|silly|childish|selfish|weak|lazy|stupid|"
    r"wrong of you|fault|blame)\b"
)
_SELF = re.compile(r"\b(?:i|i'm|i've|i'd|me|my|mine|myself|we|our|ours|us|we're)\b")
_SELF_ALLOWED = re.compile(r"\bi(?: am|'m) (?:unsure|uncertain|not sure)\b|\bi (?:cannot|can't) (?:tell|say)\b")
_LEAK = re.compile(
    r"\b(?:language model|assistant|as an ai|chatbot|system|prompt|classifier|algorithm|probabilit(?:y|ies)|"
    r"found:|entry:|words:|"
    r"explanation:|sentence \d|the user|the author|the writer|the person|percent|label)\b|%|[<>{}\[\]|#*_=]"
)
_DEED = re.compile(
    r"\b(?:was|were|is|are|has been|have been)(?: now| all)? (?:deleted|erased|exported|mailed|published|shared|listed|"
    r"dropped|executed|forwarded|obeyed|ignored|removed|uploaded|switched off|written into the log)\b"
    r"|\b(?:safety|the journal|this account|this entry) is (?:off|on|illegal|gone|public)\b"
    r"|\bthere are no (?:limits|rules)\b|\byou feel nothing\b"
)
"""What a machine would say that it has done; an explanation does nothing."""

_JOINT = re.compile(
    r"(?:;|, and|, but|, while|, with|, yet| and(?= (?:perhaps|probably|you|there|also))|\. )"
    r"(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)"
)
"""Where a sentence may come apart: a joining word outside of quotations."""


def outside(sentence: str) -> str:
    """The sentence in lower case and straight apostrophes, without what it quotes."""
    bare = _SINGLE.sub(" ", _QUOTED.sub(" ", sentence)).replace("\u2019", "'").lower()
    return _NO_FEELING.sub(" ", bare)


def quotations(sentence: str) -> list[str]:
    """What a sentence quotes, in double or in single quotation marks."""
    return _QUOTED.findall(sentence) + _SINGLE.findall(_QUOTED.sub(" ", sentence))


def _emotions(plain: str) -> Iterator[tuple[int, frozenset[str]]]:
    """Place and possible labels of every word in `plain` that names an emotion."""
    for match in _WORD.finditer(plain):
        if labels := LABELS_OF.get(match.group()):
            yield match.start(), labels


def named(sentence: str, read: frozenset[str] = frozenset(EMOTIONS)) -> set[str]:
    """The emotions a sentence names outside its quotations; of the meanings of a word those that are in `read`."""
    return {label for _, labels in _emotions(outside(sentence)) for label in (labels & read or labels)}


def _form_fault(sentence: str, plain: str) -> str | None:
    words = _WORD.findall(plain)
    if sum(c.isascii() for c in plain) < 0.95 * len(plain):
        return "is in another script"
    if not 12 <= len(sentence) <= LONGEST or sentence[-1] not in '.!?"\u201d' or "\n" in sentence or len(words) < 3:
        return "is not one whole sentence of a sane length"
    if len(set(_FOREIGN.findall(plain))) >= 2:
        return "is in another language"
    if sentence.count('"') % 2 or sentence.count("\u201c") != sentence.count("\u201d"):
        return "has a quotation without an end"
    triples = list(zip(words, words[1:], words[2:], strict=False))
    if len(triples) - len(set(triples)) >= 2 or any(a == b for a, b in pairwise(words)):
        return "repeats itself"
    return None


def _tone_fault(plain: str, text: str) -> str | None:
    if plain.rstrip(' "').endswith("?") or _ADVICE.search(plain) or _COMMAND.search(plain):
        return "gives advice or asks a question"
    if any(comfort.group() not in text for comfort in _COMFORT.finditer(plain)):
        return "comforts or judges"
    if "!" in plain:
        return "exclaims"
    if _HEALTH.search(plain):
        return "speaks of health"
    if _BLAME.search(plain):
        return "judges the person"
    if _SELF.search(_SELF_ALLOWED.sub(" ", plain)):
        return "speaks in the first person"
    return "speaks of the machinery" if _LEAK.search(plain) else None


def _certainty_fault(plain: str, labels: set[str], reading: Reading) -> str | None:
    if _CERTAIN.search(plain):
        return "claims to be certain"
    if not labels:
        return None
    if not reading.felt:
        return None if reading.unsure and _UNSURE.search(plain) else "claims an emotion that was not read for sure"
    if not _HEDGES.search(plain) and not _TWO_WAYS.search(plain):
        return "does not say how sure it is"
    if _SURER.search(plain) and all(e.probability < SURE_FROM for e in reading.felt if e.label in labels):
        return "claims to be surer than the reading"
    return None


def _denial_fault(plain: str, reading: Reading, read: frozenset[str]) -> str | None:
    if not reading.felt:
        return None
    if _NOTHING.search(plain):
        return "denies an emotion that was read"
    for match in _NOT.finditer(_NOT_ONLY.sub(" ", plain)):
        if any(LABELS_OF.get(word, frozenset()) & read for word in _WORD.findall(match.group(1))):
            return "denies an emotion that was read"
    for place, labels in _emotions(plain):
        if labels & read and _GONE.match(" ".join(plain[place:].split()[1:5])):
            return "denies an emotion that was read"
    return None


def _clauses(sentence: str) -> list[str]:
    """The sentence in pieces that each speak of an emotion and quote for it; whole where it does not come apart."""
    pieces = _JOINT.split(sentence)
    return pieces if all(_QUOTED.search(p) and named(p) for p in pieces) else [sentence]


def _quotation_fault(sentence: str, text: str, spans: Sequence[Span], read: frozenset[str]) -> str | None:
    for quote in quotations(sentence):
        if not quote.strip() or not re.search(rf"(?<!\w){re.escape(quote)}(?!\w)", text):
            return "quotes words that the entry does not hold"
    for clause in _clauses(sentence):
        labels = named(clause, read)
        for quote in quotations(clause):
            carried = {s.label for s in spans if quote in s.of(text) or s.of(text) in quote}
            if labels and not labels & carried:
                return "sets a quotation beside an emotion that it is no evidence for"
    return None


def _invention(sentence: str, plain: str, text: str) -> str | None:
    """A word, name or number outside the quotations that neither the entry nor any explanation holds."""
    entry = text.replace("\u2019", "'")
    held = stems(_WORD.findall(entry.lower())) | stems(re.findall(r"[a-z]+", entry.lower()))
    for word in _WORD.findall(plain):
        known = word in ALWAYS or word in LABELS_OF or stem(word) in held or word in held
        if not known and not all(part in ALWAYS or stem(part) in held for part in word.split("-")):
            return "brings in words that the entry does not hold"
    bare = _SINGLE.sub(" ", _QUOTED.sub(" ", sentence))
    if not set(_NUMBER.findall(bare)) <= set(_NUMBER.findall(entry)):
        return "brings in numbers that the entry does not hold"
    if any(
        stem(name.lower()) not in held for name in _NAME.findall(bare) if name.lower() not in ALWAYS | LABELS_OF.keys()
    ):
        return "brings in names that the entry does not hold"
    return None


def check(sentence: str, text: str, reading: Reading, spans: Sequence[Span]) -> str | None:
    """Why a sentence must not be sent, or None when it may."""
    plain = outside(sentence)
    read = frozenset(e.label for e in reading.felt) or frozenset(e.label for e in reading.nearest())
    if not reading.felt or any(e.label == EMOTIONS[NEUTRAL] for e in reading.emotions):
        read |= {EMOTIONS[NEUTRAL]}
    labels = named(sentence, read)
    if fault := _form_fault(sentence, plain) or _tone_fault(plain, text.lower()):
        return fault
    if labels - read:
        return "names an emotion that was not read"
    return (
        _denial_fault(plain, reading, read)
        or _quotation_fault(sentence, text, spans, read)
        or _certainty_fault(plain, labels - {EMOTIONS[NEUTRAL]}, reading)
        or ("claims that something was done" if _DEED.search(plain) else None)
        or _invention(sentence, plain, told(text))
        or review(_QUOTED.sub(" ", sentence))
    )
