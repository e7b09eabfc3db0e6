"""The bench of batch evaluation: the same rows for both, and memory that is really measured."""

from __future__ import annotations

import json
import time
from pathlib import Path

from eval import bench_batch


def test_rows_are_as_many_as_asked_for_and_all_different(tmp_path: Path) -> None:
    lines = bench_batch.write_rows(tmp_path / "rows.jsonl", 300).read_text().splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert len(set(texts)) == 300 and {5, 30} >= {min(len(t.split()) for t in texts)}
    assert bench_batch.write_rows(tmp_path / "again.jsonl", 300).read_text().splitlines() == lines


def test_the_loop_by_hand_reads_every_row(tmp_path: Path, monkeypatch: object) -> None:
    seen: list[int] = []

    class Counting:
        def __init__(self, *_: object, **__: object) -> None: ...

        def rows(self, texts: list[str]) -> None:
            seen.append(len(texts))

    monkeypatch.setattr(bench_batch, "EmotionClassifier", Counting)  # type: ignore[attr-defined]
    monkeypatch.setattr(bench_batch, "BLOCK", 128)  # type: ignore[attr-defined]
    assert bench_batch.by_hand(bench_batch.write_rows(tmp_path / "rows.jsonl", 300), 1) > 0
    assert seen == [1, 128, 128, 44]


def test_memory_that_grows_is_seen() -> None:
    with bench_batch.Memory() as before:
        time.sleep(0.7)
    with bench_batch.Memory() as after:
        held = bytearray(b"x" * 300_000_000)
        time.sleep(0.7)
    assert after.most > before.most + 200 and len(held)


def test_the_start_falls_out_of_a_rate_between_two_runs() -> None:
    assert bench_batch.once_started(1000, 20.0, 100, 11.0) == 100.0
