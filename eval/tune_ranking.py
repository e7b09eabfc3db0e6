"""Tunes the weights of the ranking on the tune half of the relevance set: `python -m eval.tune_ranking --rounds 300`.

A seeded walk: each step changes one or two weights of the best setting so far, and is kept where the mean nDCG@10 of
the tune half, with the named emotions and with those that the shipped model reads, is higher. Half of the figure leaves
out what nobody graded, so that the walk is not held to lists that were pooled. The report half is never looked at. It
prints the weights to copy into `retrieval/rank.py`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, fields, replace

import numpy as np

from eval import grades, rankers
from eval.grades import Grades
from eval.rank_metrics import ndcg
from eval.relevance import Bench, load_cases
from retrieval.rank import WEIGHTS, Weights
from retrieval.recommender import Recommender

FREE: tuple[str, ...] = (
    "meaning", "mood", "below", "listed", "social", "demand", "long", "sore", "dear", "soft", "warned",
    "variety",
)  # fmt: skip
"""The weights that are tuned; feedback, novelty and the warnings are decided by what they are for, not by grades."""

DEEP = 30
"""How far down a list is read where what nobody graded is left out."""

LEAST_VARIETY = 0.05
"""Below it a list may be three of a kind, whatever the grades say: a grade sees one item and not the list."""


def figure(bench: Bench, graded: Grades, weights: Weights) -> float:
    """Mean nDCG@10 over the cases of the bench, half with named emotions and half with read ones."""
    recommender = Recommender(bench.items, bench.index, weights)
    both = (rankers.ours(recommender, bench.vectors), rankers.ours(recommender, bench.vectors, bench.readings))
    lists = [(r(case, DEEP), graded[case.id]) for r in both for case in bench.cases]
    return float(np.mean([(ndcg(i, g, 10) + ndcg(i, g, 10, condensed=True)) / 2 for i, g in lists]))


def step(weights: Weights, rng: np.random.Generator) -> Weights:
    """Another setting near this one: one or two weights times 0.5 to 2, or from nothing to a little."""
    chosen = rng.choice(len(FREE), size=int(rng.integers(1, 3)), replace=False)
    changed = {}
    for name in (FREE[int(i)] for i in chosen):
        value = float(getattr(weights, name)) or 0.05
        new = round(value * float(np.exp(rng.uniform(-0.7, 0.7))), 3)
        changed[name] = max(new, LEAST_VARIETY) if name == "variety" else new
    return replace(weights, **changed)


def tune(bench: Bench, graded: Grades, rounds: int, seed: int = 0) -> tuple[Weights, float, float]:
    """The best weights found, their figure, and that of the weights it began with."""
    rng = np.random.default_rng(seed)
    best, began = WEIGHTS, figure(bench, graded, WEIGHTS)
    high = began
    for number in range(rounds):
        candidate = step(best, rng)
        found = figure(bench, graded, candidate)
        if found > high:
            best, high = candidate, found
            print(f"{number:4} {high:.4f} {_changed(best)}", flush=True)
    return best, high, began


def _changed(weights: Weights) -> str:
    found = asdict(weights)
    return ", ".join(f"{f.name}={found[f.name]}" for f in fields(Weights) if f.name in FREE)


def main(arguments: Sequence[str] | None = None) -> None:
    """Tunes and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    graded = grades.both(*grades.shipped())
    bench = Bench.of([c for c in load_cases() if c.split == "tune" and c.id in graded])
    best, high, began = tune(bench, graded, options.rounds, options.seed)
    print(f"nDCG@10 of {len(bench.cases)} cases: {began:.4f} before, {high:.4f} after\n{_changed(best)}")


if __name__ == "__main__":
    main()
