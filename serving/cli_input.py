"""What the command line is given: words, files, days. Whatever cannot be used is refused before anything is asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import get_args

from agent.errors import Invalid

STANDARD_INPUT = "-"
"""What stands for standard input in the place of a text or a file."""

MOST_TEXTS = 512
MOST_BYTES = 900_000
"""A request holds so many texts and bytes at most; the API takes 512 and 1 MB."""


def written(words: Sequence[str], how: str) -> str:
    """The one text that was typed, or standard input for `-`. `how` shows the right use. Raises `Invalid`."""
    if not words:
        raise Invalid("text", f"found none; write it behind the command, for example {how}")
    text = " ".join(words) if list(words) != [STANDARD_INPUT] else _standard_input().removesuffix("\n")
    return checked(text, "text")


def checked(text: str, where: str) -> str:
    """The text, if it can be kept or read at all. Raises `Invalid` naming `where`."""
    from agent.domain import MAX_TEXT

    if not text.strip():
        raise Invalid(where, "found no words; write at least one character")
    if len(text) > MAX_TEXT:
        raise Invalid(where, f"found {len(text):,} characters, allowed are {MAX_TEXT:,}; write it in several parts")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid(where, "found bytes that are not UTF-8; write it in a file and save that as UTF-8")
    return text


def texts(words: Sequence[str], file: Path | None) -> list[str]:
    """Many texts: those typed, or one a line of a file or of standard input; blank lines are passed over.
    Raises `Invalid`."""
    if file is not None and words:
        raise Invalid("--file", "found texts behind the command as well; give one or the other")
    if words and list(words) != [STANDARD_INPUT]:
        return [checked(text, f"text {number}") for number, text in enumerate(words, 1)]
    if file is not None and str(file) != STANDARD_INPUT:
        return _lines(_decoded(contents(file, "--file"), str(file)), str(file))
    if not words and file is None and sys.stdin.isatty():
        raise Invalid("text", 'found none; for example: discovery classify "I miss her", or --file letters.txt')
    return _lines(_standard_input(), "standard input")


def batches(of: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, in pieces that one request may hold."""
    batch: list[str] = []
    size = 0
    for text in of:
        length = len(json.dumps(text)) + 2
        if batch and (len(batch) == MOST_TEXTS or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def contents(file: Path, option: str) -> bytes:
    """The bytes of a file. Raises `Invalid` when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid(option, f"cannot read {file}: {error.strerror or error}") from error


def first_moment(value: str | None, option: str) -> datetime | None:
    """The beginning of a local day, or a moment with its time. Raises `Invalid`."""
    return _moment(value, option, timedelta())


def last_moment(value: str | None, option: str) -> datetime | None:
    """The end of a local day, which is meant to be part of the span, or a moment. Raises `Invalid`."""
    return _moment(value, option, timedelta(days=1))


def goal_named(value: str | None) -> str | None:
    """A goal by its name. Raises `Invalid`."""
    from agent.domain import Goal

    return None if value is None else _one_of(value, "--goal", [str(goal) for goal in Goal])


def emotion_named(value: str | None) -> str | None:
    """One of the 28 emotions by its name. Raises `Invalid`."""
    from agent.domain import EMOTIONS

    return None if value is None else _one_of(value, "--emotion", EMOTIONS)


def kinds_named(values: Sequence[str] | None) -> list[str]:
    """Kinds of things to suggest by their names. Raises `Invalid`."""
    from agent.domain import Item

    return [_one_of(value, "--kind", get_args(Item.model_fields["kind"].annotation)) for value in values or ()]


def _one_of(value: str, option: str, allowed: Sequence[str]) -> str:
    if value.lower() not in allowed:
        raise Invalid(option, f"found {value!r}, allowed are {', '.join(allowed)}")
    return value.lower()


def _moment(value: str | None, option: str, later: timedelta) -> datetime | None:
    if value is None:
        return None
    try:
        try:
            # A day is as long as this machine's clock makes it, also when the clock is put back.
            return datetime.combine(date.fromisoformat(value) + later, time()).astimezone()
        except ValueError:
            return datetime.fromisoformat(value).astimezone()
    except (ValueError, OverflowError):
        raise Invalid(
            option, f"found {value!r}, expected a day like 2026-11-01 or a time like 2026-11-01T18:30"
        ) from None


def _standard_input() -> str:
    if sys.stdin.isatty():
        print("Write, and end with Ctrl-D on a line of its own.", file=sys.stderr)
    return _decoded(sys.stdin.buffer.read(), "standard input")


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise Invalid(
            name, f"line {number} holds byte 0x{raw[error.start]:02x}, which is not UTF-8; save it as UTF-8"
        ) from None


def _lines(text: str, name: str) -> list[str]:
    # Only a newline ends a line here: people's texts may hold the other signs that `splitlines` would cut at.
    lines = enumerate(text.split("\n"), 1)
    found = [checked(line.rstrip("\r"), f"{name}, line {number}") for number, line in lines if line.strip()]
    if not found:
        raise Invalid(name, "found no words; write one text a line")
    return found
