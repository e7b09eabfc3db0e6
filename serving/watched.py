"""A classifier whose readings are counted: label names, how sure, how long. Never a word of a text.

The counts are what `eval.drift` holds against the rows that the model was judged on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from prometheus_client import Counter

from agent.domain import EMOTIONS, Reading
from agent.ports import Classifier
from serving.metrics import REGISTRY

LENGTH_EDGES = (5, 10, 20, 40, 80, 160, 320)
"""Words in a text: a text of 7 words counts under 10, one of 400 under `more`."""

SURE_EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Probability of the strongest label that passed; a text in which none did counts under 0.1."""

READ = Counter("discovery_readings_total", "Texts read", registry=REGISTRY)
LABELS = Counter("discovery_reading_labels_total", "Labels read, by name", ("label",), registry=REGISTRY)
SURE = Counter(
    "discovery_reading_sure_total", "Texts read, by the strongest probability", ("up_to",), registry=REGISTRY
)
LENGTHS = Counter(
    "discovery_reading_words_total", "Texts read, by their length in words", ("up_to",), registry=REGISTRY
)


def bucket(edges: Sequence[float], value: float) -> str:
    """The name of the bucket that a value falls into: its upper edge, or `more`."""
    place = bisect_left(edges, value)
    return str(edges[place]) if place < len(edges) else "more"


class WatchedClassifier:
    """Counts what `read` finds and passes everything on."""

    def __init__(self, inner: Classifier) -> None:
        self._inner = inner

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        """See `agent.ports.Classifier`."""
        readings = await self._inner.read(texts, full=full)
        for text, reading in zip(texts, readings, strict=True):
            self._count(text, reading)
        return readings

    def _count(self, text: str, reading: Reading) -> None:
        READ.inc()
        for emotion in reading.emotions:
            LABELS.labels(emotion.label if emotion.label in EMOTIONS else "other").inc()
        strongest = reading.emotions[0].probability if reading.emotions else 0.0
        SURE.labels(bucket(SURE_EDGES, strongest)).inc()
        LENGTHS.labels(bucket(LENGTH_EDGES, len(text.split()))).inc()

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `agent.ports.Classifier`; evidence tries are no traffic and are not counted."""
        return await self._inner.probabilities(texts)
