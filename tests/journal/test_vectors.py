from __future__ import annotations

import numpy as np

from journal.search import Vectors
from journal.vectors import Pool, packed, unpacked


def units(count: int) -> Vectors:
    made = np.random.default_rng(4).normal(size=(count, 384)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def test_a_packed_vector_keeps_its_cosines() -> None:
    vectors = units(200)
    kept = np.stack([unpacked(packed(vector)) for vector in vectors])
    assert len(packed(vectors[0])) == 388
    assert np.abs(np.linalg.norm(kept, axis=1) - 1).max() < 1e-5
    assert np.abs(kept @ vectors.T - vectors @ vectors.T).max() < 0.01


def test_a_vector_of_nothing_survives() -> None:
    assert not unpacked(packed(np.zeros(384, dtype=np.float32))).any()


def test_a_pool_grows_forgets_and_keeps_its_order() -> None:
    vectors, pool = units(300), Pool()
    for number, vector in enumerate(vectors):
        pool.put(str(number), "words", vector)
    order = [str(n) for n in range(299, -1, -2)]
    pool.arrange([*order, "unknown"])
    near = pool.cosines(vectors[7])
    assert len(near) == 151 and near[-1] == 0 and int(near.argmax()) == order.index("7")
    assert np.allclose(near[:-1], vectors[299::-2] @ vectors[7], atol=1e-5)
    assert pool.of("8") is None and pool.of("7") is not None and not pool.whole
    pool.put("new", "other words", vectors[8])
    assert pool.holds("new", "other words") and not pool.holds("new", "words") and not pool.holds("8", "words")
    pool.arrange(["new"])
    assert pool.whole and np.allclose(pool.cosines(vectors[8]), [1], atol=1e-5)
