"""The classifier's deployment: `reader.emotion` behind dynamic batching."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from ray import serve

from agent.config import ClassifierConfig, resolve
from agent.domain import Reading
from reader.emotion import EmotionClassifier


class LocalClassifier:
    """The classifier in the process that asks: the port without a hop. Requests run side by side, unbatched."""

    def __init__(self, config: ClassifierConfig) -> None:
        self._classifier = EmotionClassifier(resolve(config.folder), threads=config.threads)

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        """See `agent.ports.Classifier`."""
        rows, windows = await asyncio.to_thread(self._classifier.rows, texts)
        return self._classifier.readings(rows, windows, full=full)

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `agent.ports.Classifier`."""
        return await asyncio.to_thread(self._classifier.probabilities, texts)


class ClassifierServer:
    """Reads texts. Requests that arrive together become one run of the model."""

    def __init__(self, config: ClassifierConfig) -> None:
        self._classifier = EmotionClassifier(resolve(config.folder), threads=config.threads)
        self._run.set_max_batch_size(config.max_batch)
        self._run.set_batch_wait_timeout_s(config.wait_ms / 1000)

    @serve.batch
    async def _run(self, requests: list[list[str]]) -> list[tuple[NDArray[np.float32], list[int]]]:
        texts = [text for request in requests for text in request]
        rows, windows = await asyncio.to_thread(self._classifier.rows, texts)
        ends = list(accumulate(len(request) for request in requests))
        return [
            (rows[end - len(request) : end], windows[end - len(request) : end])
            for end, request in zip(ends, requests, strict=True)
        ]

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        """One reading a text; without `full` they travel without the probabilities of all 28 labels."""
        rows, windows = await self._run(list(texts))
        return self._classifier.readings(rows, windows, full=full)

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (n, 28)."""
        return (await self._run(list(texts)))[0]

    async def check_health(self) -> None:
        """Reads one word; an error here makes Serve replace the replica."""
        await asyncio.to_thread(self._classifier.rows, ["well"])
