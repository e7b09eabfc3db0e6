"""Our int8 encoder against the reference implementation of the same model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reader.base import base_folder
from reader.encoder import Encoder
from serving.artifacts import cache_folder, load_sources, prepare_encoder

ROOT = Path(__file__).parents[2]
TEXTS = [
    "I miss my grandmother's kitchen.",
    "The old house smelled of bread when she was alive.",
    "A loud racing game with explosions.",
    "Quiet puzzles about folding paper.",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(prepare_encoder(load_sources(ROOT / "configs" / "artifacts.yaml")["encoder"], cache_folder()))


def test_unit_vectors_in_order(encoder: Encoder) -> None:
    vectors = encoder.embed(TEXTS)
    assert vectors.shape == (4, 384) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert encoder.embed(["a long page. " * 900]).shape == (1, 384)


def test_int8_stays_close_to_the_reference(encoder: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(base_folder()), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert (encoder.embed(TEXTS) * reference).sum(1).min() > 0.95
