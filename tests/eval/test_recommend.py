"""The whole evaluation over a few cases of the shipped set, and what it calls a miss."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from eval import grades, recommend, tune_ranking
from eval.recommend import OURS, TARGETS, Row
from eval.relevance import Bench, load_cases
from retrieval.rank import WEIGHTS


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench.of([case for case in load_cases() if case.split == "report"][:8])


@pytest.fixture(scope="module")
def graded() -> dict[str, dict[str, float]]:
    return grades.both(*grades.shipped())


def test_ours_is_far_above_chance_and_breaks_no_rule(bench: Bench, graded: dict[str, dict[str, float]]) -> None:
    rankers = recommend.contenders(bench)
    ours, figures = recommend.judge(OURS[1], rankers[OURS[1]], bench, graded)
    chance, _ = recommend.judge("random", rankers["random"], bench, graded)
    assert ours.ndcg10 > 2 * chance.ndcg10
    assert ours.violations == 0 < chance.violations
    assert figures.shape == (8,)
    assert ours.ndcg10_interval[0] <= ours.ndcg10 <= ours.ndcg10_interval[1]


def test_another_goal_changes_the_list_and_other_words_do_not(bench: Bench) -> None:
    ranker = recommend.contenders(bench)[OURS[0]]
    assert recommend.goal_sensitivity(bench, ranker)["mean"] >= TARGETS["changed"]
    told = recommend.paraphrased(bench.cases)
    assert told and all(case.text != other.text for case, other in zip(bench.cases, told, strict=False))
    assert recommend.stability(bench, Bench.of(told), OURS[0])["mean"] > 0.4
    same = recommend.stability(bench, bench, OURS[0])
    assert same["mean"] == 1.0


def test_paraphrases_are_of_the_report_half_only() -> None:
    told = recommend.paraphrased(load_cases())
    assert len(told) >= 30
    assert {case.split for case in told} == {"report"}


def row(name: str, ndcg10: float, violations: int = 0) -> dict[str, Any]:
    figures = {"ndcg5": 0.1, "ndcg10_judged": 0.1, "mrr": 0.1, "diversity": 0.1, "coverage": 0.1, "gini": 0.1}
    more = {"famous": 0.1, "harmful": 0.0, "unjudged": 0.0, "ndcg10_interval": (0.1, 0.2)}
    return asdict(Row(ranker=name, ndcg10=ndcg10, violations=violations, **figures, **more))  # type: ignore[arg-type]


def report(
    ours: float, embedding: float, violations: int = 0, kept: float = 0.7, changed: float = 0.8
) -> dict[str, Any]:
    rows = [row(name, ours, violations) for name in OURS] + [row("embedding only", embedding)]
    return {
        "rows": rows,
        "over": {name: {"embedding only": (ours / embedding, 0.0, 0.0)} for name in OURS},
        "stability": {name: {"mean": kept} for name in OURS},
        "goal_sensitivity": {"mean": changed},
    }


def test_every_target_can_be_missed() -> None:
    assert recommend.misses(report(0.6, 0.4)) == []
    assert "is 1.20 of embedding only" in recommend.misses(report(0.48, 0.4))[0]
    assert any("expected above embedding only" in m for m in recommend.misses(report(0.4, 0.4)))
    assert any("3 violations" in m for m in recommend.misses(report(0.6, 0.4, violations=3)))
    assert any("keeps 50%" in m for m in recommend.misses(report(0.6, 0.4, kept=0.5)))
    assert any("changes 50%" in m for m in recommend.misses(report(0.6, 0.4, changed=0.5)))
    assert recommend.table(report(0.6, 0.4)).count("\n") == 4


def test_a_strange_half_is_one_line_and_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recommend.main(["--split", "third", "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "tune, report or all" in told


def test_tuning_never_ends_lower_than_it_began(bench: Bench, graded: dict[str, dict[str, float]]) -> None:
    best, high, began = tune_ranking.tune(bench, graded, rounds=3, seed=1)
    assert high >= began == tune_ranking.figure(bench, graded, WEIGHTS)
    assert high == tune_ranking.figure(bench, graded, best)
    assert best.variety >= tune_ranking.LEAST_VARIETY
    assert best.severity == WEIGHTS.severity
    assert json.dumps(asdict(best))
