"""Words: which of them name an emotion, which an explanation may always use, and when two are forms of one word."""

from __future__ import annotations

import re

_FORMS: dict[str, str] = {
    "admiration": "admiration admire admires admiring admired impressed awe admirable respect respected",
    "amusement": "amusement amused amusing funny laughter humour humor",
    "anger": "anger angry furious fury rage enraged mad outrage outraged",
    "annoyance": "annoyance annoyed annoying irritated irritation irritable",
    "approval": "approval approve approves approving approved",
    "caring": "caring care cares compassion tenderness tender protective",
    "confusion": "confusion confused confusing puzzled bewildered puzzlement",
    "curiosity": "curiosity curious intrigued",
    "desire": "desire desires craving crave wish yearning",
    "disappointment": "disappointment disappointed disappointing",
    "disapproval": "disapproval disapproving disapprove disapproves",
    "disgust": "disgust disgusted disgusting revolted revulsion",
    "embarrassment": "embarrassment embarrassed embarrassing humiliated humiliation",
    "excitement": "excitement excited exciting thrilled thrill eager eagerness",
    "fear": "fear fears fearful afraid scared frightened fright terrified terror panic",
    "gratitude": "gratitude grateful thankful thankfulness",
    "grief": "grief grieving grieve mourning mourn bereaved",
    "joy": "joy joyful joyous happy happiness glad gladness delighted delight cheerful elated",
    "love": "love loves loving loved affection affectionate fondness fond",
    "nervousness": "nervousness nervous nerves anxious anxiety jittery",
    "optimism": "optimism optimistic hopeful hope hopes hopefulness",
    "pride": "pride proud",
    "realization": "realization realisation realize realise realizing realising",
    "relief": "relief relieved",
    "remorse": "remorse remorseful regret regrets regretful guilt guilty",
    "sadness": "sadness sad sadder saddened unhappy unhappiness sorrow sorrowful heartbroken melancholy",
    "surprise": "surprise surprised surprising astonished astonishment amazed amazement stunned",
}
_SHARED: dict[str, str] = {
    "ashamed": "embarrassment remorse", "shame": "embarrassment remorse", "sorry": "remorse", "longing": "desire",
    "long": "desire", "longs": "desire", "concern": "caring nervousness", "concerned": "caring nervousness",
    "worried": "nervousness fear", "worry": "nervousness fear", "dread": "fear nervousness",
    "uneasy": "nervousness fear", "tense": "nervousness", "stressed": "nervousness", "stress": "nervousness",
    "frustrated": "annoyance anger disappointment", "frustration": "annoyance anger disappointment",
    "upset": "sadness anger annoyance disappointment", "hurt": "sadness", "lonely": "sadness",
    "loneliness": "sadness", "despair": "sadness grief", "hopeless": "sadness", "miserable": "sadness",
    "warmth": "love caring gratitude joy", "shock": "surprise fear", "shocked": "surprise fear",
    "content": "joy relief", "contentment": "joy relief", "satisfied": "joy pride approval",
    "satisfaction": "joy pride approval", "jealous": "annoyance", "jealousy": "annoyance", "envy": "desire",
    "envious": "desire", "bitter": "anger", "resentment": "anger annoyance", "resentful": "anger annoyance",
    "moved": "love gratitude admiration", "overwhelmed": "nervousness confusion", "discouraged": "disappointment",
    "touched": "gratitude love", "hatred": "anger disgust", "hate": "anger disgust", "contempt": "disgust anger",
    "pity": "caring sadness", "bored": "annoyance", "boredom": "annoyance", "depressed": "sadness", "calm": "neutral",
    "peaceful": "neutral relief", "neutral": "neutral", "indifferent": "neutral", "indifference": "neutral",
    "enthusiasm": "excitement", "enthusiastic": "excitement", "sympathy": "caring", "doubt": "confusion",
}  # fmt: skip
LABELS_OF: dict[str, frozenset[str]] = {
    form: frozenset({label}) for label, forms in _FORMS.items() for form in forms.split()
}
LABELS_OF |= {form: frozenset(labels.split()) for form, labels in _SHARED.items()}
"""Words that name an emotion -> the labels that they may stand for."""

