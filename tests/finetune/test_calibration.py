"""Calibration, pooling and thresholds fitted on dev rows: what is fitted is what the reader will read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from finetune import calibration
from finetune.dataset import Rows, one_hot
from finetune.pooling import join_rows
from reader.card import Pooling
from reader.emotion import EmotionClassifier, calibrate, pool, recalibrate
from reader.session import TextSession

SHIPPED = Path(__file__).parents[2] / "models" / "emotion"
ROWS = [
    ("Thank you so much for the lift!", 15),
    ("I am scared of what the doctor will say.", 14),
    ("It is Monday.", 27),
]


def rows(repeats: int) -> Rows:
    texts = [f"{text} {n}" for n in range(repeats) for text, _ in ROWS]
    return Rows(texts, np.stack([one_hot([label]) for _ in range(repeats) for _, label in ROWS]))


def test_what_is_fitted_reads_like_the_classifier() -> None:
    session, dev = TextSession(SHIPPED, threads=1), rows(4)
    long = join_rows(dev)
    own = Rows(long.texts[:8], long.labels[:8])
    fitted = calibration.fit(session, dev, own)
    classifier = EmotionClassifier(SHIPPED, threads=1)
    classifier.card = classifier.card.model_copy(
        update={
            "temperatures": tuple(fitted.temperatures),
            "biases": tuple(fitted.biases),
            "pooling": fitted.pooling,
        }
    )
    texts = dev.texts[:3] + own.texts[:3]
    both = fitted.probabilities(session, texts), classifier.probabilities(texts)
    assert np.abs(both[0] - both[1]).max() < 0.02


def test_the_temperature_goes_by_the_number_of_windows() -> None:
    pooling = Pooling(share=1.0, temperatures=(1.0, 2.0, 4.0))
    assert [pooling.calibration(n)[0] for n in (1, 2, 4, 5, 40)] == [1.0, 2.0, 2.0, 4.0, 4.0]
    sure = np.full((5, 28), 0.99, np.float32)
    once, some, many = (pool(sure[:n], pooling)[0] for n in (1, 3, 5))
    assert pytest.approx(once) == 0.99 and once > some > many > 0.5
    assert recalibrate(np.array([[0.2]]), 1.0, 0.0) == pytest.approx(np.array([[0.2]]), abs=1e-5)
    assert calibrate(np.zeros((1, 28)), [1.0] * 28, [1.0] * 28)[0, 0] == pytest.approx(0.731, abs=1e-3)


def test_entries_are_heard_as_far_as_neutral_comments_allow() -> None:
    rng = np.random.default_rng(0)
    labels = np.zeros((200, 28))
    labels[:100, 27] = 1
    labels[100:, 9] = 1
    comments = np.full((200, 28), 0.02)
    comments[:100, 27], comments[:100, 9] = 0.8, rng.uniform(0.0, 0.3, 100)
    comments[100:, 27], comments[100:, 9] = 0.1, rng.uniform(0.5, 0.9, 100)
    entries, own = np.full((40, 28), 0.02), np.zeros((40, 28))
    entries[:, 27], entries[:, 9], own[:, 9] = 0.1, 0.25, 1
    plain = calibration.Fitted(np.ones(28), np.zeros(28), np.full(28, 0.4), Pooling(), 0.0)
    fitted = calibration.heard(plain, (comments, labels), (entries, own))
    assert not plain.told(entries)[:, 9].any()
    assert fitted.told(entries)[:, 9].all()
    assert fitted.told(comments)[:100, :27].any(1).mean() <= calibration.MOST_TALK
