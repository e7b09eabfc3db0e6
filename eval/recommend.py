"""How good the suggestions are: `python -m eval.recommend` grades the ranking against baselines on the relevance set.

Figures are those of the report half, which no weight was tuned on, unless `--split` says otherwise. Written are
`report.json` and `report.md`; the exit code is 1 when a target is missed, and each miss is a line.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from agent.config import ROOT
from agent.domain import Goal
from agent.errors import Invalid
from eval import grades, rank_metrics, rankers
from eval.grades import Grades
from eval.rank_metrics import FLOAT
from eval.rankers import FOLDER, Case, Ranker, named
from eval.relevance import Bench, load_cases
from retrieval.mood import feelings
from retrieval.recommender import Recommender
from retrieval.rules import allowed, wishes

DEPTH = 10
DEEP = 200
"""How far down a list is read where what nobody graded is left out."""

GOALS: tuple[Goal | None, ...] = (*Goal, None)

OURS = ("ours", "ours, emotions as read")
"""The two of the contenders that are ours."""

TARGETS = {"ratio": 1.25, "changed": 0.6, "kept": 0.6}
"""nDCG@10 over embedding-only; share of a list that another goal changes; share that a paraphrase keeps."""


@dataclass(frozen=True)
class Row:
    """One ranker's figures over the cases; pairs are 95% intervals. `harmful` is the share of places that both graders
    gave 0, `violations` counts items that the hard rules forbid for the emotions their writer named."""

    ranker: str
    ndcg5: float
    ndcg10: float
    ndcg10_interval: tuple[float, float]
    ndcg10_judged: float
    mrr: float
    diversity: float
    coverage: float
    gini: float
    famous: float
    violations: int
    harmful: float
    unjudged: float


def contenders(bench: Bench) -> dict[str, Ranker]:
    """Our ranking, with named emotions and with read ones, and what others would do, by name."""
    recommender = Recommender(bench.items, bench.index)
    return {
        OURS[0]: rankers.ours(recommender, bench.vectors),
        OURS[1]: rankers.ours(recommender, bench.vectors, bench.readings),
        "embedding only": rankers.embedding(bench.placed, bench.matrix, bench.vectors),
        "BM25": rankers.words(bench.items),
        "emotion to genre table": rankers.table(bench.items, bench.famous),
        "popularity": rankers.popular(bench.famous),
        "random": rankers.chance(bench.items),
    }


def per_case(cases: Sequence[Case], figure: Callable[[Case], float]) -> FLOAT:
    """One figure a case, (n,)."""
    return np.array([figure(case) for case in cases], dtype=np.float64)


def judge(name: str, ranker: Ranker, bench: Bench, graded: Grades) -> tuple[Row, FLOAT]:
    """The figures of one ranker, and its nDCG@10 of every case (n,) for comparison in pairs."""
    cases = bench.cases
    deep = {case.id: ranker(case, DEEP) for case in cases}
    lists = {case.id: ranker(case, DEPTH) for case in cases}
    place = {item.id: n for n, item in enumerate(bench.placed)}
    by_id = {item.id: item for item in bench.items}
    ndcg10 = per_case(cases, lambda c: rank_metrics.ndcg(lists[c.id], graded[c.id], DEPTH))

    def mean(figure: Callable[[Case], float]) -> float:
        return float(per_case(cases, figure).mean())

    def breaks(case: Case) -> int:
        limits = wishes(text=case.text, felt=feelings(named(case)))
        return sum(not allowed(by_id[i], limits) for i in lists[case.id])

    def vectors(case: Case) -> float:
        return rank_metrics.diversity(bench.matrix[[place[i] for i in lists[case.id]]])

    row = Row(
        ranker=name,
        ndcg5=mean(lambda c: rank_metrics.ndcg(lists[c.id], graded[c.id], 5)),
        ndcg10=float(ndcg10.mean()),
        ndcg10_interval=rank_metrics.interval(ndcg10),
        ndcg10_judged=mean(lambda c: rank_metrics.ndcg(deep[c.id], graded[c.id], DEPTH, condensed=True)),
        mrr=mean(lambda c: rank_metrics.reciprocal_rank(lists[c.id], graded[c.id])),
        diversity=mean(vectors),
        coverage=rank_metrics.coverage(list(lists.values()), len(bench.items)),
        gini=rank_metrics.gini(list(lists.values()), len(bench.items)),
        famous=rank_metrics.share_of(list(lists.values()), bench.famous),
        violations=sum(map(breaks, cases)),
        harmful=mean(lambda c: sum(graded[c.id].get(i) == 0 for i in lists[c.id]) / DEPTH),
        unjudged=mean(lambda c: grades.unjudged(lists[c.id], graded[c.id])),
    )
    return row, ndcg10


def goal_sensitivity(bench: Bench, ranker: Ranker) -> dict[str, float]:
    """How much of a list another goal changes: the mean over every pair of goals for every entry, and how many pairs
    change at least the target."""
    changed = []
    for case in bench.cases:
        lists = [ranker(case.model_copy(update={"goal": goal}), DEPTH) for goal in GOALS]
        changed += [1.0 - rank_metrics.overlap(one, other) for one, other in combinations(lists, 2)]
    reached = np.array(changed) >= TARGETS["changed"] - 1e-9
    return {"mean": float(np.mean(changed)), "pairs": float(len(changed)), "pairs_reaching": float(reached.mean())}


def stability(bench: Bench, other: Bench, pick: str) -> dict[str, float]:
    """How much of a list stays when the same entry is told in other words; `other` holds the paraphrases."""
    here, there = contenders(bench)[pick], contenders(other)[pick]
    told = {case.id: case for case in other.cases}
    kept = [rank_metrics.overlap(here(c, DEPTH), there(told[c.id], DEPTH)) for c in bench.cases if c.id in told]
    low, high = rank_metrics.interval(np.array(kept))
    return {"mean": float(np.mean(kept)), "low": low, "high": high, "entries": float(len(kept))}


def paraphrased(cases: Sequence[Case], path: Path = FOLDER / "paraphrases.jsonl") -> list[Case]:
    """The cases that have a paraphrase, with its text."""
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    texts = {row["id"]: row["text"] for row in rows}
    return [case.model_copy(update={"text": texts[case.id]}) for case in cases if case.id in texts]


def run(split: str) -> dict[str, Any]:
    """Every figure over one half (`tune`, `report`), or `all` of the set."""
    a, b = grades.shipped()
    graded = grades.both(a, b)
    cases = [case for case in load_cases() if case.id in graded and split in (case.split, "all")]
    if not cases:
        raise Invalid("--split", f"found no graded case of {split!r}, expected tune, report or all")
    bench, whole = Bench.of(cases), Bench.of(load_cases())
    judged = {name: judge(name, ranker, bench, graded) for name, ranker in contenders(bench).items()}
    rows = {name: row for name, (row, _) in judged.items()}
    other = Bench.of(paraphrased(whole.cases))
    ours = contenders(whole)[OURS[0]]
    every_goal = [ours(c.model_copy(update={"goal": g}), DEPTH) for c in whole.cases for g in GOALS]
    baselines = [name for name in judged if name not in OURS]
    return {
        "split": split,
        "cases": len(cases),
        "catalogue": len(bench.items),
        "agreement": grades.agreement(a, b),
        "rows": [asdict(row) for row in rows.values()],
        "over": {o: {n: rank_metrics.ratio(judged[o][1], judged[n][1]) for n in baselines} for o in OURS},
        "goal_sensitivity": goal_sensitivity(bench, contenders(bench)[OURS[0]]),
        "stability": {name: stability(whole, other, name) for name in OURS},
        "coverage_over_all_goals": rank_metrics.coverage(every_goal, len(bench.items)),
        "by_goal": by_goal(cases, {name: figures for name, (_, figures) in judged.items()}),
    }


def by_goal(cases: Sequence[Case], figures: Mapping[str, FLOAT]) -> dict[str, dict[str, float]]:
    """nDCG@10 of every ranker by goal."""
    found = {}
    for goal in GOALS:
        here = np.array([case.goal == goal for case in cases])
        if here.any():
            found[goal.value if goal else "none"] = {name: float(f[here].mean()) for name, f in figures.items()}
    return found


def misses(report: Mapping[str, Any]) -> list[str]:
    """What falls short of its target, one line each."""
    told = []
    rows = {row["ranker"]: row for row in report["rows"]}
    for name in OURS:
        ratio = report["over"][name]["embedding only"][0]
        if ratio < TARGETS["ratio"]:
            told.append(f"{name}: nDCG@10 is {ratio:.2f} of embedding only, expected at least {TARGETS['ratio']}")
        told += [
            f"{name}: nDCG@10 {rows[name]['ndcg10']:.3f}, expected above {other} ({rows[other]['ndcg10']:.3f})"
            for other in report["over"][name]
            if rows[name]["ndcg10"] <= rows[other]["ndcg10"]
        ]
        if rows[name]["violations"]:
            told.append(f"{name}: {rows[name]['violations']} violations of the hard rules, expected 0")
        kept = report["stability"][name]["mean"]
        if kept < TARGETS["kept"]:
            told.append(f"{name}: a paraphrase keeps {kept:.0%} of the list, expected at least {TARGETS['kept']:.0%}")
    changed = report["goal_sensitivity"]["mean"]
    if changed < TARGETS["changed"]:
        told.append(f"goals: another goal changes {changed:.0%} of the list, expected {TARGETS['changed']:.0%}")
    return told


def table(report: Mapping[str, Any]) -> str:
    """The figures of the rankers as a table in Markdown."""
    lines = [
        "| ranker | nDCG@5 | nDCG@10 (95%) | judged only | MRR | diversity | coverage | Gini | famous | violations "
        "| harmful | unjudged |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in report["rows"]:
        low, high = r["ndcg10_interval"]
        lines.append(
            f"| {r['ranker']} | {r['ndcg5']:.3f} | {r['ndcg10']:.3f} ({low:.3f} to {high:.3f}) | "
            f"{r['ndcg10_judged']:.3f} | {r['mrr']:.3f} | {r['diversity']:.3f} | {r['coverage']:.1%} | "
            f"{r['gini']:.3f} | {r['famous']:.1%} | {r['violations']} | {r['harmful']:.1%} | {r['unjudged']:.1%} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, writes and tells; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="report", help="tune, report or all")
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "recommend")
    options = parser.parse_args(arguments)
    try:
        report = run(options.split)
    except Invalid as error:
        print(error, file=sys.stderr)
        return 2
    told = misses(report)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "report.json").write_text(json.dumps(report | {"misses": told}, indent=1) + "\n", "utf-8")
    (options.out / "report.md").write_text(table(report) + "\n", "utf-8")
    print(table(report))
    print(json.dumps({k: report[k] for k in report if k != "rows"}, indent=1))
    print("\n".join(told) if told else "every target is met")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
