"""Two graders: their agreement by hand-worked tables, and broken files told by line and item."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.errors import Invalid
from eval import grades
from eval.relevance import load_cases
from retrieval import catalog


def test_full_agreement_is_one_and_chance_is_nothing() -> None:
    assert grades.weighted_kappa(np.array([[0, 0], [1, 1], [3, 3]])) == 1.0
    independent = np.array([[a, b] for a in range(4) for b in range(4)])
    assert grades.weighted_kappa(independent) == pytest.approx(0.0)
    assert grades.weighted_kappa(np.array([[2, 2], [2, 2]])) == 1.0
    with pytest.raises(ValueError, match="no item that both graded"):
        grades.weighted_kappa(np.zeros((0, 2), dtype=np.intp))


def test_kappa_by_hand() -> None:
    # Seen: (0,0) (0,1) (1,1) (1,1); margins 2/2 and 1/3; linear distance seen 1, by chance (2*3 + 2*1) / 4 = 2.
    graded = np.array([[0, 0], [0, 1], [1, 1], [1, 1]])
    assert grades.weighted_kappa(graded, 1) == pytest.approx(1 - 1 / 2)


def test_only_what_both_graded_counts() -> None:
    a = {"r001": {"x": 3, "y": 1}, "r002": {"z": 0}}
    b = {"r001": {"x": 2, "w": 0}}
    assert grades.both(a, b) == {"r001": {"x": 2.5}}
    assert grades.agreement(a, b)["items"] == 1
    assert grades.unjudged(["x", "q"], grades.both(a, b)["r001"]) == 0.5
    assert grades.unjudged([], {}) == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[]", "expected {id, grades}"),
        ("nothing", "expected {id, grades}"),
        ('{"id": "r1", "grades": {"up": 4}}', "up: found grade 4, allowed are 0, 1, 2, 3"),
        ('{"id": "r1", "grades": {"up": true}}', "found grade True"),
        ('{"id": "r0", "grades": {}}', "case r0 is graded twice"),
    ],
)
def test_a_broken_file_names_its_line(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "grades.jsonl"
    path.write_text('{"id": "r0", "grades": {"up": 3}}\n' + line + "\n", "utf-8")
    with pytest.raises(Invalid, match=r"grades\.jsonl:2") as caught:
        grades.load(path)
    assert told in str(caught.value)


def test_the_shipped_grades_are_whole_and_of_the_catalogue() -> None:
    a, b = grades.shipped()
    known = {item.id for item in catalog.load(catalog.shipped())}
    assert set(a) == set(b) == {case.id for case in load_cases()}
    for case in a:
        assert set(a[case]) == set(b[case]) <= known
        assert len(a[case]) >= 20
    assert grades.agreement(a, b)["kappa_quadratic"] > 0.6
