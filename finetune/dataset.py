"""GoEmotions rows: read, checked, cleaned, and kept apart.

The official split (Demszky et al., ACL 2020; CC BY 4.0) comes from a folder of its TSV files, from what
`finetune.ingest` made of one by Ray Data, or from the hub by `datasets`. A text that stands in train and in dev or test
is left out of train.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS
from reader.clean import clean

SPLITS = ("train", "dev", "test")
HUB_ID = ("google-research-datasets/go_emotions", "simplified")
HUB_SPLIT = {"train": "train", "dev": "validation", "test": "test"}


class DataError(ValueError):
    """A row or a file is not what it should be; the message names file, row, expected and found."""


@dataclass(frozen=True)
class Rows:
    """`texts`: n cleaned strings; `labels`: float32 (n, 28) with ones where a label was given."""

    texts: list[str]
    labels: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, index: NDArray[np.intp]) -> Rows:
        """The rows at `index`, in that order."""
        return Rows([self.texts[i] for i in index], self.labels[index])


def one_hot(ids: list[int]) -> NDArray[np.float32]:
    """Label ids as a float32 vector of 28 ones and zeros."""
    row = np.zeros(len(EMOTIONS), np.float32)
    row[ids] = 1.0
    return row


def parse_line(raw: bytes, where: str) -> tuple[str, list[int]]:
    """One line of a TSV file to its cleaned text and its label ids. Raises `DataError` that begins with `where`."""
    try:
        columns = raw.decode().split("\t")
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: expected UTF-8, found the byte {raw[error.start]:#04x}") from error
    if len(columns) < 2:
        raise DataError(f"{where}: expected text, ids and comment id separated by tabs, found {len(columns)} column(s)")
    try:
        ids = [int(i) for i in columns[1].split(",")]
    except ValueError as error:
        raise DataError(f"{where}: expected label ids such as '3,27', found {columns[1][:60]!r}") from error
    if bad := [i for i in ids if not 0 <= i < len(EMOTIONS)]:
        raise DataError(f"{where}: expected label ids 0..{len(EMOTIONS) - 1}, found {bad}")
    return clean(columns[0]), ids


def read_tsv(path: Path) -> Rows:
    """One official TSV file (no header, no quoting). Raises `DataError` for an empty or broken file."""
    lines = path.read_bytes().split(b"\n") if path.is_file() else []
    parsed = [parse_line(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not parsed:
        raise DataError(f"{path}: expected rows of GoEmotions, found no such file or an empty one")
    return Rows([text for text, _ in parsed], np.stack([one_hot(ids) for _, ids in parsed]))


def read_parquet(path: Path) -> Rows:
    """A split that `finetune.ingest` wrote. Raises `DataError` for a missing column."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    if missing := [name for name in ("text", "labels") if name not in table.column_names]:
        raise DataError(f"{path}: expected the columns text and labels, found {table.column_names}, without {missing}")
    labels = [one_hot(ids) for ids in table["labels"].to_pylist()]
    return Rows(table["text"].to_pylist(), np.stack(labels) if labels else np.zeros((0, len(EMOTIONS)), np.float32))


def read_hub(split: str) -> Rows:
    """The same split from the Hugging Face hub; needs the network or a filled cache."""
    from datasets import load_dataset  # heavy, and not needed for a folder

    rows = load_dataset(*HUB_ID, split=HUB_SPLIT[split])
    return Rows([clean(t) for t in rows["text"]], np.stack([one_hot(ids) for ids in rows["labels"]]))


def _read(split: str, folder: Path | None) -> Rows:
    if folder is None:
        return read_hub(split)
    ingested = folder / f"{split}.parquet"
    return read_parquet(ingested) if ingested.is_file() else read_tsv(folder / f"{split}.tsv")


def load(folder: Path | None) -> dict[str, Rows]:
    """All three splits, with every text of dev and test removed from train."""
    splits = {name: _read(name, folder) for name in SPLITS}
    held_out = set(splits["dev"].texts) | set(splits["test"].texts)
    keep = [i for i, text in enumerate(splits["train"].texts) if text and text not in held_out]
    return {**splits, "train": splits["train"].take(np.asarray(keep, np.intp))}


def fingerprint(splits: dict[str, Rows]) -> str:
    """A sha256 over texts and labels of all splits, so that a card can say what it was trained on."""
    digest = hashlib.sha256()
    for name in SPLITS:
        digest.update("\n".join(splits[name].texts).encode())
        digest.update(splits[name].labels.tobytes())
    return digest.hexdigest()
