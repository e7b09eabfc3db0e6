"""How the windows of a long text are pooled: chosen on long texts made by joining rows of dev.

Each joined text holds several rows and the labels of all of them; it has none of the flow of a real entry, but it shows
whether a feeling of one passage is found again in the whole. Neutral is left out of the score: joined with anything
else it is no label of the whole.
"""

from __future__ import annotations

import numpy as np

from finetune import metrics
from finetune.dataset import Rows
from reader.card import Pooling
from reader.emotion import calibrate, pool
from reader.session import TextSession
from reader.windows import windows

_SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_ROWS_A_TEXT = (3, 8)
_TEXTS = 300


def joined(rows: Rows, seed: int = 0) -> Rows:
    """Texts of 3 to 8 rows each, with the labels of all of them."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(_TEXTS):
        chosen = rng.choice(len(rows), rng.integers(*_ROWS_A_TEXT), replace=False)
        texts.append(" ".join(rows.texts[i].rstrip(".!?") + "." for i in chosen))
        labels.append(rows.labels[chosen].max(0))
    return Rows(texts, np.stack(labels))


def choose_pooling(
    session: TextSession, dev: Rows, temperatures: np.ndarray, thresholds: np.ndarray, window_tokens: int = 48
) -> Pooling:
    """The share of the strongest window with the best macro-F1 on joined texts of dev, neutral left out."""
    long = joined(dev)
    pieces = [[t[a:b] for a, b in windows(t, session.token_starts(t), window_tokens)] for t in long.texts]
    flat = calibrate(session.run([w for piece in pieces for w in piece]), temperatures)
    ends = np.cumsum([len(piece) for piece in pieces])
    each = [flat[end - len(piece) : end] for end, piece in zip(ends, pieces, strict=True)]

    def score(share: float) -> float:
        predicted = np.stack([pool(rows, share) for rows in each]) >= thresholds
        return metrics.macro_f1(predicted[:, :-1], long.labels[:, :-1])

    return Pooling(window_tokens=window_tokens, share=max(_SHARES, key=score))
