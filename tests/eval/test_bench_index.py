"""The index benchmark: the same items every time, true neighbours, and a table that marks what is chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval import bench_index
from retrieval import build


def unit(count: int, seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((count, 32)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_synthetic_items_are_unit_vectors_and_the_same_every_time() -> None:
    made = bench_index.synthetic(unit(30, 1), 500)
    assert made.shape == (500, 32) and made.dtype == np.float32
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert np.array_equal(made, bench_index.synthetic(unit(30, 1), 500))
    # Neighbourhoods: an item is nearer to some real one than two real ones are to each other on average.
    assert (made @ unit(30, 1).T).max(axis=1).mean() > 0.6


def test_the_nearest_are_the_nearest() -> None:
    vectors, queries = unit(400, 2), unit(5, 3)
    found = bench_index.nearest(vectors, queries, 10)
    assert found == [set(np.argsort(-(vectors @ q))[:10].tolist()) for q in queries]


@pytest.mark.parametrize("method", ["flat-inner-product", "ivf-inner-product", "hnsw-inner-product"])
def test_a_cell_holds_every_figure(method: str, tmp_path: Path) -> None:
    cell = bench_index.measure(unit(50, 4), unit(8, 5), 800, method, tmp_path / "index")  # type: ignore[arg-type]
    assert cell.recall == 1.0 if method.startswith("flat") else cell.recall > 0.8
    assert 0 < cell.p50_ms <= cell.p99_ms
    assert cell.disk_mb > 0.1 and cell.build_s > 0


def test_the_table_marks_the_method_that_the_product_takes() -> None:
    numbers = dict.fromkeys(("p50_ms", "p99_ms", "build_s", "load_s", "mapped_s", "mapped_p50_ms"), 0.1)
    sizes = dict.fromkeys(("disk_mb", "memory_mb", "mapped_memory_mb"), 1.0)
    cells = [
        bench_index.Cell(size=size, method=method, recall=0.99, **numbers, **sizes)
        for size in (1000, 10**6)
        for method in bench_index.methods(size)
    ]
    marked = [line for line in bench_index.table(cells).split("\n") if "**" in line]
    assert len(marked) == 2
    assert "**flat**" in marked[0]
    assert f"**{build.method(10**6).removesuffix('-inner-product')}**" in marked[1]
    assert "hnsw-inner-product" not in bench_index.methods(10**6)
