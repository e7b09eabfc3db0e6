"""What people wrote, on a terminal: shown as it is, and never obeyed.

A stored text may hold escape sequences that move the cursor, change the title or paint over what stands there. None of
them reaches the terminal; each is shown as a visible sign of the same length, so that offsets into the text still hold.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

_WINDOWS_END = re.compile(r"\r(?=\n)")
# Control characters but tab and newline, halves of surrogate pairs, and signs that turn the direction of what follows.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FIRST_PICTURE = 0x2400
_DELETE_PICTURE = "\u2421"


def plain(text: str) -> str:
    """The text with everything a terminal would act on made visible. As many characters come out as went in."""
    return _UNSAFE.sub(_visible, _WINDOWS_END.sub("\u200b", text))


def one_line(text: str) -> str:
    """The text safe and on a single line."""
    return " ".join(plain(text).split())


def moment(iso: str) -> str:
    """A stored time as the clock of this machine shows it, such as `3 Nov 2026, 14:05`."""
    local = datetime.fromisoformat(iso).astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"


def as_line(value: Any) -> str:
    """A value as one line of JSON in plain ASCII, which no terminal can stumble over."""
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")


def _visible(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code in (0x2028, 0x2029):
        return "\n"
    if code == 0x7F:
        return _DELETE_PICTURE
    return chr(_FIRST_PICTURE + code) if code < 0x20 else "\ufffd"
