"""The relevance set before it is graded: a seeded choice of entries and goals, and what several rankers offer them.

`python -m eval.pool PARTS OUT` writes `cases.jsonl` and worksheets that hide which ranker offered what.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agent.config import ROOT
from agent.domain import EMOTIONS, Goal, Item, Level
from agent.safety import screen
from eval import rankers
from eval.rankers import Case, Ranker
from reader.encoder import Encoder
from retrieval import build, catalog
from retrieval.rank import WEIGHTS
from retrieval.recommender import Recommender
from retrieval.request import query
from serving.artifacts import cache_folder, load_sources, prepare_encoder

SEED = 20
CASES = 120
MOST = 20
"""Most items a case is graded on."""

GOALS: tuple[Goal | None, ...] = (*Goal, None)


def choose(rows: Sequence[dict[str, Any]], count: int = CASES, seed: int = SEED) -> list[Case]:
    """`count` entries with a goal each: every emotion in turn, rare ones as often as common ones, goals in turn."""
    order = np.random.default_rng(seed).permutation(len(rows))
    waiting = [rows[int(i)] for i in order if screen(rows[int(i)]["text"]).level is Level.NONE]
    chosen: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    while len(chosen) < count:
        rarest = min(EMOTIONS, key=lambda e: (seen[e], EMOTIONS.index(e)))
        row = next(r for r in waiting if rarest in r["labels"])
        waiting.remove(row)
        chosen.append(row)
        seen.update(row["labels"])
    goals = [GOALS[i % len(GOALS)] for i in range(count)]
    np.random.default_rng(seed + 1).shuffle(goals)  # type: ignore[arg-type]
    return [
        Case(
            id=f"r{n:03}",
            text=row["text"],
            labels=tuple(row["labels"]),
            goal=goal,
            split="tune" if n % 2 else "report",
        )
        for n, (row, goal) in enumerate(zip(chosen, goals, strict=True), start=1)
    ]


def pool(case: Case, offers: Sequence[tuple[Ranker, int]], most: int = MOST) -> list[str]:
    """What the rankers offer, each to its depth, rank by rank until `most` items are there; shuffled by the case."""
    lists = [ranker(case, depth) for ranker, depth in offers]
    found: list[str] = []
    for rank in range(max(map(len, lists))):
        found += [ids[rank] for ids in lists if rank < len(ids) and ids[rank] not in found]
        found = list(dict.fromkeys(found))
    found = found[:most]
    np.random.default_rng(SEED + int(case.id[1:])).shuffle(found)
    return found


def sheet(case: Case, ids: Sequence[str], by_id: dict[str, Item]) -> dict[str, Any]:
    """One line of a worksheet."""
    return {
        "id": case.id,
        "entry": case.text,
        "goal": case.goal.value if case.goal else "none",
        "items": [
            {
                "id": i,
                "title": by_id[i].title,
                "kind": by_id[i].kind,
                "year": by_id[i].year,
                "genres": list(by_id[i].genres),
                "about": by_id[i].description,
                "valence": by_id[i].valence,
                "energy": by_id[i].energy,
                "demand": by_id[i].demand,
                "minutes": by_id[i].minutes,
                "social": by_id[i].social,
                "warnings": list(by_id[i].warnings),
            }
            for i in ids
        ],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Chooses, pools and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", type=Path, nargs="+", help="JSONL files with text and labels")
    parser.add_argument("--out", type=Path, required=True, help="folder of the worksheets")
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for path in options.parts for line in path.read_text("utf-8").split("\n") if line]
    cases = choose(rows)
    folder = prepare_encoder(load_sources(ROOT / "configs" / "artifacts.yaml")["encoder"], cache_folder())
    encoder = Encoder(folder, threads=2)
    items = catalog.load(catalog.shipped())
    index = build.build(items, encoder.embed, cache_folder() / "index", encoder=folder.name)
    matrix = index.vectors(np.arange(len(index), dtype=np.intp))
    order = {item.id: item for item in items}
    placed = [order[i] for i in index.ids]
    vectors = dict(zip((c.id for c in cases), encoder.embed([query(c.text, c.goal) for c in cases]), strict=True))
    names = rankers.famous()
    variants = [
        Recommender(items, index, weights)
        for weights in (WEIGHTS, replace(WEIGHTS, meaning=0.3, mood=1.2), replace(WEIGHTS, meaning=1.6))
    ]
    depths = (10, 4, 3)
    offers = [(rankers.ours(v, vectors), depth) for v, depth in zip(variants, depths, strict=True)]
    offers += [
        (rankers.embedding(placed, matrix, vectors), 5),
        (rankers.words(items), 3),
        (rankers.table(items, names), 3),
        (rankers.popular(names), 2),
        (rankers.chance(items), 2),
    ]
    lines = [json.dumps(sheet(case, pool(case, offers), order), ensure_ascii=False) for case in cases]
    saved = [json.dumps(c.model_dump(mode="json"), ensure_ascii=False) for c in cases]
    (rankers.FOLDER / "cases.jsonl").write_text("\n".join(saved) + "\n", "utf-8")
    for part in range(4):
        (options.out / f"rel-{part + 1}.jsonl").write_text("\n".join(lines[part * 30 : part * 30 + 30]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
