"""What a run leaves behind for every row: labels, probabilities, text and how it is told; broken rows apart."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from agent.domain import EMOTIONS
from eval.classifier import one_hot

SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("text", pa.string()),
        ("labels", pa.string()),
        ("told", pa.string()),
        ("windows", pa.int64()),
        ("probabilities", pa.list_(pa.float16(), len(EMOTIONS))),
    ]
)


@dataclass(frozen=True)
class Judged:
    """n rows in the order of their source: `labels` and `probabilities` (n, 28), `windows` (n,)."""

    rows: NDArray[np.int64]
    texts: list[str]
    told: list[str]
    labels: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    windows: NDArray[np.int64]


@dataclass
class Sink:
    """Writes batches as they come: rows to `rows.parquet`, broken rows with their numbers to `broken.jsonl`."""

    folder: Path
    rows: int = 0
    broken: int = 0
    _writer: Any = field(default=None, repr=False)

    def take(self, batches: Iterable[dict[str, Any]]) -> None:
        """Everything, one batch after the other; nothing is kept in memory."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (
            pq.ParquetWriter(self.folder / "rows.new", SCHEMA) as writer,
            (self.folder / "broken.jsonl").open("w", encoding="utf-8") as side,
        ):
            for batch in batches:
                self._split(batch, writer, side)
        os.replace(self.folder / "rows.new", self.folder / "rows.parquet")

    def _split(self, batch: dict[str, Any], writer: Any, side: Any) -> None:
        whole = np.asarray([not reason for reason in batch["broken"]], bool)
        for number, reason in zip(batch["row"][~whole], batch["broken"][~whole], strict=True):
            side.write(json.dumps({"row": int(number), "why": str(reason)}) + "\n")
        columns = [pa.array(batch[name][whole]) for name in ("row", "text", "labels", "told", "windows")]
        flat = pa.array(np.asarray(list(batch["probabilities"][whole]), np.float16).reshape(-1))
        probabilities = pa.FixedSizeListArray.from_arrays(flat, len(EMOTIONS))
        arrays = [a.cast(f.type) for a, f in zip(columns, list(SCHEMA)[:5], strict=True)]
        writer.write_table(pa.Table.from_arrays([*arrays, probabilities], schema=SCHEMA))
        self.rows, self.broken = self.rows + int(whole.sum()), self.broken + int((~whole).sum())


def load(folder: Path) -> Judged:
    """The rows of a finished run, sorted by their number: the same for any number of workers."""
    table = pq.read_table(folder / "rows.parquet").sort_by("row")
    flat = table["probabilities"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return Judged(
        rows=table["row"].to_numpy(),
        texts=table["text"].to_pylist(),
        told=table["told"].to_pylist(),
        labels=np.stack([one_hot(labels) for labels in table["labels"].to_pylist()]),
        probabilities=flat.astype(np.float32).reshape(-1, len(EMOTIONS)),
        windows=table["windows"].to_numpy(),
    )
