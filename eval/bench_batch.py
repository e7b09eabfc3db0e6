"""What Ray Data costs: rows a second of `eval.batch` beside a tuned loop in one process, in the same run.

`python -m eval.bench_batch --rows 50000` writes that many made-up rows, reads them by both with the same threads and
the same tokeniser, and prints rows a second of each and their ratio. The loop is what somebody would write by hand for
speed: rows sorted by length in blocks, batches of 64, nothing kept. `--memory` reads a tenth of the rows first and says
how much the memory of the driver and of all Ray workers grew with ten times the rows.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from agent.config import ROOT
from eval import sources
from eval.batch import EvalConfig, read
from eval.bench_classifier import texts
from eval.figures import Figure, repeated
from finetune import cluster
from reader.emotion import EmotionClassifier

BLOCK = 4096


def write_rows(path: Path, count: int) -> Path:
    """Rows of 5 to 30 words, all different."""
    lengths = np.random.default_rng(1).integers(5, 31, count)
    with path.open("w", encoding="utf-8") as out:
        for words in range(5, 31):
            for text in texts(int((lengths == words).sum()), words, seed=words):
                out.write(json.dumps({"text": text, "labels": "joy"}) + "\n")
    return path


def by_hand(path: Path, threads: int) -> float:
    """Seconds of one process over all rows, the loading of the model left out, reading and parsing included."""
    classifier = EmotionClassifier(ROOT / "models" / "emotion", threads=threads)
    classifier.rows(["warm up"])
    began = time.perf_counter()
    block: list[str] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            block.append(str(sources.as_row(number, json.loads(line))["text"]))
            if len(block) == BLOCK:
                classifier.rows(block)  # sorts by length and cuts into batches
                block = []
    if block:
        classifier.rows(block)
    return time.perf_counter() - began


class Memory:
    """The most memory, in MB of unshared pages, that this process and its Ray workers took."""

    def __init__(self) -> None:
        self.most, self._over = 0.0, threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self.most = max(self.most, sum(_unshared(p) for p in _ours()) / 1e6)


def _ours() -> Iterator[psutil.Process]:
    me = psutil.Process()
    yield me
    yield from (p for p in me.children(recursive=True) if p.name().startswith("ray::"))


def _unshared(process: psutil.Process) -> int:
    try:
        info = process.memory_info()
        return int(info.rss - getattr(info, "shared", 0))
    except psutil.Error:
        return 0


def by_ray(path: Path, threads: int, output: Path) -> tuple[float, float]:
    """Seconds of `eval.batch` over all rows, Ray running and its reader warm, and the most memory in MB."""
    config = EvalConfig(source=str(path), output=output, threads=threads, safety=False)
    with Memory() as memory:
        began = time.perf_counter()
        read(config)
        return time.perf_counter() - began, memory.most


def bench(count: int, threads: int, grown: bool, repeats: int = 1) -> dict[str, Any]:
    """Both over the same rows, in turns; the best of each."""
    with tempfile.TemporaryDirectory() as folder, cluster.started(threads + 1):
        path = write_rows(Path(folder) / "rows.jsonl", count)
        small = write_rows(Path(folder) / "small.jsonl", max(count // 10, 100))
        start, few = by_ray(small, threads, Path(folder) / "few")
        runs = [(by_hand(path, threads), *by_ray(path, threads, Path(folder) / "out")) for _ in range(repeats)]
    hand, ray_seconds = min(r[0] for r in runs), min(r[1] for r in runs)
    told: dict[str, Any] = {
        "rows": count,
        "threads": threads,
        "repeats": repeats,
        "every_turn": {"by_hand": [count / r[0] for r in runs], "ray_data": [count / r[1] for r in runs]},
        "by_hand_rows_a_second": round(count / hand, 1),
        "ray_data_rows_a_second": round(count / ray_seconds, 1),
        "ratio": round(hand / ray_seconds, 3),
        # The loop by hand has its model loaded before the clock starts; a run of Ray Data starts its readers within it.
        "ratio_once_started": round(once_started(count, ray_seconds, max(count // 10, 100), start) * hand / count, 3),
    }
    if grown:
        most = max(r[2] for r in runs)
        told["memory_mb"] = {"tenth_of_the_rows": round(few), "all_rows": round(most), "ratio": round(most / few, 2)}
    return told


def figures(count: int = 10_000, repeats: int = 3) -> list[Figure]:
    """The same as figures of the benchmark page."""
    told = bench(count, 2, grown=True, repeats=repeats)
    hand, ray_rates, memory = told["every_turn"]["by_hand"], told["every_turn"]["ray_data"], told["memory_mb"]
    ratios = [ours / loop for ours, loop in zip(ray_rates, hand, strict=True)]
    return [
        repeated(f"batch evaluation on Ray Data, {count:,} rows", "rows/s", ray_rates, label="Ray Data"),
        repeated(
            "a tuned loop in one process, same threads and tokeniser", "rows/s", hand, label="loop by hand", peer=True
        ),
        repeated("Ray Data / loop, starting its readers included", "x", ratios),
        repeated("Ray Data / loop, once its readers have started", "x", [told["ratio_once_started"]], ">= 0.9 x"),
        repeated("memory with ten times the rows / with a tenth", "x", [memory["ratio"]]),
    ]


def once_started(rows: int, seconds: float, fewer: int, fewer_seconds: float) -> float:
    """Rows a second between a run over fewer rows and one over all: what starting costs falls out."""
    return (rows - fewer) / max(seconds - fewer_seconds, 1e-9)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    with cluster.one_line():
        print(json.dumps(bench(options.rows, options.threads, options.memory, options.repeats), indent=1))


if __name__ == "__main__":
    main()
