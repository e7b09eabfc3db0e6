"""The words that the rules look for, for repairing typing errors, and what short forms stand for.

`known()` is what a misspelt token may be repaired to; `ordinary()` words are never misspelt. `SHORT` expands texting,
contractions and slang into plain words; `FILLERS` are dropped.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

KEY_WORDS = frozenset(
    """
    kill killing killed suicide suicidal die dying died dead death myself life lives live living alive harm harming
    hang hanging hanged drown drowning jump jumping shoot shooting overdose overdosed overdosing cutting hurting
    selfharm unalive unaliving unalived wrist wrists pills tablets blade blades razor rope noose gun bridge
    attempt attempted ending goodbye burden anymore
    """.split()
)
"""Words that carry danger: masked letters and glued words are resolved to these."""

WORDS = KEY_WORDS | frozenset(
    """
    could would should their about again never without tonight tomorrow everyone everybody nobody anyone because
    someone nothing everything longer enough really scared suffering escape
    """.split()
)
"""Words that are repaired to although no rule file may name them."""

SHORT = {
    # contractions, with the apostrophe already gone
    "do't": "not", "ca't": "cannot", "wo't": "will not",
    "im": "i am", "iam": "i am", "i'll": "i will", "he'll": "he will", "she'll": "she will", "we'll": "we will",
    "we're": "we are", "we'd": "we would", "ive": "i have", "id": "i would", "dont": "not", "doesnt": "not", "dnt": "not",
    "didnt": "did not", "cant": "cannot", "cnt": "cannot", "couldnt": "cannot",
    "wont": "will not", "wouldnt": "would not", "shouldnt": "should not", "isnt": "is not", "aint": "not",
    "wasnt": "was not", "arent": "are not", "werent": "were not", "havent": "have not", "hasnt": "has not",
    "hadnt": "had not", "thats": "that is", "theres": "there is", "whats": "what is", "hes": "he is",
    "shes": "she is", "theyre": "they are", "youre": "you are", "theyd": "they would",
    "youd": "you would", "theyll": "they will", "youll": "you will", "itll": "it will", "itd": "it would",
    "its": "it is", "lets": "let us", "hed": "he would", "everyones": "everyone is", "nobodys": "nobody is",
    "wholl": "who will", "whod": "who would", "thatll": "that will", "mustnt": "must not", "neednt": "need not",
    "shant": "will not", "shouldve": "should have", "couldve": "could have",
    "wouldve": "would have", "mightve": "might have", "mustve": "must have", "shoulda": "should have",
    "coulda": "could have", "woulda": "would have", "ivent": "have not",
    # texting
    "wanna": "want to", "wana": "want to", "wannna": "want to", "wanan": "want to", "wnna": "want to",
    "gonna": "going to", "gona": "going to", "gunna": "going to", "goin": "going", "gna": "going to",
    "finna": "going to", "bouta": "about to", "boutta": "about to", "imma": "i am going to", "ima": "i am going to",
    "ama": "i am going to", "tryna": "trying to", "gotta": "have to", "hafta": "have to", "lemme": "let me",
    "gimme": "give me", "dunno": "not know", "idk": "not know", "idc": "not care", "cba": "cannot bother",
    "u": "you", "ur": "your", "r": "are", "ya": "you", "yall": "you all", "n": "and", "nd": "and",
    "w": "with", "wo": "without", "bc": "because", "cuz": "because", "cos": "because", "coz": "because",
    "cause": "because", "becuz": "because", "tho": "though", "thru": "through", "til": "until", "till": "until",
    "ppl": "people", "every1": "everyone", "no1": "nobody", "some1": "someone", "sum1": "someone",
    "any1": "anyone", "anyones": "anyone", "noone": "nobody", "everybody": "everyone", "y": "why",
    "tn": "tonight", "tnite": "tonight", "tonite": "tonight", "2nite": "tonight", "2night": "tonight",
    "tmrw": "tomorrow", "tmr": "tomorrow", "tomoz": "tomorrow", "2moro": "tomorrow", "2morrow": "tomorrow",
    "2day": "today", "2gether": "together", "rn": "now", "atm": "now", "b4": "before", "l8r": "later",
    "4ever": "forever", "4eva": "forever", "ded": "dead", "dei": "die", "diee": "die", "deth": "death", "dieing": "dying", "dyin": "dying",
    "diying": "dying", "diing": "dying", "dieng": "dying", "kil": "kill", "kll": "kill", "klil": "kill",
    "kyll": "kill", "killin": "killing", "kiling": "killing", "killign": "killing",
    "mysef": "myself", "myslf": "myself", "meself": "myself", "maself": "myself", "mself": "myself",
    "livin": "living", "liv": "live", "lyf": "life", "lyfe": "life", "lif": "life", "lief": "life", "lfie": "life",
    "suiside": "suicide", "sucide": "suicide", "suicied": "suicide", "suacide": "suicide", "suisidal": "suicidal",
    "suicidle": "suicidal", "suicidel": "suicidal", "sewerslide": "suicide", "sewerslided": "suicide",
    "sewerslidal": "suicidal", "sewersidal": "suicidal", "sewicidal": "suicidal", "sewicide": "suicide",
    "sewercide": "suicide", "sooicide": "suicide", "suicde": "suicide",
    "unaliv": "unalive", "unaliven": "unalive", "selfharmed": "self harm",
    "selfharm": "self harm", "selfharming": "self harm",
    "enuf": "enough", "nuff": "enough",
    "luv": "love", "bday": "birthday", "abt": "about", "bout": "about", "thot": "thought", "thots": "thoughts",
    "everyday": "every day", "evry": "every", "evrey": "every", "iv": "i have", "wen": "when", "wat": "what",
    "wut": "what", "wats": "what is", "plz": "please", "pls": "please", "sry": "sorry", "sory": "sorry",
    "mum": "mom", "mam": "mom", "mama": "mom", "mommy": "mom", "mother": "mom", "father": "dad",
    "hafe": "have", "hav": "have", "ov": "of", "da": "the", "teh": "the", "dat": "that", "dis": "this",
    "anymroe": "anymore", "anymor": "anymore", "nemore": "anymore", "any1s": "anyone",
    "haha": "lol", "hahaha": "lol", "hahahaha": "lol", "hehe": "lol", "lmao": "lol", "lmfao": "lol", "rofl": "lol",
    "lolol": "lol", "lool": "lol", "jk": "lol", "jks": "lol", "kidding": "lol", "xd": "lol", "ahaha": "lol",
    "lmaooo": "lol", "lmaoo": "lol", "ahahaha": "lol", "bahaha": "lol", "hah": "lol", "ha": "lol",
}  # fmt: skip

CONTRACTIONS = frozenset(
    """
    dont doesnt didnt cant couldnt wont wouldnt shouldnt isnt wasnt arent werent havent hasnt hadnt thats theres whats
    theyre youre gonna wanna gotta youll theyll
    """.split()
)
"""Short forms that are typed so often that their typing errors are mended too."""

FILLERS = frozenset(
    """
    really just fucking fuckin fking fkn fkin freaking frickin frigging bloody damn goddamn literally honestly
    actually truly seriously srsly badly desperately basically simply totally completely definitely probably prob prolly
    maybe please very sometimes often constantly always still even kinda sorta legit lowkey highkey deadass ngl tbh fr
    frfr istg icl ong icl af asf bro bruh dude omg fuck shit ugh um uh er hmm well anyway yeah yea yes
    ok okay oh tho though like also too already quite rather perhaps genuinely sincerely absolutely finally again
    somehow simply soo sooo rlly rly relly realy srs suddenly secretly quietly
    """.split()
) - {"like", "again", "too", "rather", "already", "still", "yes"}
"""Words that change how strongly something is said and not what: dropped before the patterns look."""


RULE_FILES = ("explicit", "deeds", "implicit", "together", "others", "cues")
"""The files of rules whose words typing errors are repaired to; see `rulebook`."""


@cache
def known() -> frozenset[str]:
    """Every word of four letters and more that a rule may look for: what a misspelt token may be repaired to."""
    folder = files("agent.screen").joinpath("rules")
    texts = (folder.joinpath(f"{name}.rules").read_text(encoding="utf-8") for name in RULE_FILES)
    lines = (line for text in texts for line in text.splitlines() if not line.startswith(("#", "=")))
    found = {word for line in lines for word in re.findall(r"(?<![\\a-z])[a-z]{4,14}(?![a-z])", line)}
    return ((WORDS | found) - set(SHORT)) | CONTRACTIONS


@cache
def ordinary() -> dict[str, int]:
    """Ordinary English words, each with its rank among them, 0 the commonest."""
    lines = files("agent.screen").joinpath("rules/ordinary.txt").read_text(encoding="utf-8").splitlines()
    return {word: rank for rank, word in enumerate(line for line in lines if not line.startswith("#"))}


@cache
def common_words() -> frozenset[str]:
    """Words that stand for themselves: ordinary or known to a rule, neither short for another nor dropped."""
    return frozenset(ordinary()) | known() - set(SHORT) - CONTRACTIONS
