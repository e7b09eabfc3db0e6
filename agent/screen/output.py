"""What must not leave: the review of everything that Discovery says and of every text of the catalogue.

A sentence is looked at in plain words, as people's texts are, so that look-alike letters or typing errors in a stored
blurb hide nothing. Addresses and numbers are looked for in the text as it is. Lists cannot think: this catches the
forms that are known to be said, not every sentence that would do harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.screen.letters import fold
from agent.screen.rulebook import cues
from agent.screen.sentences import Page

REASONS = {
    "methods": "it names a way to hurt oneself",
    "cruelty": "it argues for giving up, for dying, or for harming somebody",
    "diagnosis": "it gives a diagnosis",
    "medical": "it gives medical advice or makes a medical claim",
    "human": "it speaks as if a human being were speaking",
    "instead": "it puts itself in the place of help by people, or keeps somebody from it",
    "disorder": "it cheers on starving, purging, mania or drinking",
    "guilt": "it blames, shames or pulls at the person",
    "promise": "it promises what a machine cannot keep",
    "closing": "it closes the way to help because of one denial",
    "sexual": "it is sexual",
    "url": "it holds an address of the internet or of a mailbox",
    "phone": "it holds a telephone number",
}
"""Why a sentence is held back, by the name of the rule."""

_URL = re.compile(
    r"https?:|www\.|\b[a-z0-9][a-z0-9-]*\.(?:com|org|net|io|co\.uk|co|uk|de|fr|gg|tv|app|me|info|eu|us|ca|au|dev|ai|ly|be|it|"
    r"gov|edu)\b(?:/\S*)?|\S+@\S+\.\S+|\bdot (?:com|org|net)\b"
)
_DIGITS = re.compile(r"(?<![\w.,:/#$€£-])\+?\(?\d[\d ().\-/]{4,}\d(?![\w%])")
_DATES = re.compile(
    r"(?:\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}|\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}|(?:1[5-9]|20)\d\d(?:\s?[-/ ]\s?(?:1[5-9]|20)\d\d)?|"
    r"\d{1,3}(?: \d{3})+|\d+\.\d+|(?:\d{1,2}[./]\d{1,2}\.?))"
)
_CALL = re.compile(
    r"\b(?:call|dial|ring|text|phone|sms|whatsapp|hotline|helpline|number|line)\b[^.!?\n]{0,30}?\b\d{3,7}\b|\b116 ?123\b|\b741 ?741\b"
)


def reasons(text: str) -> Iterator[str]:
    """The names of all the rules that a text breaks, each once, in the order of `REASONS`."""
    page = Page(text)
    sentences = [page.sentence(i) for i in range(len(page.raw))]
    for name, pattern in cues("output").items():
        if any(s and pattern.search(s.text) for s in sentences):
            yield name
    folded = fold(text)
    if _URL.search(folded):
        yield "url"
    if _CALL.search(folded) or any(not _DATES.fullmatch(m[0].strip(" .-/")) for m in _DIGITS.finditer(folded)):
        yield "phone"
