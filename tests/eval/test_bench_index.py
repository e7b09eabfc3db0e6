"""The index benchmark: the same items every time, true neighbours, and a table that marks what is chosen."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from eval import bench_index
from retrieval import build, index


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


def test_more_cells_find_more(tmp_path: Path) -> None:
    real, queries = unit(50, 4), unit(8, 5)
    cell = bench_index.measure(real, queries, 4000, "ivf-inner-product", tmp_path / "index")
    found = [share for share, _ in cell.probed.values()]
    assert list(cell.probed) == [str(n) for n in bench_index.PROBED]
    assert found == sorted(found) and found[-1] == 1.0
    assert f"384: {found[-1]:.3f}" in bench_index.table([cell])


def test_only_cells_can_be_looked_into(tmp_path: Path) -> None:
    index.save(tmp_path, unit(20, 1), [str(n) for n in range(20)], catalogue="c" * 64, encoder="e")
    with pytest.raises(ValueError, match="flat-inner-product"):
        index.look_into(index.load(tmp_path), 4)


def test_a_cell_that_was_kept_is_not_measured_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [bench_index.measure(unit(50, 4), unit(8, 5), 400, m, tmp_path / m) for m in bench_index.methods(400)]
    file = tmp_path / "cells.jsonl"
    file.write_text("".join(json.dumps(asdict(cell)) + "\n" for cell in cells))
    bench_index.main(["--sizes", "400", "--kept", str(file)])
    assert capsys.readouterr().out.count("| 400 |") == 3
    assert len(bench_index.kept(file)) == 3


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
