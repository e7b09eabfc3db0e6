"""Figures with their spread, and the file that parts of many runs share."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from eval.figures import Figure, Results, Stopwatch, over, repeated, sampled


def test_repeats_are_told_by_their_median_least_and_most() -> None:
    found = repeated("speed", "texts/s", [90.0, 400.0, 100.0], ">= 95")
    assert (found.value, found.low, found.high, found.n, found.how) == (100.0, 90.0, 400.0, 3, "runs")
    assert not found.missed


@pytest.mark.parametrize(
    ("asked", "value", "missed"),
    [("<= 30 ms", 31.0, True), ("<= 30 ms", 30.0, False), (">= 0.5 x", 0.4, True), (">= 0.5 x", 2.0, False),
     ("", 9.0, False)],
)  # fmt: skip
def test_what_falls_short_is_known(asked: str, value: float, missed: bool) -> None:
    assert repeated("it", "", [value], asked).missed is missed


def test_a_quantile_of_samples_lies_in_an_interval_that_more_samples_narrow() -> None:
    few, many = (sampled("wait", "ms", [float(n % 10) for n in range(count)]) for count in (10, 1000))
    assert few.low <= few.value <= few.high and few.value == many.value == 4.5
    assert many.high - many.low < few.high - few.low
    assert sampled("wait", "ms", range(101), quantile=0.9).value == pytest.approx(90.0)
    assert math.isnan(sampled("wait", "ms", []).value)


def test_a_ratio_reaches_from_worst_against_best_to_best_against_worst() -> None:
    ours, peer = repeated("ours", "/s", [90.0, 100.0, 120.0]), repeated("peer", "/s", [40.0, 50.0, 60.0])
    assert over("ratio", ours, peer) == Figure("ratio", "x", 2.0, 1.5, 3.0, 3, "runs")


def test_a_part_measured_again_replaces_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks" / "results.json"
    for name, value in (("turns", 1.0), ("llm", 2.0), ("turns", 3.0)):
        Results(path).put(name, Stopwatch(0.5).measured([repeated("it", "s", [value])]))
    kept = Results(path).parts
    assert {name: part.figures[0].value for name, part in kept.items()} == {"turns": 3.0, "llm": 2.0}
    assert (
        kept["llm"].machine
        and kept["llm"].load == 0.5
        and kept["llm"].seconds >= 0
        and [p.name for p in path.parent.iterdir()] == [path.name]
    )
