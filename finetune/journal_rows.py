"""Our own journal entries as training and evaluation rows: JSON lines with `text`, `labels`, `told` and `plan`.

Labelled by `docs/labelling.md`. A broken line is refused by file and line number; nothing of the file is used then.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.domain import EMOTIONS
from finetune.dataset import DataError, Rows, one_hot
from reader.clean import clean

FOLDER = Path(__file__).parent / "data"
"""Where `journal.jsonl`, `journal-dev.jsonl` and `journal-test.jsonl` lie."""


TOLD = ("event", "named", "mixed")
"""How a feeling is told: by what happened, in words, or both."""


class JournalRow(BaseModel):
    """One entry: its text, labels strongest first, how the feeling is told, and the writing plan it came from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    labels: tuple[str, ...] = Field(min_length=1, max_length=len(EMOTIONS))
    told: Literal["event", "named", "mixed"]
    plan: str


def read_journal(path: Path) -> list[JournalRow]:
    """The entries of one file. Raises `DataError` naming file, line, what was expected and what was found."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    if not lines:
        raise DataError(f"{path}: expected journal entries, one JSON object a line, found no such file or an empty one")
    return [_row(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _row(line: str, where: str) -> JournalRow:
    try:
        row = JournalRow.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "row"
        raise DataError(f"{where}: {field}: {first['msg']}, found {first['input']!r:.80}") from error
    except ValueError as error:
        raise DataError(f"{where}: expected one JSON object, found {line!r:.60}") from error
    if unknown := [label for label in row.labels if label not in EMOTIONS]:
        raise DataError(f"{where}: expected labels of the 28, found {unknown}")
    if len(set(row.labels)) < len(row.labels):
        raise DataError(f"{where}: expected every label once, found {list(row.labels)}")
    if "neutral" in row.labels and len(row.labels) > 1:
        raise DataError(f"{where}: expected 'neutral' to stand alone, found {list(row.labels)}")
    return row


def as_rows(entries: list[JournalRow]) -> Rows:
    """Entries as cleaned texts and one-hot labels (n, 28)."""
    labels = [one_hot([EMOTIONS.index(label) for label in entry.labels]) for entry in entries]
    return Rows([clean(entry.text) for entry in entries], np.stack(labels))
