"""ragas over explanations: the only module that imports it.

Offline are its string- and embedding-based metrics, over the encoder of the product. Metrics that a language model
judges run only where a judge is named (`http://host/v1#name`), and are reported under that judge's name: a judge's word
is an opinion, and another judge has another.
"""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Embed = Callable[[Sequence[str]], Any]
"""Texts to vectors, (n, dimension)."""

QUIET = {"RAGAS_DO_NOT_TRACK": "true", "DO_NOT_TRACK": "1", "LANGCHAIN_TRACING_V2": "false"}
log = logging.getLogger("discovery.eval")


def _quiet() -> None:
    os.environ.update(QUIET)
    for name in ("ragas", "httpx", "openai"):
        logging.getLogger(name).setLevel(logging.ERROR)


def offline(said: Sequence[str], should: Sequence[str], texts: Sequence[str], embed: Embed) -> dict[str, float]:
    """Means over all explanations. `said` is held against `should`, its quotations against `texts`."""
    _quiet()
    from ragas.dataset_schema import SingleTurnSample
    from ragas.embeddings.base import BaseRagasEmbedding
    from ragas.metrics import NonLLMStringSimilarity, RougeScore, SemanticSimilarity
    from ragas.metrics.quoted_spans import quoted_spans_alignment

    every = list(dict.fromkeys([*said, *should]))
    vectors = dict(zip(every, np.asarray(embed(every), float).tolist(), strict=True))

    class Known(BaseRagasEmbedding):
        """The vectors that were made at once."""

        def embed_text(self, text: str, **_: Any) -> list[float]:
            """See ragas."""
            found: list[float] = vectors[text]
            return found

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            """See ragas."""
            return self.embed_text(text)

    metrics = {
        "string_similarity": NonLLMStringSimilarity(),
        "rouge_l_recall": RougeScore(mode="recall"),
        "semantic_similarity": SemanticSimilarity(embeddings=Known()),
    }
    samples = [SingleTurnSample(response=a, reference=b) for a, b in zip(said, should, strict=True)]

    async def scored(metric: Any) -> float:
        return statistics.fmean([await metric.single_turn_ascore(sample) for sample in samples])

    async def each() -> dict[str, float]:
        return {name: round(await scored(metric), 4) for name, metric in metrics.items()}

    # ragas takes an apostrophe for a quotation mark; two words at least leave most of those out.
    quoted = quoted_spans_alignment(list(said), [[text] for text in texts], min_len=2)
    return asyncio.run(each()) | {"quoted_spans": round(float(quoted["citation_alignment_quoted_spans"]), 4)}


def judged(said: Sequence[str], asked: str, texts: Sequence[str], judge: str, seconds: float = 120) -> dict[str, float]:
    """ragas' faithfulness of `said` to `texts` as `judge` sees it; `not_judged` counts what it could not answer."""
    _quiet()
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr
    from ragas.dataset_schema import SingleTurnSample
    from ragas.llms import LangchainLLMWrapper
    from ragas.metrics import Faithfulness

    url, _, name = judge.partition("#")
    key = SecretStr(os.environ.get("DISCOVERY_JUDGE_KEY") or "none")
    model = ChatOpenAI(model=name, base_url=url, api_key=key, temperature=0, max_retries=0, timeout=seconds)
    metric = Faithfulness(llm=LangchainLLMWrapper(model))
    found, missed = [], 0

    async def each() -> None:
        nonlocal missed
        for answer, text in zip(said, texts, strict=True):
            sample = SingleTurnSample(user_input=asked, response=answer, retrieved_contexts=[text])
            try:
                score = float(await metric.single_turn_ascore(sample, timeout=seconds))
            except Exception as error:  # noqa: BLE001 - a judge may answer anything, or nothing
                log.warning("the judge gave no verdict: %s", type(error).__name__)
                missed += 1
            else:
                missed += bool(np.isnan(score))
                found.extend([] if np.isnan(score) else [score])

    asyncio.run(each())
    return ({"faithfulness": round(statistics.fmean(found), 4)} if found else {}) | {"not_judged": float(missed)}
