"""Cleaning of what the models read; shared by training and serving so that both see the same characters.

The stored text is never changed: cleaning happens on the way into a tokeniser and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u00ad\u200b\u200c\u2060\ufeff\ufe0e\ufe0f]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u2014": " - "})


def clean(text: str) -> str:
    """One line of composed Unicode: straight quotes, no invisible characters, single spaces."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_QUOTES)
    return _SPACE.sub(" ", text).strip()
