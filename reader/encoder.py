"""The frozen sentence encoder, all-MiniLM-L6-v2 as int8 ONNX: texts to unit vectors of 384 numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reader.session import TextSession

_WINDOW_TOKENS = 200
_RUN_TOKENS = 16  # about what one more run of the network costs, told in tokens of padding


class Encoder:
    """Loads a folder with `model.onnx` (mean-pooled, unit length) and `tokenizer.json`."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self._session = TextSession(folder, threads=threads, padding=_RUN_TOKENS)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """n texts -> unit vectors, float32 (n, 384). A long text is the normalised mean of its windows."""
        pieces = [self._session.windows(text, _WINDOW_TOKENS) for text in texts]
        flat = self._session.run([window for piece in pieces for window in piece])
        if not pieces:
            return flat
        starts = np.cumsum([0, *(len(piece) for piece in pieces[:-1])])
        sums = np.add.reduceat(flat, starts, axis=0)
        vectors: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return vectors
