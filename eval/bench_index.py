"""How an index searches at 10^3 to 10^6 items: `python -m eval.bench_index --sizes 1000,10000,100000`.

Items are made from the vectors of the shipped catalogue by a fixed generator: each is a mixture of three real ones with
a little noise, so that there are neighbourhoods as in a real catalogue. Queries are the entries of the relevance set.
Each cell runs in a process of its own, on one thread, so that memory and time are its own. With `--kept FILE` every
cell is written there as soon as it is measured, and one that stands there is not measured again: a run of 10^6 that was
stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast, get_args

import numpy as np

from eval.relevance import Bench, load_cases
from retrieval import build, index
from retrieval.index import Method
from retrieval.rank import VECTORS

NEAREST = 10
SEED = 7
NOISE = 0.5
"""Length of the noise beside a unit vector."""

ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

PROBED = (48, 64, 96, 128, 192, 256, 384)
"""Cells that searches of an IVF index look into, to see what each number finds and takes."""

HNSW_MOST = 100_000
"""Above it a graph takes longer to build on one thread than anybody waits."""


@dataclass(frozen=True)
class Cell:
    """One size and method: seconds to build and save, to load, and to open mapped; milliseconds a search; megabytes on
    disk, of the process with the index loaded, and with it mapped; recall of the ten nearest against Flat. `probed` has
    the recall and the median milliseconds by how many cells an IVF index looks into."""

    size: int
    method: str
    recall: float
    p50_ms: float
    p99_ms: float
    build_s: float
    load_s: float
    mapped_s: float
    mapped_p50_ms: float
    disk_mb: float
    memory_mb: float
    mapped_memory_mb: float
    probed: dict[str, tuple[float, float]] = field(default_factory=dict)


def synthetic(real: VECTORS, count: int, seed: int = SEED) -> VECTORS:
    """`count` unit vectors float32 (count, dimension) from n real ones; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    out = np.empty((count, real.shape[1]), dtype=np.float32)
    for start in range(0, count, 50_000):
        size = min(50_000, count - start)
        share = rng.dirichlet((1.0, 0.5, 0.25), size).astype(np.float32)
        chosen = rng.integers(len(real), size=(size, 3))
        mixed = np.einsum("nk,nkd->nd", share, real[chosen])
        noise = rng.standard_normal((size, real.shape[1]), dtype=np.float32)
        mixed = mixed / np.linalg.norm(mixed, axis=1, keepdims=True) + NOISE * noise / np.sqrt(real.shape[1])
        out[start : start + size] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return out


def nearest(vectors: VECTORS, queries: VECTORS, k: int) -> list[set[int]]:
    """The `k` nearest of every query by looking at all, a block at a time."""
    best = [np.zeros(0, dtype=np.intp)] * len(queries)
    for start in range(0, len(vectors), 100_000):
        block = vectors[start : start + 100_000] @ queries.T
        top = np.argpartition(-block, min(k, len(block)) - 1, axis=0)[:k].T + start
        best = [np.concatenate([old, new]) for old, new in zip(best, top, strict=True)]
    found = []
    for query, places in zip(queries, best, strict=True):
        order = np.argsort(-(vectors[places] @ query), kind="stable")[:k]
        found.append({int(p) for p in places[order]})
    return found


def timed(opened: index.Index, queries: VECTORS, k: int = NEAREST) -> tuple[list[set[int]], float, float]:
    """What every query finds, and the median and 99th percentile of the milliseconds it takes."""
    found, took = [], []
    for query in queries:
        began = time.perf_counter()
        positions, _ = opened.search(query, k)
        took.append(1000 * (time.perf_counter() - began))
        found.append({int(p) for p in positions})
    return found, float(np.median(took)), float(np.percentile(took, 99))


def measure(real: VECTORS, queries: VECTORS, size: int, method: Method, folder: Path) -> Cell:
    """One cell of the table."""
    vectors = synthetic(real, size)
    truth = nearest(vectors, queries, NEAREST)
    began = time.perf_counter()
    ids = [f"item-{n}" for n in range(size)]
    index.save(folder, vectors, ids, catalogue="c" * 64, encoder="synthetic", method=method)
    built = time.perf_counter() - began
    del vectors
    before = _resident()
    began = time.perf_counter()
    opened = index.load(folder)
    loaded, held = time.perf_counter() - began, _resident() - before
    found, p50, p99 = timed(opened, queries)
    disk = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    probed = sweep(opened, queries, truth) if method == "ivf-inner-product" else {}
    del opened
    before = _resident()
    began = time.perf_counter()
    mapped = index.load(folder, mapped=True)
    opened_in = time.perf_counter() - began
    _, mapped_p50, _ = timed(mapped, queries)
    return Cell(
        size=size,
        method=method,
        recall=recall(found, truth),
        p50_ms=p50,
        p99_ms=p99,
        build_s=built,
        load_s=loaded,
        mapped_s=opened_in,
        mapped_p50_ms=mapped_p50,
        disk_mb=disk,
        memory_mb=held,
        mapped_memory_mb=_resident() - before,
        probed=probed,
    )


