"""`card.json`: what a folder of the emotion model says of itself, and what the reader needs to use it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.domain import EMOTIONS
from agent.errors import ArtifactError
from reader.decision import Fallback, passed

REMEDY = "Restore the folder from git (`git checkout models/emotion`) or make it again (`make train`)."


class Pooling(BaseModel):
    """How windows of one text become one reading: `share` of the strongest window, the rest from their mean; then a
    temperature and a bias for 1, for 2 to 4 and for 5 or more windows: long texts hold more feelings than short ones,
    and the mean of many windows knows less of each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window_tokens: int = Field(48, ge=16, le=500)
    share: float = Field(0.5, ge=0.0, le=1.0)
    temperatures: tuple[float, float, float] = (1.0, 1.0, 1.0)
    biases: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def calibration(self, windows: int) -> tuple[float, float]:
        """Temperature and bias of a text that was read in so many windows."""
        group = 0 if windows == 1 else 1 if windows < 5 else 2
        return self.temperatures[group], self.biases[group]


class Card(BaseModel):
    """The card of an emotion model. Thresholds, temperatures and biases stand in the order of `labels`."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["emotion"]
    version: str
    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    temperatures: tuple[float, ...]
    biases: tuple[float, ...] = (0.0,) * len(EMOTIONS)
    pooling: Pooling = Pooling()
    fallback: Fallback = Fallback()
    files: dict[str, str]
    base_model: str
    data: dict[str, Any]
    metrics: dict[str, Any]
    git_commit: str

    def passed(self, probabilities: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Which labels the model tells of texts with these probabilities, bool (n, 28)."""
        return passed(probabilities, self.thresholds, self.fallback)


def load_card(folder: Path) -> Card:
    """Reads `card.json`. Raises `ArtifactError` where it is missing, broken, or for other labels than ours."""
    path = folder / "card.json"
    if not path.is_file():
        raise ArtifactError(f"{path} is missing: this is not a folder of an emotion model. {REMEDY}")
    try:
        card = Card.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, ValueError) as error:
        raise ArtifactError(f"{path} cannot be read: {error}. {REMEDY}") from error
    if card.labels != EMOTIONS:
        raise ArtifactError(f"{path}: expected the labels {list(EMOTIONS)}, found {list(card.labels)}. {REMEDY}")
    lengths = {k: len(getattr(card, k)) for k in ("thresholds", "temperatures", "biases")}
    if set(lengths.values()) != {len(EMOTIONS)}:
        raise ArtifactError(f"{path}: expected {len(EMOTIONS)} of each, found {lengths}. {REMEDY}")
    return card
