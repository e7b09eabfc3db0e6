"""The grades of the relevance set: two graders, each 0 to 3, how well they agree, and the gain made of both."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.errors import Invalid
from eval.rankers import FOLDER

Grades = Mapping[str, Mapping[str, float]]
"""Case id to item id to grade, 0..3."""

GRADES = 4
"""How many grades there are: 0, 1, 2, 3."""


def load(path: Path) -> dict[str, dict[str, int]]:
    """The grades of one grader. Raises `Invalid` naming the line, the item, what was found and what is allowed."""
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            row = json.loads(line)
            case, grades = row["id"], row["grades"]
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(where, f"expected {{id, grades}}, found {line[:60]!r}") from error
        if case in found:
            raise Invalid(where, f"case {case} is graded twice; keep one line of it")
        for item, grade in grades.items():
            if grade not in range(GRADES) or isinstance(grade, bool):
                raise Invalid(where, f"{item}: found grade {grade!r}, allowed are 0, 1, 2, 3")
        found[case] = grades
    return found


def shipped() -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """The two graders of the shipped relevance set."""
    return load(FOLDER / "grades-a.jsonl"), load(FOLDER / "grades-b.jsonl")


def both(a: Grades, b: Grades) -> dict[str, dict[str, float]]:
    """The mean grade of every item that both graded."""
    return {case: {i: (g + b[case][i]) / 2 for i, g in a[case].items() if i in b[case]} for case in a if case in b}


def pairs(a: Grades, b: Grades) -> NDArray[np.intp]:
    """Grades of the same items side by side, (n, 2)."""
    rows = [(g, b[case][i]) for case in a if case in b for i, g in a[case].items() if i in b[case]]
    return np.asarray(rows, dtype=np.intp).reshape(-1, 2)


def weighted_kappa(graded: NDArray[np.intp], power: int = 2) -> float:
    """Cohen's kappa of (n, 2) grades with weights |i - j| ** power: 1 full agreement, 0 what chance would give.
    Raises `ValueError` without a pair."""
    if not len(graded):
        raise ValueError("grades: found no item that both graded, expected at least one")
    seen = np.zeros((GRADES, GRADES))
    np.add.at(seen, (graded[:, 0], graded[:, 1]), 1)
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    apart = np.abs(np.subtract.outer(np.arange(GRADES), np.arange(GRADES))) ** power
    by_chance = float((apart * expected).sum())
    # Two graders of a single grade agree fully, and chance would have it no other way.
    return 1.0 - float((apart * seen).sum()) / by_chance if by_chance else 1.0


def agreement(a: Grades, b: Grades) -> dict[str, float]:
    """How well two graders agree: `items`, `same`, `within_one`, and kappa with quadratic and linear weights."""
    graded = pairs(a, b)
    apart = np.abs(graded[:, 0] - graded[:, 1])
    return {
        "items": float(len(graded)),
        "same": float((apart == 0).mean()),
        "within_one": float((apart <= 1).mean()),
        "kappa_quadratic": weighted_kappa(graded),
        "kappa_linear": weighted_kappa(graded, 1),
    }


def unjudged(ids: Sequence[str], grades: Mapping[str, float]) -> float:
    """The share of a list that nobody graded."""
    return sum(i not in grades for i in ids) / len(ids) if ids else 0.0
