"""Scripted fakes of the agent's ports: strict, offline, and unhappy about unexpected or unused steps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import numpy as np

from agent.domain import EMOTIONS, Emotion, Reading
from agent.errors import DiscoveryError


class Script:
    """Steps in order: each a method's name and what it returns, raises, or computes from the call."""

    def __init__(self, *steps: tuple[str, Any]) -> None:
        self.steps = list(steps)
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def play(self, method: str, *args: Any, **kwargs: Any) -> Any:
        assert self.steps, f"unexpected call of {method}{args}"
        expected, result = self.steps.pop(0)
        assert method == expected, f"expected {expected}, got {method}{args}"
        self.calls.append((method, args, kwargs))
        if isinstance(result, DiscoveryError):
            raise result
        return result(*args, **kwargs) if callable(result) else result

    def done(self) -> None:
        assert not self.steps, f"never called: {[name for name, _ in self.steps]}"


class FakePort:
    """Any port whose methods are plain coroutines, played from a script."""

    def __init__(self, *steps: tuple[str, Any]) -> None:
        self.script = Script(*steps)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_"):
            raise AttributeError(method)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return self.script.play(method, *args, **kwargs)

        return call


class WordClassifier:
    """A tiny real classifier: a label's probability is 0.9 where one of its words stands in the text, else 0.02."""

    def __init__(self, **words: Sequence[str]) -> None:
        self._words = words
        self.batches: list[int] = []

    async def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        self.batches.append(len(texts))
        rows = np.full((len(texts), len(EMOTIONS)), 0.02, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for label, words in self._words.items():
                if any(w in text.lower() for w in words):
                    row[EMOTIONS.index(label)] = 0.9
        return rows

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        readings = []
        for row in await self.probabilities(texts):
            above = [(EMOTIONS[i], float(row[i])) for i in np.argsort(-row) if row[i] > 0.5]
            readings.append(
                Reading(
                    emotions=tuple(Emotion(label=k, probability=round(v, 4)) for k, v in above),
                    unsure=not above,
                    probabilities={k: round(float(v), 4) for k, v in zip(EMOTIONS, row, strict=True)},
                )
            )
        return readings


class ScriptedModel:
    """A language model that says what it was told to, in pieces; an error among the pieces is raised midway."""

    def __init__(self, *answers: Sequence[str | DiscoveryError]) -> None:
        self.answers = list(answers)
        self.asked: list[list[dict[str, str]]] = []
        self.patterns: list[str | None] = []

    async def stream(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, pattern: str | None = None, attempt: int = 0
    ) -> AsyncIterator[str]:
        assert self.answers, "the model was asked once more than expected"
        self.asked.append(list(messages))
        self.patterns.append(pattern)
        for piece in self.answers.pop(0):
            if isinstance(piece, DiscoveryError):
                raise piece
            yield piece
