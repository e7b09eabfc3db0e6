"""The emotion classifier: a folder with an int8 ONNX model in, calibrated probabilities of 28 emotions out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS, NEUTRAL, Emotion, Reading
from agent.errors import ArtifactError
from reader.card import REMEDY, Card, Pooling, load_card
from reader.integrity import verify_folder
from reader.session import TextSession

Floats = NDArray[np.float32]


def calibrate(logits: Floats, temperatures: Sequence[float], biases: Sequence[float] = (0.0,)) -> Floats:
    """Logits (n, 28) -> probabilities (n, 28): the logistic function of logit over temperature, plus bias."""
    scaled = logits / np.asarray(temperatures, np.float32) + np.asarray(biases, np.float32)
    result: Floats = (0.5 * (1.0 + np.tanh(0.5 * scaled))).astype(np.float32)
    return result


def recalibrate(probabilities: Floats, temperature: float, bias: float) -> Floats:
    """The same probabilities, their logits divided by `temperature` and moved by `bias`."""
    kept = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return calibrate(np.log(kept / (1 - kept)), (temperature,), (bias,))


def pool(probabilities: Floats, pooling: Pooling) -> Floats:
    """Windows (w, 28) -> one row (28,).

    The strongest window alone would find every emotion somewhere in a long text, the mean would drown one clear
    sentence among many: `share` weighs the two. Neutral is the mean only: one flat sentence makes no flat entry.
    """
    mean, strongest = probabilities.mean(0), probabilities.max(0)
    pooled: Floats = pooling.share * strongest + (1 - pooling.share) * mean
    pooled[NEUTRAL] = mean[NEUTRAL]
    temperature, bias = pooling.calibration(len(probabilities))
    emotions = slice(0, NEUTRAL)  # neutral is calibrated by its mean already, and must not rise with the emotions
    if (temperature, bias) != (1.0, 0.0):
        pooled[emotions] = recalibrate(pooled[emotions], temperature, bias)
    return pooled


class EmotionClassifier:
    """Loads a model folder once and reads texts. Raises `ArtifactError` when a file is missing or altered."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self.card: Card = load_card(folder)
        verify_folder(folder, self.card.files, REMEDY)
        self._session = TextSession(folder, threads=threads)
        if self._session.width != len(EMOTIONS):
            raise ArtifactError(f"{folder}: expected {len(EMOTIONS)} outputs, found {self._session.width}. {REMEDY}")

    def rows(self, texts: Sequence[str]) -> tuple[Floats, list[int]]:
        """n texts -> probabilities (n, 28), and in how many windows each was read."""
        pieces = [self._session.windows(text, self.card.pooling.window_tokens) for text in texts]
        counts = [len(piece) for piece in pieces]
        logits = self._session.run([window for piece in pieces for window in piece])
        flat = calibrate(logits, self.card.temperatures, self.card.biases)
        ends = np.cumsum(counts)
        rows = [pool(flat[end - count : end], self.card.pooling) for end, count in zip(ends, counts, strict=True)]
        return np.stack(rows) if rows else np.zeros((0, len(EMOTIONS)), np.float32), counts

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """n texts of any length -> calibrated probabilities, float32 (n, 28)."""
        return self.rows(texts)[0]

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """n texts -> n readings, in order."""
        return self.readings(*self.rows(texts))

    def readings(self, rows: Floats, windows: Sequence[int], *, full: bool = True) -> list[Reading]:
        """Probabilities (n, 28) and window counts -> readings; without `full`, sure ones leave out the 28 numbers."""
        told = self.card.passed(rows)
        return [self._reading(*each, full) for each in zip(rows, told, windows, strict=True)]

    def _reading(self, row: Floats, told: NDArray[np.bool_], window_count: int, full: bool) -> Reading:
        above = [i for i in np.argsort(-row) if told[i]]
        everything = {label: round(float(p), 4) for label, p in zip(EMOTIONS, row, strict=True)}
        return Reading(
            emotions=tuple(Emotion(label=EMOTIONS[i], probability=round(float(row[i]), 4)) for i in above),
            unsure=not above,
            probabilities=everything if full or not above else {},
            model=self.card.version,
            windows=window_count,
        )
