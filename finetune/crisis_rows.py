"""The rows of the crisis head: labelled texts by writer, everyday texts beside them, and what typing does to texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.domain import Level
from agent.screen.verdict import judge

CLASSES = {"explicit": 2, "implicit": 1, "negative": 0}
_WORD = re.compile(r"[A-Za-z]{4,}")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*\s*|[.!?\n]+\s*")
MOST_PIECES, SHORTEST = 32, 40
"""Pieces of one text, at most, and characters of a piece, at least."""

_LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"}


class Texts(NamedTuple):
    """Texts with their class (2 outright risk, 1 implicit risk, 0 harmless) and whose hand wrote them."""

    texts: list[str]
    classes: NDArray[np.int64]
    writers: NDArray[np.str_]


def load(folder: Path, split: str = "dev") -> Texts:
    """The rows of one split of all files. Raises `KeyError` for an unknown class, `FileNotFoundError` without files."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise FileNotFoundError(f"{folder}: expected the labelled sets (*.jsonl), found none; restore them from git")
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row.get("split") == split]
    return Texts(
        [row["text"] for row in rows],
        np.array([CLASSES[row["class"]] for row in rows], np.int64),
        np.array([row["writer"] for row in rows]),
    )


def everyday(journal: Sequence[Path], comments: Path | None, entries: int, most: int) -> list[str]:
    """At most `entries` journal entries of our own and, where the folder is there, `most` comments of the GoEmotions
    train split. What the rules worry about is left out: nobody has read whether it is harmless."""
    written = [json.loads(line)["text"] for path in journal for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [text for text in written if judge(text).level is Level.NONE]
    texts = [kept[i] for i in np.random.default_rng(0).permutation(len(kept))[:entries]]
    if comments:
        lines = (comments / "train.tsv").read_text(encoding="utf-8").splitlines()[: 2 * most]
        calm = [text for text in (line.split("\t")[0] for line in lines) if judge(text).level is Level.NONE]
        texts += calm[:most]
    return texts


def pieces(text: str) -> list[str]:
    """A text in consecutive pieces of about a sentence, at most `MOST_PIECES`; one piece when it is short."""
    least = max(SHORTEST, -(-len(text) // MOST_PIECES))
    found, held = [], ""
    for match in _SENTENCE.finditer(text):
        held += match[0]
        if len(held.strip()) >= least:
            found.append(held.strip())
            held = ""
    if held.strip():
        found.append(held.strip())
    return found[:MOST_PIECES]


def roughened(text: str, rng: np.random.Generator) -> str:
    """The text as somebody else would have typed it: one way of spoiling letters, drawn by chance."""
    return _WAYS[int(rng.integers(len(_WAYS)))](text, rng)


def _some_words(share: float, change: Callable[[str, np.random.Generator], str]) -> Callable[..., str]:
    def spoil(text: str, rng: np.random.Generator) -> str:
        return _WORD.sub(lambda m: change(m[0], rng) if rng.random() < share else m[0], text)

    return spoil


def _swap(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(word) - 1))
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _drop(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(word)))
    return word[:at] + word[at + 1 :]


def _stretch(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(0, len(word)))
    return word[:at] + word[at] * int(rng.integers(2, 6)) + word[at + 1 :]


def _leet(word: str, _rng: np.random.Generator) -> str:
    return "".join(_LEET.get(c, c) for c in word.lower())


def _bare(text: str, _rng: np.random.Generator) -> str:
    return re.sub(r"[^\w\s]", "", text.lower())


_WAYS: tuple[Callable[[str, np.random.Generator], str], ...] = (
    _bare, _bare, _some_words(0.15, _swap), _some_words(0.15, _drop), _some_words(0.3, _stretch),
    _some_words(0.3, _leet),
)  # fmt: skip