_PLAIN = """
a able about above across after again against all almost alone along alongside already also although always am among
an and another any anything apart are around as ask asked asks at away back be because been before behind being
below beneath beside besides between both but by came can cannot come comes coming could did do does doing done down
during each either else end enough even ever every everything felt few first for from further get go goes going had
half happen happened happens hard hardly has have having he her here hers herself hidden him himself his how however
if in indeed inside instead into is it its itself just kind last later least less let like little longer lot made
make makes many matter may maybe mean means meanwhile might more most mostly much my near nearly neither never next
no none nor not nothing now of off often on once one only onto open or other others otherwise out over own part past
perhaps quite rather said same say saying says second seen several she since single so some someone something
somewhat sort spread still such take taken takes than that the their theirs them themselves then there these they
thing things this those though through throughout thus till times to together too took toward towards turn turned
turns two under unlike until up upon us very want wanted wants was way ways well were what when where whether which
while who whole whom whose why with within without would yet you your yours yourself
"""
_OF_EXPLAINING = """
account ahead alongside amuse amuses annoy annoys answer apparent appear appearing appears around attention audible
beat begin beginning begins behind bit briefly bring brings carried carries carry case catch clear clearer clearest
clearly close closest colour colouring colours comes confuse confuses contrast counts day day's delights describe
describes describing detail details different difficult direction directions disappoint disappoints easy edge
embarrass embarrasses emotion emotional emotions entry excite excites express expressed expresses expressing face
fact faint fainter faintly fair fairly feel feeling feelings feels find follow followed follows found frighten
frightens gentle give gives guess half hanging hear heard heart held hint hints hold holds irritate irritates keep
keeps know large layer layers lead leads lean leaning leans lie lies light likely line lines list look looks lying
main mainly matter-of-fact mention mentioned mentions middle mix mixed mixture moment mood mostly name names naming
nearby nearest note notes notice open openly opposite order page passage phrase phrases picture piece place places
plain plainly pleases point points possible possibly probable probably pull pulling pulls quiet quietly reaction
read reader reading reads reason record remain remains report reports rest resting row run runs sadden saddens seem
seemed seems sense sentence sentences set sets share shared show showing shows side sides sign signs sit sits small
smaller softer sound sounds speak speaks spoken stand stands stay stays stood story strand strands strong stronger
strongest suggest suggests sure surely surest surprise surprises tell telling tells tension text thread time told
tone touch trace turn turning uncertain undertone unsure voice way weigh weighs weight whole wider word words worry
write writes writing written wrote
"""
ALWAYS = frozenset({"i", *_PLAIN.split()}) | frozenset(_OF_EXPLAINING.split())
"""What an explanation may say of any entry."""

_IRREGULAR = {
    "went": "go", "gone": "go", "told": "tell", "came": "come", "found": "find", "got": "get", "left": "leave",
    "felt": "feel", "said": "say", "wrote": "write", "written": "write", "lost": "lose", "made": "make",
    "took": "take", "taken": "take", "gave": "give", "given": "give", "kept": "keep", "saw": "see", "seen": "see",
    "bought": "buy", "thought": "think", "sat": "sit", "stood": "stand", "heard": "hear", "met": "meet", "ran": "run",
    "broke": "break", "broken": "break", "brought": "bring", "sent": "send", "spent": "spend", "slept": "sleep",
    "fell": "fall", "fallen": "fall", "held": "hold", "ate": "eat", "eaten": "eat", "drove": "drive", "woke": "wake",
    "sang": "sing", "sung": "sing", "won": "win", "knew": "know", "known": "know", "began": "begin", "begun": "begin",
    "spoke": "speak", "spoken": "speak", "paid": "pay", "built": "build", "caught": "catch", "taught": "teach",
    "children": "child", "men": "man", "women": "woman", "people": "person", "feet": "foot", "teeth": "tooth",
    "wives": "wife", "lives": "life", "died": "death", "dead": "death", "dying": "death", "die": "death",
    "dies": "death", "forgot": "forget", "forgotten": "forget", "grew": "grow", "flew": "fly", "threw": "throw",
    "wore": "wear", "tore": "tear", "swore": "swear", "rang": "ring", "rung": "ring", "lit": "light", "laid": "lay",
    "mom": "mother", "mum": "mother", "mam": "mother", "mama": "mother", "dad": "father", "papa": "father",
    "gran": "grandmother", "nan": "grandmother", "grandma": "grandmother", "granddad": "grandfather",
    "grandad": "grandfather", "grandpa": "grandfather", "tv": "television", "phone": "telephone",
    "exam": "examination", "kid": "child", "kids": "child", "bike": "bicycle",
}  # fmt: skip
_ENDINGS = re.compile(r"(?:'s|s'|'|ies|ied|ying|ing|edly|ed|es|ly|er|est|s|e|y)$")


def stem(word: str) -> str:
    """What the forms of one word share, roughly: `waiting`, `waited` and `waits` are one; short words stay whole."""
    word = word.removesuffix("'s")
    word = _IRREGULAR.get(word, word)
    for _ in range(2):
        shorter = _ENDINGS.sub("", word)
        if len(shorter) < 3 or shorter == word:
            break
        word = shorter
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word


def stems(words: list[str]) -> frozenset[str]:
    """The stems of many words."""
    return frozenset(stem(word) for word in words)
