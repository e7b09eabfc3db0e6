"""Are journal entries as different as people are? `python -m finetune.variety` prints what docs/labelling.md quotes.

Openings, type/token ratio, the cosine of every entry's nearest neighbour (the frozen encoder's vectors) within the
journal and against GoEmotions, and pairs that stand too near to each other in two splits.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS
from finetune.dataset import DataError, read_tsv
from finetune.journal_rows import FOLDER, JournalRow, read_journal
from reader.encoder import Encoder

OPENING_SHARE = 0.01
TOO_NEAR = 0.90
"""Cosine from which two entries of different splits count as the same entry written twice."""

_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True)
class Variety:
    """Figures of one list of entries."""

    rows: int
    words: int
    type_token: float
    type_token_1000: float
    commonest_opening: tuple[str, int]
    event_share: float
    per_label: dict[str, int]


def openings(entries: list[JournalRow]) -> Counter[str]:
    """How often each first three words open an entry, in lower case."""
    return Counter(" ".join(_WORD.findall(e.text.lower())[:3]) for e in entries)


def check_openings(entries: list[JournalRow], source: Path) -> None:
    """Raises `DataError` when one opening stands in more than 1% of the entries: that is a template."""
    words, count = openings(entries).most_common(1)[0]
    if count > max(1.0, OPENING_SHARE * len(entries)):
        raise DataError(f"{source}: expected no opening in over 1% of {len(entries)} rows, found {words!r} {count}x")


def variety(entries: list[JournalRow]) -> Variety:
    """See the class. `type_token_1000` is the mean over stretches of 1,000 words: it does not fall with length."""
    words = [w for e in entries for w in _WORD.findall(e.text.lower())]
    stretches = [words[i : i + 1000] for i in range(0, max(1, len(words) - 999), 1000)]
    found = Counter(label for e in entries for label in e.labels)
    return Variety(
        rows=len(entries),
        words=len(words),
        type_token=len(set(words)) / max(1, len(words)),
        type_token_1000=float(np.mean([len(set(s)) / max(1, len(s)) for s in stretches])),
        commonest_opening=openings(entries).most_common(1)[0],
        event_share=sum(e.told == "event" for e in entries) / len(entries),
        per_label={label: found[label] for label in EMOTIONS},
    )


def nearest(vectors: NDArray[np.float32], others: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """The highest cosine of every unit vector with one of `others`, or with another one of its own list, (n,)."""
    cosines = vectors @ (vectors if others is None else others).T
    if others is None:
        np.fill_diagonal(cosines, -1.0)
    best: NDArray[np.float32] = cosines.max(1)
    return best


def too_near(first: NDArray[np.float32], second: NDArray[np.float32], limit: float = TOO_NEAR) -> list[tuple[int, int]]:
    """Row pairs of two splits whose cosine is `limit` or more."""
    return [(int(i), int(j)) for i, j in np.argwhere(first @ second.T >= limit)]


def quartiles(cosines: NDArray[np.float32]) -> str:
    """Median, ninth decile and maximum, for a table."""
    return " / ".join(f"{v:.2f}" for v in np.percentile(cosines, [50, 90, 100]))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="folder of the prepared frozen encoder")
    parser.add_argument("--goemotions", type=Path, required=True, help="folder of the official TSV files")
    parser.add_argument("--sample", type=int, default=8000, help="GoEmotions rows to compare with")
    options = parser.parse_args()
    encoder = Encoder(options.encoder, threads=1)
    vectors: dict[str, NDArray[np.float32]] = {}
    for name in ("journal", "journal-dev", "journal-test"):
        entries = read_journal(FOLDER / f"{name}.jsonl")
        check_openings(entries, FOLDER / f"{name}.jsonl")
        vectors[name] = encoder.embed([e.text for e in entries])
        print(name, variety(entries), "nearest within (median / 90% / most):", quartiles(nearest(vectors[name])))
    for first, second in (("journal", "journal-dev"), ("journal", "journal-test"), ("journal-dev", "journal-test")):
        print(f"{first} and {second}: pairs at {TOO_NEAR} or more:", too_near(vectors[first], vectors[second]))
    rows = read_tsv(options.goemotions / "train.tsv")
    chosen = np.random.default_rng(0).permutation(len(rows))[: options.sample]
    comments = encoder.embed(rows.take(chosen).texts)
    print(f"against {len(chosen)} GoEmotions rows:", quartiles(nearest(vectors["journal"], comments)))


if __name__ == "__main__":
    main()
