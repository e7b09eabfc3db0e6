"""How the windows of a long text are pooled: chosen on our own journal entries kept for it, or, where there are none,
on long texts made by joining rows of dev.

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

_WINDOW_TOKENS = (48, 96, 144, 240)
_LEAST_TEXTS = 20
_SHARES = (0.0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_ROWS_A_TEXT = (3, 8)
_TEXTS = 100


def join_rows(rows: Rows, seed: int = 0) -> Rows:
    """Texts of 3 to 8 rows each, with the labels of all of them."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(_TEXTS):
        chosen = rng.choice(len(rows), rng.integers(*_ROWS_A_TEXT), replace=False)
        texts.append(" ".join(rows.texts[i].rstrip(".!?") + "." for i in chosen))
        labels.append(rows.labels[chosen].max(0))
    return Rows(texts, np.stack(labels))


def read_windows(session: TextSession, texts: list[str], window_tokens: int) -> list[np.ndarray]:
    """Raw logits (w, 28) of every text, one row a window."""
    pieces = [session.windows(text, window_tokens) for text in texts]
    flat = session.run([w for piece in pieces for w in piece])
    ends = np.cumsum([len(piece) for piece in pieces])
    return [flat[end - len(piece) : end] for end, piece in zip(ends, pieces, strict=True)]


def choose_pooling(session: TextSession, long: Rows, temperatures: np.ndarray, biases: np.ndarray) -> Pooling:
    """Window length and share of the strongest window with the best average precision on long texts, neutral left out;
    then a temperature and a bias for 1, 2 to 4 and 5 or more windows by log-likelihood."""
    read = {size: read_windows(session, long.texts, size) for size in _WINDOW_TOKENS}
    flat = {size: [calibrate(rows, temperatures, biases) for rows in each] for size, each in read.items()}

    def pooled(size: int, share: float) -> np.ndarray:
        return np.stack([pool(rows, Pooling(window_tokens=size, share=share)) for rows in flat[size]])

    def score(choice: tuple[int, float]) -> float:
        return metrics.mean_average_precision(pooled(*choice)[:, :-1], long.labels[:, :-1])

    size, share = max(((w, s) for w in _WINDOW_TOKENS for s in _SHARES), key=score)
    counts = np.asarray([len(rows) for rows in flat[size]])
    groups = (counts == 1, (counts > 1) & (counts < 5), counts >= 5)
    rows = pooled(size, share)
    fitted = [_recalibration(rows[group], long.labels[group]) for group in groups]
    temperatures, biases = ((t[0], t[1], t[2]) for t in zip(*fitted, strict=True))
    return Pooling(window_tokens=size, share=share, temperatures=temperatures, biases=biases)


def _recalibration(rows: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Temperature and bias of the emotions of some texts; 1 and 0 where fewer than 20 texts could tell."""
    if len(rows) < _LEAST_TEXTS:
        return 1.0, 0.0
    kept = np.clip(rows[:, :-1], 1e-6, 1 - 1e-6).reshape(-1, 1).astype(float)
    temperature, bias = metrics.fit_calibration(np.log(kept / (1 - kept)), labels[:, :-1].reshape(-1, 1))
    return round(float(temperature[0]), 4), round(float(bias[0]), 4)
