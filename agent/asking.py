"""Entry or question: the kinds of questions there are, and what can be seen of a line without any model.

A typed line is an entry unless it is clearly a question. `may_ask` looks at the words alone and lets most entries pass
at once; what it leaves open is for a `Router`, which looks at the meaning as well.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from agent.domain import Noun, Unit

Route = Literal[
    "entry", "why", "period", "felt", "about", "often", "suggest", "can", "private", "patterns", "day"
]  # fmt: skip
"""`why` that reading; how a `period` was; when something was last `felt`; what was written `about` something; how
`often`; `suggest` something; what Discovery `can` do; how `private` it is; which `patterns` there are; what stands on a
`day`. Everything else is an `entry`."""

ROUTES: tuple[Route, ...] = get_args(Route)

MOST_WORDS = 25
"""Longest line, in words, that can be a question."""


class Asked(Noun):
    """What a line was taken for, and how sure that is: the share of all kinds of question together, 0..1."""

    route: Route
    sure: Unit


_ASKING = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|and|but|please|then|well|um|also|wait|really|no|nah|discovery|thanks)\b[\s,.!?]*)*"
    r"(?:why\w*|how\w*|what\w*|when\w*|where\w*|who\w*|which|is|are|am|was|were|do|does|did|has|have|had|can|could|will|"
    r"would|may|might|should|show|find|list|tell|give|gimme|get|got|suggest|recommend|search|look|read|open|pull|count|"
    r"remind|remember|explain|summari[sz]e|sum|describe|help|any\w*|something|somethin|smth|another|others?|more|less|"
    r"not|only|let|similar|one|a|an|the|on|in|from|entries|my|any|similar|last|number|instructions|need|i need|i want|i wanna|i'd|"
    r"i would|i liked|i like|i don't|i do not|i'm looking|i'm not|i think i wrote|i believe i wrote|days|week|since|you|"
    r"[\w']+er\b|since|some|free|funny|short|film|game|video|back|all|everything|other|those|that|for)\b",
    re.IGNORECASE,
)
_ABOUT_HERE = re.compile(
    r"\b(?:journal|diary|entry|entries|pages?|app|write|wrote|written|writing|mention\w*|say|said|saying|says|note\w*|put|"
    r"put down|told|tell|talk|talked|search|look up|look for|looking for|read|reading|reads|see|sees|saw|data|kept|keep|"
    r"store\w*|save\w*|private|safe|encrypt\w+|human|person|machine|bot|ai|robot|real|therapist|internet|offline|online|"
    r"cloud|computer|laptop|upload\w*|shared?|send|sent|listen\w*|learn|train\w*|access|hack\w*|leave|you|u|your|this thing|"
    r"work|works|use|do here|ask|type|help|settings?|export|import|delete|remove|change|correct|fix|features?|commands?|"
    r"instructions?|examples?|percentages?|bars?|marks?|mean|means|discovery|"
    r"mood|moods|feel|feels|feeling|feelings|felt|emotions?|doing|been|going|trend\w*|overview|review|summary|"
    r"week|weeks|weekend|weekends|month|months|year|yr|fortnight|days?|today|yesterday|tonight|recent|recently|lately|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|spring|summer|autumn|winter|morning|mornings|evening|night|nite|last|first|latest|ago|ever|before|"
    r"like this|this way|often|times|how many|how much|number|count|occasions?|frequently|regularly|a lot|"
    r"patterns?|triggers?|connection|link|correlat\w+|associations?|in common|go(?:es)? with|go together|better|worse|"
    r"happier|sadder|makes? me|lifts?|drags?|affects?|depend\w*|does me good|do me good|upsets? me|get me down|"
    r"games?|films?|movies?|videos?|series|documentar\w+|comed\w+|shows?|watch|play|suggest\w*|recommend\w*|recs?|"
    r"something|somethin|smth|anything|another|others?|more|less|else|similar|calm\w*|short\w*|light\w*|fun\w*|gentle\w*|"
    r"warm\w*|quiet\w*|free|loud\w*|chill|relax\w*|livel\w+|cosy|cozy|intense|pick|ideas?|explain|sure|certain|confident|"
    r"unsure|thoughts?|start|begin|texts?|based?|basis|grounds|evidence|rest on|words?|come from|comes from|remember|"
    r"sad|sadness|angry|anger|joy|joyful|happy|happiness|fear|afraid|scared|nervous\w*|anxious|anxiety|grief|griev\w+|love|"
    r"guilt\w*|remorse|regret|shame|ashamed|embarrass\w+|disgust\w*|disappoint\w+|surpris\w+|annoy\w*|proud|pride|relief|"
    r"relieved|grateful|gratitude|lonel\w+|hope\w*|optimis\w+|excite\w+|confus\w+|curio\w+|amus\w+|admir\w+|neutral|"
    r"content|calm|stress\w*|jealous\w*|worr\w+|hopeless|low|awful|peace)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:and |but |so )?(?:why(?: \w+){0,3}|how come|how so|help|what is this|(?:search|find|look)\b.+)[\s?.!]*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)]*\s+(?=\S)")

_CUES: tuple[str, ...] = (
    r"\?\s*$", r"\?", r"^(?:why|how come|what makes|what made|on what|which (?:of|part|word|sentence))", r"^how",
    r"^(?:when|what|which|who|where)",
    r"^(?:is|are|am|was|were|do|does|did|have|has|had|can|could|will|would|should|may|might)\b",
    r"^(?:show|find|list|tell|give|search|look|read|open|pull|count|remind|explain|sum|summari[sz]e|suggest|recommend|help"
    r"|describe)\b",
    r"\b(?:you|u|your)\b", r"\b(?:journal|entry|entries|diary|page|pages|app)\b",
    r"\bi (?:write|wrote|written|mention|say|said|note|put)|did i (?:ever )?(?:write|mention|say|note|put|feel)|have i "
    r"(?:ever )?(?:written|mentioned|said|felt|been)|i've written|was i\b|i last\b",
    r"\blast (?:time|week|month|night|year|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|\b(?:this|past) (?:week|month|year)"
    r"\b|\byesterday\b",
    r"\bhow (?:often|many|much)\b", r"\b(?:please|pls)\b", r"\b(?:something|anything|another|more|else|others?)\b",
    r"\b(?:game|film|movie|video|series|watch|play|recommend|suggest)", r"[.!]\s+\S", r"[.!]\s*$",
    r"\b(?:my mood|moods|pattern|emotions?|feel|felt|feeling)\b", r"\b(?:he|she|they|him|her|them|his)\b",
    r"^(?:i|my|i'm|we|the|a|it)\b",
)  # fmt: skip
_COMPILED = tuple(re.compile(cue, re.IGNORECASE) for cue in _CUES)

CUES = len(_CUES) + 3
"""How many numbers `cues` gives."""


def plain(line: str) -> str:
    """The line with one kind of apostrophe and no white space around it."""
    return line.replace("\u2019", "'").strip()


def may_ask(line: str) -> bool:
    """Whether a line can be a question to Discovery at all: short, in the form of a question, a request or a fragment,
    and about something that is to be found here. False for most entries, and for every long one."""
    text = plain(line)
    if not text or len(text.split()) > MOST_WORDS or "\n" in text or len(_SENTENCE_END.findall(text)) > 1:
        return False
    if _BARE.match(text):
        return True
    asking = "?" in text or _ASKING.match(text) or len(text.split()) <= 6
    return bool(asking and _ABOUT_HERE.search(text))


def cues(line: str) -> list[float]:
    """What can be counted in a line, each 0..1: the form of a question, whom it speaks of, how long it is."""
    text = plain(line)
    count = len(text.split())
    seen = [float(bool(cue.search(text))) for cue in _COMPILED]
    return [*seen, min(count, 30) / 30, float(count <= 3), float(count > 12)]
