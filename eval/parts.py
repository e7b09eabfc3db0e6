"""What a report says beside the classifier: explanations of a sample of its rows, and suggestions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from eval import explained, ragas_scores
from eval.judged import Judged
from finetune.dataset import DataError
from reader.encoder import Encoder
from serving.artifacts import cache_folder, load_sources, prepare_encoder

SOURCES = Path(__file__).parents[1] / "configs" / "artifacts.yaml"
ASKED = "Which feelings are in this entry, and which of its words show them?"


class Explaining(BaseModel):
    """Of how many rows the explanations are judged (0: none), with which prompt, who words them and who judges them:
    each an endpoint `http://host/v1#name`, or null for the evidence alone and for no judge."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int = Field(0, ge=0)
    prompt: str = "v3"
    explainer: str | None = None
    judge: str | None = None


def explanations(run: Judged, model: Path, how: Explaining, output: Path) -> dict[str, Any]:
    """Makes and judges them; every one goes to `explanations.jsonl` in `output`. Ray must be running."""
    rows = explained.sample(run, how.rows)
    if not rows:
        return {}
    facts = explained.explanations(rows, model, how.prompt, how.explainer)
    lines = "".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in facts)
    (output / "explanations.jsonl").write_text(lines, encoding="utf-8")
    said, should, texts = ([str(fact[name]) for fact in facts] for name in ("said", "should", "text"))
    encoder = Encoder(prepare_encoder(load_sources(SOURCES)["encoder"], cache_folder()), threads=1)
    told: dict[str, Any] = {
        "explainer": {"rows": len(facts), "prompt": how.prompt, "worded_by": how.explainer or "the evidence alone"},
        "our checks": explained.checks(facts),
        "ragas, offline": ragas_scores.offline(said, should, texts, encoder.embed),
    }
    if how.judge:
        name = f"ragas, judged by {how.judge.partition('#')[2] or how.judge}"
        told[name] = ragas_scores.judged(said, ASKED, texts, how.judge)
    return told


def suggestions(report: Path) -> dict[str, Any]:
    """The figures of each ranker in a report of `python -m eval.recommend`. Raises `DataError` where it is none."""
    try:
        rows = json.loads(report.read_text(encoding="utf-8"))["rows"]
        return {str(row["ranker"]): {k: v for k, v in row.items() if isinstance(v, int | float)} for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"suggestions: {report}: expected a report of python -m eval.recommend: {error}") from error
