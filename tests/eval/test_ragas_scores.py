"""ragas offline, and judged by a scripted endpoint."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from fakes.openai import KNOWN, OpenAI, says

from eval import ragas_scores

pytestmark = pytest.mark.timeout(300)
ENTRY = "Mum called and I cried on the stairs."


def letters(texts: Sequence[str]) -> Any:
    """A vector of letter counts for every text, (n, 26)."""
    return np.asarray([[t.lower().count(chr(97 + i)) + 0.01 for i in range(26)] for t in texts])


def test_what_says_the_same_scores_higher_and_a_made_up_quotation_is_seen() -> None:
    should = ["There is sadness in this entry."]
    same = ragas_scores.offline(should, should, [ENTRY], letters)
    assert same["string_similarity"] == same["rouge_l_recall"] == pytest.approx(1.0)
    assert same["semantic_similarity"] == pytest.approx(1.0, abs=1e-3)
    other = ragas_scores.offline(["Zebra fizz."], should, [ENTRY], letters)
    assert all(other[name] < same[name] for name in ("string_similarity", "rouge_l_recall", "semantic_similarity"))
    true = ragas_scores.offline(['Sadness shows in "I cried on the stairs".'], should, [ENTRY], letters)
    false = ragas_scores.offline(['Sadness shows in "I danced on the table".'], should, [ENTRY], letters)
    assert (true["quoted_spans"], false["quoted_spans"]) == (1.0, 0.0)
    assert os.environ["RAGAS_DO_NOT_TRACK"] == "true"


def test_a_judge_is_asked_over_its_endpoint_and_what_it_cannot_answer_is_counted() -> None:
    statements = says(json.dumps({"statements": ["The writer is sad.", "The writer danced."]}))
    verdict = {"reason": "r", "verdict": 1}
    verdicts = says(
        json.dumps({"statements": [verdict | {"statement": "The writer is sad."},
                                   verdict | {"statement": "The writer danced.", "verdict": 0}]})
    )  # fmt: skip
    server = OpenAI(statements, verdicts, 500, known=KNOWN | {"n"})
    told = ragas_scores.judged(["You are sad. You danced."] * 2, "What?", [ENTRY] * 2, f"{server.url}#judge-1")
    assert told == {"faithfulness": 0.5, "not_judged": 1.0}
    assert server.seen[0]["model"] == "judge-1" and ENTRY in str(server.seen[1]["messages"])
    server.close()
