"""Does the challenger serve from now on? `python -m finetune.promote`; exit code 0 if it does, 1 with reasons if not.

The rule: macro-F1 on dev and on journal-dev rises, or falls by no more than chance explains (the 95% interval of the
paired bootstrap of the difference reaches 0), and none of the labels that tell of distress falls by more than 0.02 on
dev. On journal-dev, where such a label has about ten rows, a fall counts when chance does not explain it.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.domain import EMOTIONS
from agent.errors import ArtifactError
from finetune import cluster, dataset, metrics, track
from finetune.dataset import DataError, Rows
from finetune.journal_rows import as_rows, read_journal
from reader.emotion import EmotionClassifier
from reader.shelf import Shelf

PROTECTED = ("fear", "grief", "sadness", "nervousness", "remorse")
MOST_A_LABEL_MAY_FALL = 0.02
JOURNAL_DEV = Path(__file__).parent / "data" / "journal-dev.jsonl"


@dataclass(frozen=True)
class Compared:
    """One figure of both models on one set: the difference is challenger minus champion, with its 95% interval."""

    what: str
    champion: float
    challenger: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Challenger minus champion."""
        return self.challenger - self.champion

    def __str__(self) -> str:
        interval = f"{self.low:+.4f} to {self.high:+.4f}"
        return f"{self.what}: {self.champion:.4f} -> {self.challenger:.4f} ({self.difference:+.4f}, 95% {interval})"


def predictions(classifier: EmotionClassifier, rows: Rows) -> np.ndarray:
    """Which labels a model gives, bool (n, 28)."""
    probabilities = [classifier.probabilities(rows.texts[i : i + 512]) for i in range(0, len(rows), 512)]
    return classifier.card.passed(np.concatenate(probabilities))


def paired(old: np.ndarray, new: np.ndarray, labels: np.ndarray, repeats: int = 500, seed: int = 0) -> np.ndarray:
    """F1 of `new` minus F1 of `old` for every label, under resampling of the same rows for both, (repeats, 28)."""
    rng = np.random.default_rng(seed)
    draws = (rng.integers(0, len(labels), len(labels)) for _ in range(repeats))
    each = [metrics.f1_per_label(new[i], labels[i]) - metrics.f1_per_label(old[i], labels[i]) for i in draws]
    return np.stack(each)


def compare(name: str, old: np.ndarray, new: np.ndarray, labels: np.ndarray) -> dict[str, Compared]:
    """Macro-F1 and the protected labels' F1 of both on one set, by what they are."""
    draws = paired(old, new, labels)
    before, after = metrics.f1_per_label(old, labels), metrics.f1_per_label(new, labels)

    def one(what: str, a: float, b: float, sample: np.ndarray) -> Compared:
        low, high = np.percentile(sample, [2.5, 97.5])
        return Compared(f"{name} {what}", float(a), float(b), float(low), float(high))

    found = {"macro-F1": one("macro-F1", before.mean(), after.mean(), draws.mean(1))}
    for label in PROTECTED:
        k = EMOTIONS.index(label)
        found[label] = one(f"F1 of {label}", before[k], after[k], draws[:, k])
    return found


def objections(dev: dict[str, Compared], journal: dict[str, Compared]) -> list[str]:
    """Why the challenger does not serve; an empty list means that it does."""
    found = [f"{c} falls beyond noise" for c in (dev["macro-F1"], journal["macro-F1"]) if c.high < 0]
    limit = f"falls by more than {MOST_A_LABEL_MAY_FALL}"
    for label in PROTECTED:
        if dev[label].difference < -MOST_A_LABEL_MAY_FALL:
            found.append(f"{dev[label]} {limit}")
        if journal[label].difference < -MOST_A_LABEL_MAY_FALL and journal[label].high < 0:
            found.append(f"{journal[label]} {limit}, beyond noise")
    return found


@dataclass(frozen=True)
class Verdict:
    """What came of a comparison."""

    promoted: bool
    version: str
    lines: tuple[str, ...]


def promote(shelf: Shelf, challenger: Path, dev: Rows, journal: Rows) -> Verdict:
    """Compares a challenger with what serves now, and puts it on the shelf to serve where the rule lets it."""
    old, new = EmotionClassifier(shelf.current()), EmotionClassifier(challenger)
    version = new.card.version
    if old.card.version == version:
        return Verdict(False, version, (f"{version} is the champion already",))
    both = [
        compare(name, predictions(old, rows), predictions(new, rows), rows.labels)
        for name, rows in (("dev", dev), ("journal-dev", journal))
    ]
    against = objections(*both)
    lines = [str(c) for one in both for c in one.values()]
    if against:
        return Verdict(False, version, (*lines, *(f"not promoted: {reason}" for reason in against)))
    shelf.promote(shelf.put(challenger))
    return Verdict(True, version, (*lines, f"{version} serves from now on; before it {old.card.version}"))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--challenger", type=Path, help="a model folder; without it, the registry's challenger")
    parser.add_argument("--models", type=Path, default=Path("models/emotion"), help="the folder that shipped")
    parser.add_argument("--journal-dev", type=Path, default=JOURNAL_DEV)
    parser.add_argument("--uri", default=None, help="MLflow; else that of the configuration")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    from finetune.train import read_config

    with cluster.one_line(), tempfile.TemporaryDirectory() as scratch:
        try:
            config = read_config(options.config)
            uri = options.uri or os.environ.get("MLFLOW_TRACKING_URI") or config.track or track.LOCAL
            challenger = options.challenger or track.fetch("challenger", uri, Path(scratch))
            if challenger is None:
                raise DataError(f"{uri} names no challenger; register one with make export, or give --challenger")
            dev = dataset.load(config.goemotions)["dev"]
            verdict = promote(Shelf(options.models), challenger, dev, as_rows(read_journal(options.journal_dev)))
        except ArtifactError as error:
            raise DataError(str(error)) from error
    print("\n".join(verdict.lines))
    if verdict.promoted:
        tell_registry(verdict.version, uri)
    raise SystemExit(0 if verdict.promoted else 1)


def tell_registry(version: str, uri: str) -> None:
    """Moves the alias `champion`; says in one line how to do it later where MLflow does not answer."""
    try:
        if not track.name_champion(version, uri):
            print(f"{uri} does not know {version}; its aliases stay as they were")
    except Exception as error:  # noqa: BLE001 - the model serves already; the registry can be told later
        print(f"MLflow at {uri} was not told ({' '.join(str(error).split())[:120]}); later:")
        print(f"python -m finetune.track champion {version} --uri {uri}")


if __name__ == "__main__":
    main()
