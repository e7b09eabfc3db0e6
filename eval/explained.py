"""Explanations of a sample of the evaluated rows: made by a pool of explainers on Ray Data, held to our checks and to
ragas.

The explainer is an OpenAI-compatible endpoint (`http://host/v1#name`), or nobody: then the sentences are composed from
the evidence, as in a Discovery without a language model. What it should say, for ragas, is what the row's own labels
say; what it may quote is the row's text.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from agent import evidence, explain
from agent.domain import EMOTIONS, NEUTRAL
from agent.prompts.v1 import say
from eval.cells import Case, Cell, explained
from eval.classifier import Batch
from eval.explain import InProcess
from eval.judged import Judged
from eval.served import served
from serving.llm import NoLanguageModel

NOBODY = "evidence"
"""The explainer of a Discovery without a language model."""

_QUOTED = re.compile(r"\"([^\"]+)\"")
_SEED = 7


class Explains:
    """Explains one text after another; loads the model folder once an actor."""

    def __init__(self, folder: str, threads: int, prompt: str, explainer: str) -> None:
        self._classifier = InProcess(Path(folder), threads)
        self._cell = Cell(prompt, explainer, True)

    def __call__(self, batch: Batch) -> Batch:
        """Adds `facts`, one line of JSON a row: what was said, and what the checks say of it."""
        return {**batch, "facts": np.asarray([json.dumps(fact) for fact in asyncio.run(self._all(batch))], object)}

    async def _all(self, batch: Batch) -> list[dict[str, Any]]:
        if self._cell.model == NOBODY:
            return [await self._one(n, str(text), NoLanguageModel()) for n, text in enumerate(batch["text"])]
        with served(self._cell.model) as llm:
            return [await self._one(n, str(text), llm) for n, text in enumerate(batch["text"])]

    async def _one(self, number: int, text: str, llm: Any) -> dict[str, Any]:
        [reading] = await self._classifier.read([text])
        spans = await evidence.spans(text, reading, self._classifier)
        row = await explained(self._cell, Case(number, text, reading, spans), llm)
        said, felt = row["said"], [e.label for e in reading.felt[: explain.MAX_EMOTIONS]]
        quotes = _QUOTED.findall(said)
        return row | {
            "sound": not any(explain.check(s, text, reading, spans) for s in row["sentences"]),
            "named": len(explain.named(said, frozenset(felt)) & set(felt)) / len(felt) if felt else None,
            "verbatim": sum(q in text for q in quotes) / len(quotes) if quotes else None,
        }


def sample(run: Judged, count: int) -> list[dict[str, str]]:
    """At most `count` rows with a feeling, drawn with a fixed seed: their text, and what its labels say."""
    told = np.flatnonzero(np.delete(run.labels, NEUTRAL, 1).any(1))
    chosen = np.sort(np.random.default_rng(_SEED).permutation(told)[:count])
    return [{"text": run.texts[i], "should": should(run.labels[i])} for i in chosen]


def should(labels: Any) -> str:
    """What an explanation has to tell, in one sentence of the row's own labels, (28,)."""
    names = [say(EMOTIONS[i]) for i in np.flatnonzero(labels)]
    return f"There is {' and '.join(names)} in this entry."


def explanations(
    rows: Sequence[dict[str, str]], model: Path, prompt: str, explainer: str | None
) -> list[dict[str, Any]]:
    """One fact sheet a row, in their order."""
    import ray.data

    who = explainer or NOBODY
    given = ray.data.from_items([{"place": n, "text": row["text"]} for n, row in enumerate(rows)])
    pool = given.map_batches(
        Explains,  # type: ignore[arg-type]
        fn_constructor_args=(str(model.resolve()), 1, prompt, who),
        concurrency=1, num_cpus=1, batch_size=32, batch_format="numpy",
    )  # fmt: skip
    done = sorted(pool.iter_rows(), key=lambda row: row["place"])
    return [
        json.loads(row["facts"]) | {"text": rows[row["place"]]["text"], "should": rows[row["place"]]["should"]}
        for row in done
    ]


def checks(facts: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Our own checks over all explanations, each a mean of 0..1, and how they read."""
    means = {
        "sentences_true": [f["sound"] for f in facts],
        "by_the_model_alone": [f["passed"] for f in facts],
        "emotions_named": [f["named"] for f in facts],
        "quotes_verbatim": [f["verbatim"] for f in facts],
        "faithfulness": [f["faithfulness"] for f in facts],
        "words": [f["words"] for f in facts],
        "reading_ease": [f["reading_ease"] for f in facts],
    }
    there = {name: [float(v) for v in values if v is not None] for name, values in means.items()}
    return {name: round(statistics.fmean(values), 4) for name, values in there.items() if values}
