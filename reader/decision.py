"""From probabilities to the labels that are told: thresholds, and what is said of a text that none of them catches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from agent.domain import NEUTRAL


class Fallback(BaseModel):
    """When no emotion passes and `neutral` is below its limit, the emotion nearest to its threshold is told, if it
    reaches `ratio` of it. Entries told by events alone move many emotions a little and none far. Off by default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    neutral: float = Field(0.0, ge=0.0, le=1.0)
    ratio: float = Field(1.0, gt=0.0, le=1.0)


def passed(
    probabilities: NDArray[np.floating], thresholds: Sequence[float] | NDArray[np.floating], fallback: Fallback
) -> NDArray[np.bool_]:
    """Which labels are told of each of n texts, bool (n, 28), from probabilities (n, 28) and thresholds (28,)."""
    limits = np.asarray(thresholds, np.float32)
    told: NDArray[np.bool_] = probabilities >= limits
    relative = probabilities[:, :NEUTRAL] / np.maximum(limits[:NEUTRAL], 1e-6)
    nearest = relative.argmax(1)
    rows = np.arange(len(told))
    falls = ~told[:, :NEUTRAL].any(1) & (probabilities[:, NEUTRAL] < fallback.neutral)
    falls &= relative[rows, nearest] >= fallback.ratio
    told[rows[falls], nearest[falls]] = True
    return told
