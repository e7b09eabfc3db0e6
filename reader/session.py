"""A tokeniser and an ONNX graph: texts in, one float32 row a text out. Shared by the classifier and the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from reader.clean import clean
from reader.windows import windows

MAX_TOKENS = 512
"""Longest input of the network, special tokens included; callers cut texts into windows well below it."""

_BATCH = 48
_PIECE = 400  # characters; below MAX_TOKENS, so that no piece is ever truncated


class TextSession:
    """Runs `model.onnx` of a folder over texts. Not thread-safe in its tokeniser settings, which never change."""

    def __init__(self, folder: Path, *, threads: int, padding: int | None = None) -> None:
        """`padding` is how many tokens a batch may be padded by for one more text, see `batches`; None for any number.

        The models with thresholds take any number: int8 reads a text a little differently beside others, and their
        thresholds were chosen on whole batches.
        """
        self._padding = padding
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        # Spinning threads answer a little sooner, and starve the language model on the same cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self.tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.no_padding()
        self.width = int(self._session.get_outputs()[0].shape[-1])

    def token_starts(self, text: str) -> list[int]:
        """Offsets where the tokens of a text of any length start, special tokens left out."""
        pieces = [text[i : i + _PIECE] for i in range(0, len(text), _PIECE)]
        encoded = self.tokenizer.encode_batch(pieces, add_special_tokens=False)
        return [_PIECE * number + start for number, piece in enumerate(encoded) for start, _ in piece.offsets]

    def windows(self, text: str, limit: int) -> list[str]:
        """A text of any length in windows of at most `limit` tokens; one window where it is short."""
        if len(text) <= limit:  # a token has at least one character
            return [text]
        return [text[a:b] for a, b in windows(text, self.token_starts(text), limit)]

    def run(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """n texts -> float32 (n, width), in order. Texts of like length are read together: see `batches`."""
        token_ids = [encoding.ids for encoding in self.tokenizer.encode_batch([clean(t) for t in texts])]
        output = np.zeros((len(texts), self.width), np.float32)
        for rows in batches([len(ids) for ids in token_ids], self._padding):
            output[rows] = self._run_padded([token_ids[i] for i in rows])
        return output

    def _run_padded(self, token_ids: list[list[int]]) -> NDArray[np.float32]:
        ids = np.zeros((len(token_ids), max(map(len, token_ids))), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(token_ids):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        result: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return result


def batches(lengths: Sequence[int], padding: int | None = None) -> list[list[int]]:
    """Which of n texts are read together, by their lengths in tokens. Padding costs as much as words do, so a text
    begins another batch where lengthening the shorter ones to it would take more than `padding` tokens."""
    found: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        last = found[-1] if found else []
        added = len(last) * (lengths[row] - lengths[last[-1]]) if last else 0
        if last and len(last) < _BATCH and (padding is None or added <= padding):
            last.append(row)
        else:
            found.append([row])
    return found
