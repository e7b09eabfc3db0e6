"""The second layer of the crisis screen: a fine-tuned copy of the sentence encoder with two logits.

A text is read whole, a long one in windows of which the most worrying one counts. Two scores, for level crisis and for
concern, each with a threshold that was chosen on writers whom the network had not read. It may raise the level of the
rules and is missing without harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.domain import Level
from agent.errors import ArtifactError
from agent.screen.sentences import Page
from agent.screen.vocabulary import FILLERS, SHORT, ordinary
from agent.screen.words import MARKS
from reader.integrity import verify_folder
from reader.session import TextSession

MAX_TOKENS = 160
"""Longest stretch of a text that the network sees at once; a longer text is read in windows."""

_WINDOW = MAX_TOKENS - 10

REMEDY = "Restore the folder from git (`git checkout models/crisis`) or make it again (`python -m finetune.crisis`)."

Floats = NDArray[np.float32]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_MENDED, _LONG = 4, 6
_STRETCHED = re.compile(r"([a-z])\1{2}")
_RUN = re.compile(r"([a-z])\1{2,}")
_MASKED = re.compile(r"[a-z][0-9@$*|][a-z]|[0-9@$][a-z]{2}|[a-z]{2}[@$]|[a-z][0-9][0-9]?[a-z]")


class CrisisCard(BaseModel):
    """`card.json` of the head. `thresholds` are scores: for level crisis, for level concern. The score for crisis
    is the logit of outright risk, counted `mix`, and that of any risk; the score for concern is the latter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["crisis"]
    thresholds: tuple[float, float]
    mix: float
    files: dict[str, str]
    base_model: str
    recipe: dict[str, Any]
    data: dict[str, Any]
    metrics: dict[str, Any]


def unmasked(text: str) -> str:
    """The text in plain lower-case letters: look-alikes, invisible characters, stretched and masked words undone, and
    words that a slip of the finger made strange."""
    page = Page(text)
    plain = {t: _plain(t, page) for t in page.strange}
    return " ".join(plain.get(token, token) for token in page.folded.split())


def _plain(token: str, page: Page) -> str:
    core = token.strip(MARKS)
    if _STRETCHED.search(core) and core.replace("'", "").isalpha():
        parts = [_shortened(part) if _STRETCHED.search(part) else part for part in core.split("'")]
        found = "'".join(parts)
        strange = core.isalpha() and not _is_word(found)
        return token.replace(core, (page.plain[token] or found) if strange else found, 1)
    if _MASKED.search(token):
        return page.plain[token] or token
    return token.replace(core, _mended(core), 1) if core.isalpha() and len(core) >= _SHORTEST_MENDED else token


def _is_word(word: str) -> bool:
    return word in ordinary() or word in SHORT or word in FILLERS


def _shortened(word: str) -> str:
    """A stretched word with every run of a letter once or twice, whichever is the commoner word."""
    once, twice = (_RUN.sub(kept, word) for kept in (r"\1", r"\1\1"))
    known = ordinary()
    return min((once, twice), key=lambda w: known.get(w, len(known) + (not _is_word(w))))


@lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    """The commonest ordinary word that two neighbours swapped, a letter twice or, in a long word, a letter lost would
    turn into this one; the word itself where it is ordinary or there is none."""
    known = ordinary()
    if _is_word(word) or word.removesuffix("s") in known:
        return word
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    doubled = {word[:i] + word[i + 1 :] for i in range(1, len(word)) if word[i] == word[i - 1]}
    found = [w for w in swapped | doubled if w in known]
    if not found and len(word) >= _LONG:
        found = [w for i in range(1, len(word)) for c in _LETTERS if (w := word[:i] + c + word[i:]) in known]
    return min(found, key=lambda w: known[w], default=word)


def level_of(scores: Floats, thresholds: tuple[float, float]) -> Level:
    """The level that two scores speak for."""
    if scores[0] >= thresholds[0]:
        return Level.CRISIS
    return Level.CONCERN if scores[1] >= thresholds[1] else Level.NONE


def mixed(logits: Floats, mix: float) -> Floats:
    """Logits of outright and of any risk -> scores for crisis and for concern, float32 (n, 2)."""
    crisis = mix * logits[:, 0] + (1 - mix) * logits[:, 1]
    return np.stack([crisis, logits[:, 1]], axis=1)


class CrisisHead:
    """Loads a folder with `model.onnx`, `tokenizer.json` and `card.json`. Needs no other part of the product."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Raises `ArtifactError` for a folder that is missing, altered or of another shape."""
        self.card = load_card(folder)
        verify_folder(folder, self.card.files, REMEDY)
        self._session = TextSession(folder, threads=threads)
        self._session.tokenizer.enable_truncation(MAX_TOKENS)
        if self._session.width != 2:
            raise ArtifactError(f"{folder}: expected 2 outputs, found {self._session.width}. {REMEDY}")

    def scores(self, texts: Sequence[str]) -> Floats:
        """Scores for crisis and for concern, float32 (n, 2); of a long text the highest of its windows."""
        if not texts:
            return np.zeros((0, 2), np.float32)
        cut = [self._session.windows(unmasked(text), _WINDOW) for text in texts]
        found = mixed(self._session.run([piece for each in cut for piece in each]), self.card.mix)
        starts = np.cumsum([0, *(len(each) for each in cut[:-1])])
        highest: Floats = np.maximum.reduceat(found, starts, axis=0)
        return highest

    def levels(self, texts: Sequence[str]) -> list[Level]:
        """The level that each text speaks for."""
        return [level_of(row, self.card.thresholds) for row in self.scores(texts)]


def load_card(folder: Path) -> CrisisCard:
    """Reads `card.json`. Raises `ArtifactError`."""
    try:
        return CrisisCard.model_validate(json.loads((folder / "card.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ArtifactError(f"{folder / 'card.json'} cannot be read: {error}. {REMEDY}") from error
