"""Learning from what people corrected: `python -m finetune.corrections FILE...`; exit code 0 if the new model serves.

A file is what `discovery export --corrections` wrote: texts whose emotions a person corrected and agreed to share, with
their own labels. One row in five is kept aside to judge by; the others are mixed with the training rows, training goes
on from the model that serves now, the result is exported, registered as the challenger, and `finetune.promote` decides.
Fewer than 100 rows are refused: so few say more about chance, and about one person, than about reading.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.domain import EMOTIONS
from agent.errors import ArtifactError
from agent.revision import SharedCorrection
from finetune import cluster, dataset, metrics, promote, track
from finetune.dataset import DataError, Rows
from finetune.export import export
from finetune.journal_rows import JournalRow, as_rows, read_journal
from finetune.train import TrainConfig, read_config, train
from reader.card import load_card
from reader.clean import clean
from reader.emotion import EmotionClassifier
from reader.shelf import Shelf

LEAST = 100
"""Rows below which nothing is learned."""

GENTLE: dict[str, Any] = {
    "epochs": 1, "lr_encoder": 2e-5, "lr_head": 1e-4, "patience": 0, "journal_weight": 3.0,
}  # fmt: skip
"""How training goes on: one pass at a sixth of the first rates, each correction three times."""

KEPT_ASIDE = 5
"""One row in so many judges and does not teach."""


def training_row(shared: SharedCorrection) -> JournalRow | None:
    """A row with the person's own labels, not with what had been read; None where they say that none of the 28 is
    there. Neutral beside another label is left out."""
    labels = tuple(label for label in dict.fromkeys(shared.labels) if label != "neutral") or shared.labels
    text = clean(shared.text)
    return JournalRow(text=text, labels=labels, told="mixed", plan="correction") if labels and text else None


@dataclass(frozen=True)
class Gathered:
    """Rows that teach, rows kept aside, and how many lines could not be used."""

    teach: list[JournalRow]
    judge: list[JournalRow]
    left_out: int

    @property
    def rows(self) -> int:
        """How many can be used."""
        return len(self.teach) + len(self.judge)


def read(path: Path) -> Iterator[JournalRow | None]:
    """The rows of one file. Raises `DataError` naming file, line, expected and found, never the text."""
    if not path.is_file():
        raise DataError(f"{path}: expected corrections of `discovery export --corrections`, found no such file")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            shared = SharedCorrection.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            raise DataError(f"{where}: {'.'.join(map(str, first['loc'])) or 'row'}: {first['msg']}") from error
        except ValueError as error:
            raise DataError(f"{where}: expected one JSON object, found something else") from error
        if unknown := [label for label in shared.labels if label not in EMOTIONS]:
            raise DataError(f"{where}: labels: expected some of the 28, found {unknown}")
        yield training_row(shared)


def gather(paths: Sequence[Path], held_out: set[str]) -> Gathered:
    """The rows of all files, each text once (the last word of it wins), without those that judge a model already.
    Raises `DataError` for fewer than `LEAST`."""
    rows = [row for path in paths for row in read(path)]
    usable = {row.text: row for row in rows if row and row.text not in held_out}
    found = Gathered(
        [row for text, row in usable.items() if not _aside(text)],
        [row for text, row in usable.items() if _aside(text)],
        len(rows) - len(usable),
    )
    if found.rows < LEAST:
        names = ", ".join(map(str, paths))
        raise DataError(
            f"{names}: expected at least {LEAST} corrections that may be learned from, found {found.rows}; "
            "nothing was trained. They grow with `discovery export --corrections` of people who agreed"
        )
    return found


def _aside(text: str) -> bool:
    return hashlib.blake2b(text.encode(), digest_size=4).digest()[0] % KEPT_ASIDE == 0


def retrain(config: TrainConfig, found: Gathered, champion: Path, output: Path) -> Path:
    """Goes on from the champion with the corrections mixed in; returns the exported folder. An interrupted run goes on:
    its folder is named after the champion and the rows. The rows, people's own words, are deleted at the end."""
    version = load_card(champion).version
    digest = hashlib.sha256("\n".join(row.model_dump_json() for row in found.teach).encode()).hexdigest()
    folder = output / f"{version}-{digest[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / "corrections.jsonl"
    try:
        own.touch(mode=0o600)
        own.write_text("".join(row.model_dump_json() + "\n" for row in found.teach), encoding="utf-8")
        gentle = GENTLE | {"init": champion, "journal": [*config.journal, own], "output": folder}
        going_on = config.model_copy(update=gentle)
        train(going_on)
        export(going_on, folder / "model")
    finally:
        own.unlink(missing_ok=True)
    return folder / "model"


def judge(champion: Path, challenger: Path, rows: list[JournalRow]) -> str:
    """Micro-F1 of both on the corrections that taught neither."""
    if not rows:
        return "no correction was kept aside"
    judged = as_rows(rows)
    both = [
        metrics.micro_f1(promote.predictions(EmotionClassifier(folder), judged), judged.labels)
        for folder in (champion, challenger)
    ]
    return f"{len(rows)} corrections kept aside: micro-F1 {both[0]:.4f} -> {both[1]:.4f}"


def learn(config: TrainConfig, files: Sequence[Path], shelf: Shelf, journal: Rows, output: Path) -> promote.Verdict:
    """The whole way from files to a verdict. Raises `DataError`."""
    splits = dataset.load(config.goemotions)
    held_out = {*splits["dev"].texts, *splits["test"].texts, *journal.texts}
    for path in config.own_sets().values():
        held_out |= set(as_rows(read_journal(path)).texts)
    found, champion = gather(files, held_out), shelf.current()
    print(f"{found.rows} corrections: {len(found.teach)} teach, {len(found.judge)} judge, {found.left_out} left out")
    challenger = retrain(config, found, champion, output)
    print(judge(champion, challenger, found.judge))
    if config.track:
        track.offer(challenger, config.track)
    return promote.promote(shelf, challenger, splits["dev"], journal)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--models", type=Path, default=Path("models/emotion"), help="the folder that shipped")
    parser.add_argument("--journal-dev", type=Path, default=promote.JOURNAL_DEV)
    parser.add_argument("--output", type=Path, default=Path("runs/corrections"))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with cluster.one_line():
        try:
            config = read_config(options.config)
            config = config.model_copy(update={"track": os.environ.get("MLFLOW_TRACKING_URI") or config.track})
            journal = as_rows(read_journal(options.journal_dev))
            verdict = learn(config, options.files, Shelf(options.models), journal, options.output)
        except ArtifactError as error:
            raise DataError(str(error)) from error
    print("\n".join(verdict.lines))
    if verdict.promoted and config.track:
        promote.tell_registry(verdict.version, config.track)
    raise SystemExit(0 if verdict.promoted else 1)


if __name__ == "__main__":
    main()
