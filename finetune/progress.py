"""How far a run is, in rows a second and time left: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


@dataclass(frozen=True)
class State:
    """Where a run stands; `rows_s` over the last steps, `left_s` for all that is still to do."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    rows_s: float
    left_s: float

    def __str__(self) -> str:
        left = f"{self.left_s / 60:.0f} min" if self.left_s >= 90 else f"{self.left_s:.0f} s"
        return (
            f"epoch {self.epoch}/{self.epochs} step {self.step}/{self.steps} loss {self.loss:.4f} "
            f"{self.rows_s:.0f} rows/s {left} left"
        )


class Meter:
    """Counts rows and time. `steps` of the whole run; a run that goes on begins at `done`."""

    def __init__(self, steps: int, done: int = 0) -> None:
        self.steps, self.step = steps, done
        self._last: deque[tuple[float, int]] = deque(maxlen=100)
        self._last.append((time.monotonic(), 0))

    def count(self, rows: int) -> tuple[float, float]:
        """After a step over that many rows: rows a second, and seconds left."""
        self.step += 1
        self._last.append((time.monotonic(), rows))
        seconds = max(self._last[-1][0] - self._last[0][0], 1e-9)
        counted = list(self._last)[1:]
        return sum(rows for _, rows in counted) / seconds, (self.steps - self.step) * seconds / len(counted)


class Display:
    """Shows states on standard error."""

    def __init__(self) -> None:
        self._told = 0.0
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            from rich.console import Console

            self._bar = Progress(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True))
            self._task = self._bar.add_task("", total=1)
            self._bar.start()

    def show(self, state: State) -> None:
        """Shows one state; in a file of logs only now and then, and the last."""
        if self._bar:
            self._bar.update(self._task, total=state.steps, completed=state.step, description=str(state))
        elif time.monotonic() - self._told >= EVERY or state.step == state.steps:
            self._told = time.monotonic()
            print(state, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leaves the terminal as it was."""
        if self._bar:
            self._bar.stop()


class Shared:
    """Passes states from a worker to whoever watches, by a file that both see."""

    def __init__(self, folder: Path) -> None:
        self._path, self._told = folder / "progress.json", 0.0

    def show(self, state: State) -> None:
        """Writes the state, at most twice a second."""
        if time.monotonic() - self._told >= 0.5 or state.step == state.steps:
            self._told = time.monotonic()
            beside = self._path.with_suffix(".new")
            with contextlib.suppress(OSError):  # a full disk: nobody sees the progress, and the run goes on
                beside.write_text(json.dumps(asdict(state)))
                os.replace(beside, self._path)

    def read(self) -> State | None:
        """The latest state, or None before there is one."""
        try:
            return State(**json.loads(self._path.read_text()))
        except (OSError, ValueError, TypeError):
            return None
