"""A measured figure with its spread, and the file in which figures of many runs come together.

A spread is either the least and the most of whole repeats, or a bootstrapped 95% interval of a quantile over single
samples; each figure says which.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from eval.machine import machine

ROUNDS = 1000
"""Resamples of a bootstrap."""


@dataclass(frozen=True)
class Figure:
    """What was measured: `value` in `unit` with `low` and `high` over `n` runs or samples (`how` says which), what was
    `asked` for (`<= 30 ms`, `>= 0.5 x`, or nothing), and the `label` of its bar, if it has a place in the chart;
    `peer` says that it is another's."""

    what: str
    unit: str
    value: float
    low: float
    high: float
    n: int
    how: str
    asked: str = ""
    label: str = ""
    peer: bool = False

    @property
    def missed(self) -> bool:
        """Whether it falls short of what was asked for."""
        if not self.asked:
            return False
        sign, limit = self.asked.split()[:2]
        return self.value > float(limit) if sign == "<=" else self.value < float(limit)


def repeated(
    what: str, unit: str, values: Sequence[float], asked: str = "", label: str = "", peer: bool = False
) -> Figure:
    """The median of whole repeats, with the least and the most of them."""
    found = np.asarray(values, dtype=np.float64)
    how = "runs" if len(found) > 1 else "run"
    return Figure(what, unit, float(np.median(found)), found.min(), found.max(), len(found), how, asked, label, peer)


def sampled(
    what: str,
    unit: str,
    values: Sequence[float],
    asked: str = "",
    label: str = "",
    quantile: float = 0.5,
    *,
    peer: bool = False,
) -> Figure:
    """A quantile of single samples with its bootstrapped 95% interval; NaN where there are none."""
    found = np.asarray(values, dtype=np.float64)
    if not len(found):
        return Figure(what, unit, np.nan, np.nan, np.nan, 0, "samples", asked, label, peer)
    draws = np.random.default_rng(0).integers(0, len(found), (ROUNDS, len(found)))
    low, high = np.quantile(np.quantile(found[draws], quantile, axis=1), [0.025, 0.975])
    value = float(np.quantile(found, quantile))
    return Figure(what, unit, value, float(low), float(high), len(found), "samples", asked, label, peer)


def over(what: str, ours: Figure, peer: Figure, asked: str = "") -> Figure:
    """How many times the peer's figure ours is; from the worst against the best to the best against the worst."""
    low, high = ours.low / peer.high, ours.high / peer.low
    return Figure(what, "x", ours.value / peer.value, low, high, min(ours.n, peer.n), ours.how, asked)


@dataclass(frozen=True)
class Measured:
    """The figures of one part of a run: when, on what, how busy that was before the run, and for how many seconds."""

    when: str
    machine: str
    load: float
    seconds: float
    figures: tuple[Figure, ...]

    def figure(self, what: str) -> Figure | None:
        """The figure of that name."""
        return next((f for f in self.figures if f.what == what), None)


class Stopwatch:
    """Notes how things stand before a part is measured; `load` is that of the machine before the run."""

    def __init__(self, load: float) -> None:
        self._load, self._began = load, time.monotonic()

    def measured(self, figures: Sequence[Figure]) -> Measured:
        """The part, now that its figures are there."""
        when, took = datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), time.monotonic() - self._began
        return Measured(when, machine(), round(self._load, 2), round(took, 1), tuple(figures))


class Results:
    """The last figures of every part, in a JSON file; whoever measures a part replaces that part alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        self.parts = {name: _measured(told) for name, told in kept.items()}

    def put(self, name: str, part: Measured) -> None:
        """Keeps a part, on the disk before this returns; a killed run leaves the file as it was."""
        self.parts[name] = part
        told = {name: _rounded(asdict(part)) for name, part in sorted(self.parts.items())}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        whole = self._path.with_suffix(f".{os.getpid()}")
        whole.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        whole.replace(self._path)


def _measured(told: dict[str, Any]) -> Measured:
    return Measured(**told | {"figures": tuple(Figure(**figure) for figure in told["figures"])})


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
