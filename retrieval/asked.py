"""What a text says about warnings: which themes it asks for by name, which it refuses, which it is hurt by.

Plain patterns that lean to one side: to ask needs a request in so many words ("I want to watch a horror film"), while
a theme is kept away at a mere mention ("three weeks sober"). They read English only, miss irony, and do not
replace the crisis screen, which has run before anything is suggested.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from reader.clean import clean


class Theme(NamedTuple):
    """Patterns over lower-case text: `named` as a thing to watch or play, `lived` as something that happened to a
    person, `shown` as more that gives an item away to whoever has lived it."""

    named: str
    lived: str | None = None
    shown: str | None = None


THEMES: dict[str, Theme] = {
    "violence": Theme(
        r"violen(?:t|ce)|gory|gore|blood(?:y|shed)?|wars?|shooters?|shoot-?outs?|fighting",
        r"violen(?:t|ce)|attacked|assault\w*|stabb\w+|mugged|beat(?:en)? (?:me|him|her|them|up)|(?:hit|punched) me"
        r"|(?:active )?shooter|shooting|gun(?:man|shots?)|stalk(?:er|ing|ed)|burgl\w+|broke in(?:to)?"
        r"|intruders?|air raid",
    ),
    "horror": Theme(
        r"horror|scary|creepy|frightening|spooky|terrifying|slashers?|ghost stor(?:y|ies)", r"nightmares?|haunted by"
    ),
    "self-harm": Theme(
        r"self[- ]?harm\w*|suicid(?:e|al)",
        r"self[- ]?harm\w*|suicid\w*|overdos\w+|(?:kill|hurt|cut|harm)(?:ing|ting)? myself"
        r"|end(?:ing)? (?:my life|it all)",
    ),
    "grief": Theme(
        r"grie(?:f|ving)|mourning|bereavement|loss|death|dying|losing some(?:one|body)|tear-?jerkers?",
        r"died|dying|deaths?|funerals?|passed away|bereav\w+|miscarr\w+|still-?born|grie(?:f|v)\w*|mourn\w*|widow\w*"
        r"|buried|cremat\w+|hospice|put (?:him|her|it) (?:down|to sleep)"
        r"|lost (?:my|our) (?:mum|mom|mother|dad|father|son|daughter|baby|brother|sister|wife|husband|partner|friend"
        r"|best friend|gran\w*|nan|cat|dog)",
        r"dead|dies|killed|murder\w*|graves?|graveyard|ghosts?|orphan\w*|lost (?:his|her|their)|afterlife",
    ),
    "gambling": Theme(
        r"gambling|casinos?|poker|betting|blackjack|slots?|slot machines?|roulette",
        r"gambl\w+|casinos?|betting|slot machines?|scratch ?cards?|bookies?",
        r"bets?|wagers?|jackpots?|lotter(?:y|ies)|stakes",
    ),
    "sexual content": Theme(
        r"sex(?:y|ual)?|sex scenes?|erotic\w*|nud(?:e|ity)", r"rap(?:e|ed|ist)|molest\w+|sexual\w*|groped|groomed"
    ),
    "drugs": Theme(
        r"drugs?|alcohol|drinking|addicts?|addiction|stoners?",
        r"drugs|sober|sobriety|relaps\w+|addict\w*|rehab|alcohol\w*|detox|overdos\w+|cocaine|heroin|drinking again"
        r"|sponsee|my sponsor|withdrawal"
        r"|clean for|aa meeting",
        r"drunk\w*|drinks|whisk(?:e)?y|wine|beers?|vodka|rum|pubs?|bars?",
    ),
    "abuse": Theme(
        r"abus(?:e|ive)",
        r"abus\w+|molest\w+|groomed|bull(?:y|ied|ying|ies)|(?:hits|beats) me|domestic violence|rap(?:e|ed|ist)",
    ),
    "flashing lights": Theme(
        r"flash(?:ing|es)(?: lights?)?|strob(?:e|ing)\w*",
        r"epilep\w+|seizures?|migraines?|photosensitiv\w+|concuss\w+|flashing lights?",
    ),
    "strong language": Theme(r"swear(?:ing|y|s)?|strong language|cursing|profanity"),
}

SORE: dict[str, Theme] = {
    "illness": Theme(
        r"illness(?:es)?|disease",
        r"hospitals?|cancer|chemo\w*|tumou?rs?|biops(?:y|ies)|scans?|mri|dialysis|transplants?|surgery|diagnos\w+|stroke"
        r"|covid|dengue|dementia|alzheimer\w*|epilep\w+|sepsis|pneumonia|intensive care|icu|bleeding|flu",
        r"diseases?|hospitals?|patients?|surgeons?|surgery|surgical|pandemics?|plagues?|virus(?:es)?|epidemics?|ill|illness"
        r"|sick(?:ness|bed)?|dement\w+|medical|wards?",
    ),
    "parting": Theme(
        r"break-?ups?|divorces?",
        r"broke up|break(?:ing)? up|break-?up|divorc\w+|dumped me|left me|ended it with|my ex",
        r"divorc\w+|break-?ups?|breaks? up|exes|ex-\w+|marital|jilted|heartbreak\w*",
    ),
}
"""Sore subjects that are no warnings: kept away in the same manner from whoever has them in their own life."""

_MEDIA = r"films?|movies?|games?|series|shows?|videos?|documentar(?:y|ies)|thrillers?|dramas?|stor(?:y|ies)"
_FILLER = (
    rf"(?:{_MEDIA}|to|watch(?:ing)?|play(?:ing)?|see|an?|the|some|something|anything|one|me|us|for|really|very|properly"
    r"|proper|truly|good|great|decent|old|classic|new|short|long|nice|little|bit|of|tonight|now|more|another|about|with"
    r"|on|that|is|that's|that is|which|deals|dealing|full|please|kind|sort)[ ,]+"
)
_CUE = (
    r"(?:i(?:'d| would)? (?:really |just |also )*(?:want|need|fancy|feel like|could do with)"
    r"|i(?:'d| would) (?:like|love)"
    r"|in the mood for|looking for|recommend|suggest|give me|show me|find me|let(?:'s| us) (?:watch|play)|can i have)"
)
_NO = (
    r"(?:no|not|nothing|without|avoid|hate|never"
    r"|(?:don't|do not|can't|cannot|couldn't) (?:want|need|stand|take|bear|handle))"
)
_NEGATED = re.compile(r"(?:n't|\bnot|\bnever|\bno longer|\bhardly)(?: \w+){0,2} ?$")
_MYSELF = re.compile(r"\b(?:kill|hurt|cut|harm)(?:ing|ting)? myself\b|\bend(?:ing)? (?:my life|it all)\b")

_ASKS = {
    warning: re.compile(
        rf"\b{_CUE} (?:{_FILLER}){{0,10}}(?:{theme.named})\b(?: (?:{_MEDIA})\b)?"
        # Somebody who types only "scary movies please" or "something scary to watch" into the box asks, too.
        rf"|^(?:{_FILLER}){{0,6}}(?:{theme.named}) (?:{_MEDIA})(?:,? please| tonight| now)*[.!?]*$"
        rf"|^something (?:{theme.named})(?:,? please| tonight| to watch| to play)+[.!?]*$"
    )
    for warning, theme in (THEMES | SORE).items()
}
_REFUSALS = {w: re.compile(rf"\b{_NO} (?:[\w'-]+ ){{0,3}}(?:{t.named})\b") for w, t in (THEMES | SORE).items()}
_LIVED = {w: re.compile(rf"\b(?:{t.lived})\b") for w, t in (THEMES | SORE).items() if t.lived}
_IS_MEDIA = re.compile(rf"\b(?:{_MEDIA}|something|anything|watch|play)\b")
_ANY = re.compile(rf"\b(?:{'|'.join(p for t in (THEMES | SORE).values() for p in (t.named, t.lived) if p)})\b")


_SHOWN = {
    w: re.compile(rf"\b(?:{'|'.join(p for p in (t.named, t.lived, t.shown) if p)})\b")
    for w, t in (THEMES | SORE).items()
}


class Heard(NamedTuple):
    """The themes, warnings or sore subjects, that a text asks for, refuses, or shows in the life it tells of."""

    asked: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()


def hear(text: str) -> Heard:
    """What an English text says about the ten themes; a refusal outweighs a request for the same one.

    Only horror may be asked for bare ("give me horror"); every other theme needs the thing to watch or play beside it,
    so that "I want death" is no request for a film, and whoever writes of harming themselves asks for nothing of it.
    """
    plain = clean(text).lower()
    if not _ANY.search(plain):
        return Heard()
    refused = frozenset(w for w, pattern in _REFUSALS.items() if pattern.search(plain))
    touched = frozenset(w for w, pattern in _LIVED.items() if pattern.search(plain))
    asked = {w for w, pattern in _ASKS.items() if any(_real(m, w) for m in pattern.finditer(plain))}
    if _MYSELF.search(plain):
        asked.discard("self-harm")
    return Heard(frozenset(asked) - refused, refused, touched)


@lru_cache(maxsize=100_000)
def mentions(description: str) -> frozenset[str]:
    """The themes that a description of the catalogue so much as names: a joke about a funeral names grief."""
    plain = clean(description).lower()
    return frozenset(warning for warning, pattern in _SHOWN.items() if pattern.search(plain))


def _real(match: re.Match[str], warning: str) -> bool:
    """Whether a request is one: not negated just before it, and of a thing to watch or play."""
    if _NEGATED.search(match.string[max(0, match.start() - 30) : match.start()]):
        return False
    return warning == "horror" or bool(_IS_MEDIA.search(match.group()))
