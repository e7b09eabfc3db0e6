"""The relevance set before it is graded: a seeded choice of entries and goals, and what several rankers offer them.

`python -m eval.pool --out FOLDER` writes worksheets that hide which ranker offered what; with `--choose FILES` the
entries are chosen anew from rows with text and labels, and `cases.jsonl` is written first.
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

from agent.domain import EMOTIONS, Goal, Item, Level
from agent.safety import screen
from eval import rankers
from eval.rankers import Case, Ranker
from eval.relevance import CASES_FILE, Bench, load_cases
from retrieval.rank import WEIGHTS
from retrieval.recommender import Recommender

SEED = 20
CASES = 120
MOST = 27
"""Most items a case is graded on."""

KEYS = {
    "t": "title", "k": "kind", "y": "year", "g": "genres", "a": "what it feels like", "v": "valence", "e": "energy",
    "d": "demand", "m": "minutes", "s": "social", "w": "warnings",
}  # fmt: skip
"""What the short keys of a worksheet stand for."""

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


def pool(case: Case, offered: Sequence[tuple[Ranker, int]], most: int = MOST) -> list[str]:
    """What the rankers offer, each to its depth, rank by rank until `most` items are there; shuffled by the case."""
    lists = [ranker(case, depth) for ranker, depth in offered]
    found: list[str] = []
    for rank in range(max(map(len, lists))):
        found += [ids[rank] for ids in lists if rank < len(ids) and ids[rank] not in found]
        found = list(dict.fromkeys(found))
    found = found[:most]
    np.random.default_rng(SEED + int(case.id[1:])).shuffle(found)
    return found


def sheet(case: Case, ids: Sequence[str], by_id: dict[str, Item]) -> dict[str, Any]:
    """One line of a worksheet, its items with the short `KEYS`."""
    return {
        "id": case.id,
        "entry": case.text,
        "goal": case.goal.value if case.goal else "none",
        "items": [_row(by_id[i]) for i in ids],
    }


def _row(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "t": item.title,
        "k": item.kind,
        "y": item.year,
        "g": list(item.genres),
        "a": item.description,
        "v": item.valence,
        "e": item.energy,
        "d": item.demand,
        "m": item.minutes,
        "s": item.social,
        "w": list(item.warnings),
    }


def offers(bench: Bench) -> list[tuple[Ranker, int]]:
    """The rankers whose lists are pooled, and how deep: deepest where the figures will be compared most closely."""
    variants = [
        Recommender(bench.items, bench.index, weights)
        for weights in (
            WEIGHTS,
            replace(WEIGHTS, meaning=1.4, mood=0.4),
            replace(WEIGHTS, meaning=0.4, mood=0.9, variety=0.05),
        )
    ]
    return [
        (rankers.ours(variants[0], bench.vectors), 10),
        (rankers.ours(variants[0], bench.vectors, bench.readings), 7),
        (rankers.embedding(bench.placed, bench.matrix, bench.vectors), 8),
        (rankers.ours(variants[1], bench.vectors), 5),
        (rankers.ours(variants[2], bench.vectors), 4),
        (rankers.words(bench.items), 3),
        (rankers.table(bench.items, bench.famous), 3),
        (rankers.popular(bench.famous), 2),
        (rankers.chance(bench.items), 1),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Chooses, pools and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choose", type=Path, nargs="+", help="JSONL files with text and labels, to choose anew from")
    parser.add_argument("--out", type=Path, required=True, help="folder of the worksheets")
    options = parser.parse_args(arguments)
    if options.choose:
        rows = [json.loads(line) for path in options.choose for line in path.read_text("utf-8").split("\n") if line]
        saved = [json.dumps(c.model_dump(mode="json"), ensure_ascii=False) for c in choose(rows)]
        CASES_FILE.write_text("\n".join(saved) + "\n", "utf-8")
    bench = Bench.of(load_cases())
    by_id = {item.id: item for item in bench.items}
    pooled = offers(bench)
    lines = [json.dumps(sheet(case, pool(case, pooled), by_id), ensure_ascii=False) for case in bench.cases]
    for part in range(4):
        (options.out / f"rel-{part + 1}.jsonl").write_text("\n".join(lines[part * 30 : part * 30 + 30]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
