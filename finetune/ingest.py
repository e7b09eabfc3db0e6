"""Raw rows to clean, checked splits, streamed by Ray Data: `python -m finetune.ingest --config configs/train.yaml`.

A file is cut at line ends into pieces, the pieces are read in parallel, and the rows are written in their order, one
Parquet file a split: a set larger than memory passes through, and the same files give the same bytes. What stands in
dev or test is left out of train, and the written files are read again to prove it. Nothing is kept of a run that fails.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import ray
import ray.data

from finetune import cluster, dataset
from finetune.dataset import SPLITS, DataError

ROWS_A_PIECE = 2000
SCHEMA = pa.schema(
    [("text", pa.string()), ("labels", pa.list_(pa.int8())), ("source", pa.string()), ("line", pa.int64())]
)
"""A written row: the cleaned text, its label ids, the file it came from and the line there."""


def pieces(path: Path, rows: int = ROWS_A_PIECE) -> Iterator[dict[str, Any]]:
    """Where each piece of whole lines of a file starts, its size in bytes, and the number of its first line."""
    with path.open("rb") as file:
        start, first, size = 0, 1, 0
        for number, line in enumerate(file, 1):
            size += len(line)
            if number % rows == 0:
                yield {"path": str(path), "start": start, "size": size, "line": first}
                start, first, size = start + size, number + 1, 0
        if size:
            yield {"path": str(path), "start": start, "size": size, "line": first}


def _row(number: int, text: str, ids: list[int], broken: str = "") -> dict[str, Any]:
    return {"text": text, "labels": ids, "line": number, "broken": broken}


def read_piece(piece: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one piece. A broken row carries what is wrong with it, so that the first one of a file is named."""
    with Path(piece["path"]).open("rb") as file:
        file.seek(piece["start"])
        raw = file.read(piece["size"])
    rows = []
    for number, line in enumerate(raw.split(b"\n"), piece["line"]):
        if not line.strip():
            continue
        try:
            rows.append(_row(number, *dataset.parse_line(line, f"{piece['path']}:{number}")))
        except DataError as error:
            rows.append(_row(number, "", [], str(error)))
    return rows


def stream(split: str, folder: Path | None) -> ray.data.Dataset:
    """One split as a dataset of `{text, labels, line, broken}` in the order of its file; nothing is read yet."""
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    if folder is None:
        from datasets import load_dataset  # heavy, and not needed for a folder

        rows = load_dataset(*dataset.HUB_ID, split=dataset.HUB_SPLIT[split])
        return ray.data.from_huggingface(rows.add_column("line", range(1, len(rows) + 1))).map(_hub_row)
    path = folder / f"{split}.tsv"
    found = list(pieces(path)) if path.is_file() else []
    if not found:
        raise DataError(f"{path}: expected rows of GoEmotions, found no such file or an empty one")
    return ray.data.from_items(found, override_num_blocks=len(found)).flat_map(read_piece)


def _hub_row(row: dict[str, Any]) -> dict[str, Any]:
    return _row(int(row["line"]), dataset.clean(row["text"]), [int(i) for i in row["labels"]])


def key(text: str) -> bytes:
    """Eight bytes that stand for a text: enough to know it again, small enough to keep for a large set."""
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def chosen(seed: int, line: int, share: float) -> bool:
    """Whether a seeded sample of this share holds the line: the same for any number of workers."""
    digest = hashlib.blake2b(f"{seed}:{line}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


class Writer:
    """Writes one split and counts: rows kept, rows left out because their text is held out, and a running sha256."""

    def __init__(self, folder: Path, split: str, source: str, held_out: set[bytes]) -> None:
        self.split, self.source, self.held_out = split, source, held_out
        self.rows, self.left_out, self.digest = 0, 0, hashlib.sha256()
        self.path = folder / f"{split}.parquet"

    def write(self, data: ray.data.Dataset, keep: Any) -> set[bytes]:
        """Streams the rows for which `keep(line)` holds, and returns the keys of their texts."""
        seen: set[bytes] = set()
        with pq.ParquetWriter(self.path, SCHEMA) as out:
            for batch in data.iter_batches(batch_size=4096, batch_format="pyarrow"):
                rows = [r for r in batch.to_pylist() if keep(r["line"])]
                if broken := next((r["broken"] for r in rows if r["broken"]), ""):
                    raise DataError(broken)
                out.write_table(pa.Table.from_pylist(list(self._kept(rows, seen)), SCHEMA))
        return seen

    def _kept(self, rows: list[dict[str, Any]], seen: set[bytes]) -> Iterator[dict[str, Any]]:
        for row in rows:
            name = key(row["text"])
            # An empty text is for the data tests to find in dev and test; in train it teaches nothing.
            if name in self.held_out or (self.split == "train" and not row["text"]):
                self.left_out += 1
                continue
            seen.add(name)
            self.rows += 1
            self.digest.update(f"{row['text']}\t{row['labels']}\n".encode())
            yield {**row, "source": self.source}


def check_apart(folder: Path) -> None:
    """Reads the written splits again. Raises `DataError` naming a row of train whose text stands in dev or test."""
    held_out = {key(t): split for split in ("dev", "test") for _, t in _written(folder, split)}
    for line, text in _written(folder, "train"):
        if split := held_out.get(key(text)):
            raise DataError(f"{folder}/train.parquet: row {line} ({text[:60]!r}) stands in {split} as well")


def _written(folder: Path, split: str) -> Iterator[tuple[int, str]]:
    for batch in pq.ParquetFile(folder / f"{split}.parquet").iter_batches(columns=["line", "text"]):
        yield from zip(batch["line"].to_pylist(), batch["text"].to_pylist(), strict=True)


def ingest(source: Path | None, output: Path, *, share: float = 1.0, seed: int = 13) -> dict[str, Any]:
    """Writes `train`, `dev` and `test` as Parquet and `ingest.json`, all or nothing; returns what `ingest.json` says.

    `share` below 1 keeps a seeded sample. Raises `DataError` for broken rows, and `OSError` for a disk that is full.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".ingest-", dir=output.parent))
    report: dict[str, Any] = {"source": str(source or dataset.HUB_ID[0]), "seed": seed, "share": share, "splits": {}}
    try:
        held_out: set[bytes] = set()
        for split in ("dev", "test", "train"):
            writer = Writer(scratch, split, report["source"], held_out if split == "train" else set())
            seen = writer.write(stream(split, source), lambda line: share >= 1 or chosen(seed, line, share))
            held_out |= seen if split != "train" else set()
            report["splits"][split] = {
                "rows": writer.rows, "left_out": writer.left_out, "sha256": writer.digest.hexdigest(),
            }  # fmt: skip
        check_apart(scratch)
        (scratch / "ingest.json").write_text(json.dumps(report, indent=1) + "\n")
        scratch.chmod(0o755)
        shutil.rmtree(output, ignore_errors=True)
        os.replace(scratch, output)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return report


def main() -> None:
    """The command line. Exit code 2 with one line for data that cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--output", type=Path, default=Path("runs/data"))
    parser.add_argument("--share", type=float, default=1.0, help="keep a seeded sample of this share of the rows")
    options = parser.parse_args()
    from finetune.train import read_config

    with cluster.one_line():
        config = read_config(options.config)
        with cluster.started():
            report = ingest(config.goemotions, options.output, share=options.share, seed=config.seed)
    for split in SPLITS:
        row = report["splits"][split]
        print(f"{split:6} {row['rows']:7,} rows, {row['left_out']:4} left out, sha256 {row['sha256'][:12]}")
    sys.stdout.write(f"written to {options.output}\n")


if __name__ == "__main__":
    main()
