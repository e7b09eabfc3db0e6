"""The second layer of the crisis screen: a linear layer over the frozen sentence vector and hashed word n-grams.

A text is looked at whole and in pieces of about a sentence, because risk hides in one clause: the score is the mean of
the whole's and of the most worrying piece's. Two scores, for outright and for implicit risk, each with a threshold that
was chosen on held-out folds of the dev rows. It may raise the level of the rules and is missing without harm.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors.numpy import load_file

from agent.domain import Level
from agent.errors import ArtifactError
from agent.screen.letters import fold
from reader.integrity import verify_folder

BUCKETS = 1 << 15
"""Places for hashed n-grams of words."""

WIDTH = 384
"""Numbers in a sentence vector."""

MOST_PIECES = 32
"""Pieces of one text, at most; those of a longer text are longer."""

SHORTEST = 40
"""Characters of a piece, at least: shorter sentences go together with what follows."""

REMEDY = "Restore the folder from git (`git checkout models/crisis`) or make it again (`python -m finetune.crisis`)."

FLOATS = NDArray[np.float32]

_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*\s*|[.!?\n]+\s*")
_WORD = re.compile(r"[a-z0-9']+")


class CrisisCard(BaseModel):
    """`card.json` of the head. `thresholds` are logits: for level crisis, for level concern."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["crisis"]
    thresholds: tuple[float, float]
    files: dict[str, str]
    encoder: str
    data: dict[str, Any]
    metrics: dict[str, Any]


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


def buckets(text: str) -> NDArray[np.int64]:
    """The places of the one-, two- and three-word runs of a text, each once. Words are in plain ASCII letters."""
    words = _WORD.findall(fold(text))
    runs = {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    return np.unique(np.array([zlib.crc32(run.encode()) % BUCKETS for run in runs], dtype=np.int64))


class CrisisHead:
    """Loads a folder with `head.safetensors` and `card.json`. The vectors of the frozen encoder come from outside.

    `vector` is float32 (2, 384), `words` float32 (2, BUCKETS), `bias` float32 (2,): rows for crisis and for concern.
    """

    def __init__(self, folder: Path) -> None:
        """Raises `ArtifactError` for a folder that is missing, altered or of another shape."""
        self.card = load_card(folder)
        verify_folder(folder, self.card.files, REMEDY)
        tensors = load_file(folder / "head.safetensors")
        shapes = {name: tensor.shape for name, tensor in tensors.items()}
        expected = {"vector": (2, WIDTH), "words": (2, BUCKETS), "bias": (2,)}
        if shapes != expected:
            raise ArtifactError(f"{folder}: expected tensors {expected}, found {shapes}. {REMEDY}")
        self._vector, self._words, self._bias = tensors["vector"], tensors["words"], tensors["bias"]

    def scores(self, cut: Sequence[Sequence[str]], vectors: FLOATS) -> FLOATS:
        """Logits, float32 (n, 2): outright risk, any risk. `cut` holds each text whole and then its pieces, as
        `whole_and_pieces` gives them, and `vectors` the unit vectors of all of these in order, float32 (m, 384)."""
        if not cut:
            return np.zeros((0, 2), np.float32)
        words = np.stack([self._words_of(piece) for each in cut for piece in each])
        logits = vectors @ self._vector.T + words + self._bias
        return np.stack(list(_pooled(logits, [len(each) for each in cut])))

    def levels(self, cut: Sequence[Sequence[str]], vectors: FLOATS) -> list[Level]:
        """The level that each text speaks for: see `scores`."""
        return [level_of(row, self.card.thresholds) for row in self.scores(cut, vectors)]

    def _words_of(self, text: str) -> FLOATS:
        places = buckets(text)
        total: FLOATS = self._words[:, places].sum(axis=1) / np.float32(np.sqrt(max(1, len(places))))
        return total


def load_card(folder: Path) -> CrisisCard:
    """Reads `card.json`. Raises `ArtifactError`."""
    try:
        return CrisisCard.model_validate(json.loads((folder / "card.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ArtifactError(f"{folder / 'card.json'} cannot be read: {error}. {REMEDY}") from error


def level_of(scores: FLOATS, thresholds: tuple[float, float]) -> Level:
    """The level that two logits speak for."""
    if scores[0] >= thresholds[0]:
        return Level.CRISIS
    return Level.CONCERN if scores[1] >= thresholds[1] else Level.NONE


def whole_and_pieces(text: str) -> list[str]:
    """A text whole, and then its pieces where it has more than one."""
    found = pieces(text)
    return [text, *found] if len(found) > 1 else [text]


def _pooled(logits: FLOATS, counts: Sequence[int]) -> Iterator[FLOATS]:
    """The mean of the whole's logits and of the highest among the pieces', text by text."""
    start = 0
    for count in counts:
        rows = logits[start : start + count]
        yield (rows[0] + rows[1:].max(axis=0)) / 2 if count > 1 else rows[0]
        start += count