def recall(found: Sequence[set[int]], truth: Sequence[set[int]]) -> float:
    """The mean share of the nearest that were found."""
    return float(np.mean([len(a & b) / NEAREST for a, b in zip(found, truth, strict=True)]))


def sweep(opened: index.Index, queries: VECTORS, truth: Sequence[set[int]]) -> dict[str, tuple[float, float]]:
    """Recall and median milliseconds of an IVF index by how many cells it looks into."""
    results = {}
    for cells in PROBED:
        index.look_into(opened, cells)
        found, p50, _ = timed(opened, queries)
        results[str(cells)] = (recall(found, truth), p50)
    return results


def kept(file: Path | None) -> list[Cell]:
    """The cells of an earlier run; none without a file."""
    if file is None or not file.exists():
        return []
    return [Cell(**json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def _resident() -> float:
    """Megabytes that the process holds now; where /proc is missing, the most it ever held."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().split("\n") if row.startswith("RssAnon"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def methods(size: int) -> list[Method]:
    """The methods that are worth measuring at this size."""
    return [m for m in get_args(Method) if m != "hnsw-inner-product" or size <= HNSW_MOST]


def table(cells: Sequence[Cell]) -> str:
    """The cells in Markdown; the method that `retrieval.build` takes at a size is marked."""
    lines = [
        "| items | method | recall@10 | p50 (p99) | build | load | mapped: open, p50 | disk | memory, mapped |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for c in cells:
        name = c.method.removesuffix("-inner-product")
        chosen = f"**{name}**" if build.method(c.size) == c.method else name
        lines.append(
            f"| {c.size:,} | {chosen} | {c.recall:.3f} | {c.p50_ms:.2f} ms ({c.p99_ms:.2f}) | {c.build_s:.1f} s | "
            f"{c.load_s:.2f} s | {c.mapped_s:.2f} s, {c.mapped_p50_ms:.2f} ms | {c.disk_mb:.0f} MB | "
            f"{c.memory_mb:.0f}, {c.mapped_memory_mb:.0f} MB |"
        )
    for c in cells:
        if c.probed:
            each = ", ".join(f"{n}: {found:.3f} in {p50:.1f} ms" for n, (found, p50) in c.probed.items())
            lines.append(f"\nCells looked into among {c.size:,} items, recall@10 and p50: {each}.")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures every cell in a process of its own, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000", help="how many items, with commas between")
    parser.add_argument("--cell", help="SIZE:METHOD, to measure one cell here; prints JSON")
    parser.add_argument("--vectors", type=Path, help="the vectors that the cells share")
    parser.add_argument("--kept", type=Path, help="a file of cells, read at the start and added to")
    parser.add_argument("--work", type=Path, help="where the indexes are written and removed again")
    options = parser.parse_args(arguments)
    if options.cell:
        size, method = options.cell.split(":")
        with np.load(options.vectors) as shared, tempfile.TemporaryDirectory(dir=options.work) as folder:
            cell = measure(shared["real"], shared["queries"], int(size), cast(Method, method), Path(folder))
        print(json.dumps(asdict(cell)))
        return
    cells = kept(options.kept)
    done = {(cell.size, cell.method) for cell in cells}
    wanted = [(size, m) for size in map(int, options.sizes.split(",")) for m in methods(size)]
    with tempfile.TemporaryDirectory(dir=options.work) as home:
        for size, name in [each for each in wanted if each not in done]:
            cells.append(_apart(f"{size}:{name}", Path(home)))
            if options.kept:
                with options.kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(cells[-1])) + "\n")
    cells.sort(key=lambda cell: (cell.size, get_args(Method).index(cell.method)))
    print(table(cells))


def _apart(cell: str, home: Path) -> Cell:
    """One cell, measured in a process of its own over the vectors in `home`, which are made for the first."""
    shared = home / "vectors.npz"
    if not shared.exists():
        bench = Bench.of(load_cases())
        np.savez(shared, real=bench.matrix, queries=np.stack(list(bench.vectors.values())))
    command = [sys.executable, "-m", "eval.bench_index", "--cell", cell, "--vectors", str(shared), "--work", str(home)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=ONE_THREAD)
    print(done.stdout.strip(), file=sys.stderr, flush=True)
    return Cell(**json.loads(done.stdout))


if __name__ == "__main__":
    main()
