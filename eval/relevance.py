"""What the relevance set is measured on: its cases, the shipped catalogue with its index, vectors and readings.

Everything is made once, so that a ranker, or a thousand settings of one, only does arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.config import ROOT
from agent.domain import Item
from agent.errors import Invalid
from eval.rankers import FOLDER, Case, famous
from reader.emotion import EmotionClassifier
from reader.encoder import Encoder
from retrieval import build, catalog
from retrieval.index import Index
from retrieval.rank import VECTORS
from retrieval.request import query
from serving.artifacts import cache_folder, load_sources, prepare_encoder

CASES_FILE = FOLDER / "cases.jsonl"


def load_cases(path: Path = CASES_FILE) -> list[Case]:
    """The cases of a file, in its order. Raises `Invalid` naming the line of a broken one."""
    cases = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            cases.append(Case.model_validate_json(line))
        except ValueError as error:
            raise Invalid(f"{path.name}:{number}", f"expected a case, found {line[:60]!r}: {error}") from error
    return cases


@dataclass(frozen=True)
class Bench:
    """`items` in the catalogue's order, `placed` in the index's; `matrix` (n, dimension) are the vectors of `placed`.
    `vectors` and `readings` are those of the entries, by case id."""

    cases: list[Case]
    items: list[Item]
    placed: list[Item]
    index: Index
    matrix: VECTORS
    vectors: dict[str, VECTORS]
    readings: dict[str, list[tuple[str, float]]]
    famous: list[str]

    @classmethod
    def of(cls, cases: Sequence[Case], threads: int = 1) -> Bench:
        """The shipped catalogue and the shipped models over these cases; about 20 s for the first time."""
        folder = prepare_encoder(load_sources(ROOT / "configs" / "artifacts.yaml")["encoder"], cache_folder())
        encoder = Encoder(folder, threads=threads)
        items = catalog.load(catalog.shipped())
        index = build.build(items, encoder.embed, cache_folder() / "index", encoder=folder.name)
        by_id = {item.id: item for item in items}
        texts = [case.text for case in cases]
        vectors = encoder.embed([query(case.text, case.goal) for case in cases])
        readings = EmotionClassifier(ROOT / "models" / "emotion", threads=threads).read(texts)
        return cls(
            cases=list(cases),
            items=items,
            placed=[by_id[i] for i in index.ids],
            index=index,
            matrix=index.vectors(np.arange(len(index), dtype=np.intp)),
            vectors={case.id: vector for case, vector in zip(cases, vectors, strict=True)},
            readings={
                case.id: [(e.label, e.probability) for e in reading.felt]
                for case, reading in zip(cases, readings, strict=True)
            },
            famous=famous(),
        )
