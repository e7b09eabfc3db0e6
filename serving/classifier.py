"""The classifier's deployment: the champion of `reader` behind dynamic batching.

A champion that is promoted or rolled back while this runs takes over between two reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from ray import serve

from agent.config import ClassifierConfig, resolve
from agent.domain import Reading
from reader.champion import Champion
from reader.emotion import EmotionClassifier


class LocalClassifier:
    """The classifier in the process that asks: the port without a hop. Requests run side by side, unbatched."""

    def __init__(self, config: ClassifierConfig) -> None:
        self._champion = Champion(resolve(config.folder), threads=config.threads)

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        """See `agent.ports.Classifier`."""
        classifier = self._champion.now()
        rows, windows = await asyncio.to_thread(classifier.rows, texts)
        return classifier.readings(rows, windows, full=full)

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `agent.ports.Classifier`."""
        return await asyncio.to_thread(self._champion.now().probabilities, texts)


class ClassifierServer:
    """Reads texts. Requests that arrive together become one run of the model."""

    def __init__(self, config: ClassifierConfig) -> None:
        self._champion = Champion(resolve(config.folder), threads=config.threads)
        self._run.set_max_batch_size(config.max_batch)
        self._run.set_batch_wait_timeout_s(config.wait_ms / 1000)

    @serve.batch
    async def _run(self, requests: list[list[str]]) -> list[tuple[EmotionClassifier, NDArray[np.float32], list[int]]]:
        # The thresholds that belong to these rows are those of the model that read them, whoever is champion by then.
        classifier = self._champion.now()
        texts = [text for request in requests for text in request]
        rows, windows = await asyncio.to_thread(classifier.rows, texts)
        ends = list(accumulate(len(request) for request in requests))
        return [
            (classifier, rows[end - len(request) : end], windows[end - len(request) : end])
            for end, request in zip(ends, requests, strict=True)
        ]

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        """One reading a text; without `full` they travel without the probabilities of all 28 labels."""
        classifier, rows, windows = await self._run(list(texts))
        return classifier.readings(rows, windows, full=full)

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (n, 28)."""
        return (await self._run(list(texts)))[1]

    async def check_health(self) -> None:
        """Reads one word; an error here makes Serve replace the replica."""
        await asyncio.to_thread(self._champion.now().rows, ["well"])
