"""How far people who label entries apart agree: `python -m finetune.agreement` prints what docs/labelling.md quotes.

`finetune/data/agreement.jsonl` holds 200 entries, drawn from our own sets, with the labels of two readers who saw the
text and the guidelines only. Cohen's kappa (Cohen, 1960) is computed over all (entry, label) decisions together and for
every label; the third party is the label that the entry's writer gave.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from agent.domain import EMOTIONS
from finetune.dataset import DataError, one_hot
from finetune.journal_rows import FOLDER, read_journal

READERS = ("first", "second", "writer")


def _decisions(labels: list[list[str]]) -> NDArray[np.float32]:
    return np.stack([one_hot([EMOTIONS.index(label) for label in row]) for row in labels])


def read_agreement(path: Path, journals: list[Path]) -> dict[str, NDArray[np.float32]]:
    """Decisions (n, 28) by reader. Raises `DataError` for an unknown label, or a text of no journal file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    written = {entry.text: list(entry.labels) for journal in journals for entry in read_journal(journal)}
    for number, row in enumerate(rows, 1):
        if row["text"] not in written:
            raise DataError(f"{path}:{number}: expected a text of our own sets, found {row['text']!r:.60}")
        if unknown := {*row["first"], *row["second"]} - {*EMOTIONS}:
            raise DataError(f"{path}:{number}: expected labels of the 28, found {sorted(unknown)}")
    labels = {reader: [row[reader] for row in rows] for reader in READERS[:2]}
    labels["writer"] = [written[row["text"]] for row in rows]
    return {reader: _decisions(given) for reader, given in labels.items()}


def kappa(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Over all decisions together, corrected for chance."""
    return float(cohen_kappa_score(one.ravel(), other.ravel()))


def compare(one: NDArray[np.float32], other: NDArray[np.float32]) -> dict[str, Any]:
    """Pooled kappa with its 95% bootstrap interval over entries, the share of entries with a label in common, and the
    labels (given 5 times or more by both together) on which the two agree least."""
    rng = np.random.default_rng(0)
    draws = [kappa(one[i], other[i]) for i in (rng.integers(0, len(one), len(one)) for _ in range(300))]
    low, high = np.percentile(draws, [2.5, 97.5])
    often = [k for k in range(one.shape[1]) if one[:, k].sum() + other[:, k].sum() >= 5]
    each = sorted((kappa(one[:, k], other[:, k]), EMOTIONS[k]) for k in often)
    return {
        "kappa": round(kappa(one, other), 3),
        "interval_95": [round(float(low), 3), round(float(high), 3)],
        "a label in common": round(float((one * other).any(1).mean()), 3),
        "mean over labels": round(float(np.mean([value for value, _ in each])), 3),
        "least": {label: round(value, 2) for value, label in each[:5]},
    }


def main() -> None:
    """Prints one line for every two readers."""
    journals = [FOLDER / f"{name}.jsonl" for name in ("journal", "journal-dev", "journal-test")]
    readers = read_agreement(FOLDER / "agreement.jsonl", journals)
    for one, other in itertools.combinations(READERS, 2):
        print(f"{one} and {other}: {json.dumps(compare(readers[one], readers[other]))}")


if __name__ == "__main__":
    main()
