"""The benchmark of the journal runs, and measures what it says."""

from __future__ import annotations

from pathlib import Path

from eval.bench_insights import composed, measure


def test_it_measures_every_row_on_a_small_journal(tmp_path: Path) -> None:
    rows = measure(tmp_path, 200, times=2)
    assert len(rows) == 10 and all(clock > 0 for _, (clock, _), _ in rows)


def test_the_entries_are_the_same_every_time() -> None:
    assert composed(20) == composed(20) and len({entry.id for entry in composed(200)}) == 200
