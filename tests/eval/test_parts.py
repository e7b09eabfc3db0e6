"""The parts of a report beside the classifier."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from eval import parts, report
from finetune.dataset import DataError


def test_figures_of_rankers_are_taken_from_their_report(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    row = {"ranker": "ours", "ndcg10": 0.7, "ndcg10_interval": [0.6, 0.8], "violations": 0}
    path.write_text(json.dumps({"rows": [row, row | {"ranker": "random", "ndcg10": 0.2}]}))
    assert parts.suggestions(path)["ours"] == {"ndcg10": 0.7, "violations": 0}
    path.write_text("{}")
    for wrong in (path, tmp_path / "nowhere.json"):
        with pytest.raises(DataError, match=r"expected a report of python -m eval.recommend"):
            parts.suggestions(wrong)


def test_unknown_keys_and_negative_rows_are_refused() -> None:
    for wrong in ({"row": 3}, {"rows": -1}):
        with pytest.raises(ValidationError):
            parts.Explaining.model_validate(wrong)


def test_a_report_has_a_table_of_every_part_that_is_there() -> None:
    told = {
        "explanations": {"our checks": {"sentences_true": 1.0}, "ragas, judged by m": {"faithfulness": 0.9}},
        "suggestions": {"ours": {"ndcg10": 0.7}}, "slices": {}, "labels": {"joy": {"f1": 0.5}},
    }  # fmt: skip
    titles = [title for title, _ in report.tables(told)]
    assert titles == ["Explanations: our checks", "Explanations: ragas, judged by m", "Suggestions", "Labels"]
    assert [title for title, _ in report.tables({"slices": {}, "labels": {"joy": {}}})] == ["Labels"]
