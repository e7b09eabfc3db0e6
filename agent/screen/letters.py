"""One alphabet: what was typed, folded to lower-case ASCII letters, digits and punctuation.

Each character is folded by itself, so that the cost is linear whatever the text: normalising a whole string sorts runs
of combining marks, and a long run would make that quadratic.
"""

from __future__ import annotations

import unicodedata

_LATIN = "abcdefghijklmnopqrstuvwxyz"

_LOOK_ALIKES = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "ҽ": "e", "һ": "h", "і": "i", "ї": "i", "ј": "j",
    "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ц": "u",
    "ѵ": "v", "ԝ": "w", "ш": "w", "х": "x", "у": "y", "ү": "y", "ʏ": "y", "и": "n", "н": "h", "ғ": "f", "я": "r",
    "б": "6", "з": "3", "ч": "4",
    # Greek
    "α": "a", "β": "b", "ϲ": "c", "δ": "d", "ε": "e", "η": "n", "ι": "i", "κ": "k", "λ": "l", "μ": "u", "ν": "v",
    "ο": "o", "ρ": "p", "ς": "s", "σ": "o", "τ": "t", "υ": "u", "ω": "w", "χ": "x", "γ": "y", "ζ": "z", "θ": "o",
    # Latin letters of other alphabets and of phonetics
    "ı": "i", "ȷ": "j", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ɑ": "a", "ɡ": "g", "ƒ": "f", "ß": "ss",
    "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ŋ": "n", "ƙ": "k", "ɩ": "i", "ɪ": "i", "ʟ": "l", "ᴀ": "a", "ʙ": "b",
    "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ɴ": "n", "ᴏ": "o",
    "ᴘ": "p", "ꞯ": "q", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z", "ⅼ": "l", "ǀ": "l",
    "ա": "w", "ո": "n", "օ": "o", "ս": "u", "հ": "h", "ց": "g",
    # punctuation and signs
    "‘": "'", "’": "'", "‚": ",", "‛": "'", "ʼ": "'", "ʹ": "'", "′": "'", "＇": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "‹": '"', "›": '"', "「": '"', "」": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": " , ", "—": " , ", "―": " , ", "…": "...", "•": "\n", "·": " ", "。": ".",
    "、": ",",    "，": ",", "！": "!", "？": "?", "€": "e", "¡": "i", "¿": " ", "£": "l", "¢": "c", "¥": "y", "§": "s", "∂": "d",
    "×": "x", "©": "c", "®": "r",
}  # fmt: skip
"""Letters that pass for Latin ones, in lower case, and punctuation with one meaning and many shapes."""

LAUGH = " lol "
"""What laughing faces and the skull become: a sign of jest, never a sign of danger by itself."""

_LAUGHING = "😂🤣😹😆😅😝😜🤪💀☠"
_FEW = 30
_LETTER_BLOCKS = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
_JOINED = {"Cf", "Mn", "Me", "Mc"}  # invisible formatting, and marks that sit on the letter before
_SEPARATE = {"Zs", "Zl", "Zp", "Cc", "So", "Sk", "Cs", "Co", "Cn"}


def fold(text: str) -> str:
    """The text in lower-case ASCII: look-alikes replaced, accents and invisible characters gone, white space kept.

    Characters without a Latin shape stay as they are; symbols and pictures become spaces.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    strange = [c for c in set(text) if c > "\x7f"]
    if len(strange) > _FEW:
        return text.translate({ord(c): _fold_character(c) for c in strange}).lower()
    for character in strange:  # for a few characters this is the faster way
        text = text.replace(character, _fold_character(character))
    return text.lower().replace("`", "'")


def has_pictures(text: str) -> bool:
    """True when a symbol stands directly between two letters, as in `k🙂ill`; then it may hide a word."""
    if text.isascii():
        return False
    pictures = [c for c in set(text) if c > "\u2000" and unicodedata.category(c) == "So"]
    return any(_between_letters(text, c) for c in pictures)


def _between_letters(text: str, picture: str) -> bool:
    at = text.find(picture, 1)
    while at >= 0:
        if text[at - 1].isalpha() and text[at + 1 : at + 2].isalpha():
            return True
        at = text.find(picture, at + 1)
    return False


def without_pictures(text: str) -> str:
    """The text with its symbols taken out, so that the letters around them meet."""
    return text.translate({ord(c): None for c in set(text) if unicodedata.category(c) == "So"})


def _fold_character(character: str) -> str:
    """One character: the look-alike of its lower case, or of what it decomposes into, or a space for a symbol."""
    if character in _LAUGHING:
        return LAUGH
    for start in _LETTER_BLOCKS:
        if start <= ord(character) < start + 26:
            return _LATIN[ord(character) - start]
    low = character.lower()
    if low in _LOOK_ALIKES:
        return _LOOK_ALIKES[low]
    category = unicodedata.category(character)
    if category in _JOINED:
        return ""
    parts = [p for p in unicodedata.normalize("NFKD", low) if unicodedata.category(p) not in _JOINED]
    if category in _SEPARATE and not any(p.isalnum() for p in parts):
        return " "
    return "".join(_LOOK_ALIKES.get(p, p) for p in parts)
