"""Suggestions and journal search beside BM25: how good, and how long one takes.

Suggestions are graded over the report half of the relevance set, as by `python -m eval.recommend`. Search runs over
10,000 composed entries; the peer answers from a BM25 index over the same texts, which knows words and no meaning.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import bm25s
import numpy as np

from eval import rank_metrics
from eval.bench_insights import composed, embed
from eval.figures import Figure, sampled
from eval.grades import both, shipped
from eval.rank_metrics import FLOAT
from eval.recommend import DEPTH, OURS, contenders
from eval.relevance import Bench, load_cases
from journal import search

PEERS = ("embedding only", "BM25")
ENTRIES = 10_000
QUERIES = ("quiet river", "sister letter", "slept badly", "waiting for news at the hospital", "old photo", "dog park")
REPEATS = 5


def milliseconds(works: Iterable[Callable[[], object]]) -> list[float]:
    """How long each takes, one after another."""
    took = []
    for work in works:
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return took


def suggestions() -> list[Figure]:
    """nDCG@10 of our ranking, of the cosine alone and of BM25 on the same cases, and milliseconds a list."""
    graded = both(*shipped())
    bench = Bench.of([case for case in load_cases() if case.id in graded and case.split == "report"])
    rankers = {name: rank for name, rank in contenders(bench).items() if name in (*OURS, *PEERS)}
    found = []
    for name, rank in rankers.items():
        scores = [rank_metrics.ndcg(rank(c, DEPTH), graded[c.id], DEPTH) for c in bench.cases]
        found.append(_mean(f"suggestions, nDCG@{DEPTH}: {name}", np.array(scores), name))
    for name in (OURS[0], "BM25"):
        took = milliseconds(lambda c=c, name=name: rankers[name](c, DEPTH) for c in bench.cases)  # type: ignore[misc]
        found.append(sampled(f"suggestions, one list without its vector, p50: {name}", "ms", took))
    return found


def _mean(what: str, scores: FLOAT, label: str) -> Figure:
    low, high = rank_metrics.interval(scores)
    return Figure(what, "", float(scores.mean()), low, high, len(scores), "cases", label=label, peer=label in PEERS)


def journal(count: int = ENTRIES) -> list[Figure]:
    """Milliseconds of one search over `count` entries."""
    texts = [entry.text for entry in composed(count)]
    corpus = search.Corpus([search.padded(search.words_of(text)) for text in texts])
    vectors = embed(texts)
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
    asked = QUERIES * REPEATS

    def ours(query: str) -> object:
        return search.rank(corpus, query, cosines=vectors @ vectors[0], limit=20)

    def bm25(query: str) -> object:
        tokens = bm25s.tokenize([query], stopwords="en", show_progress=False)
        return index.retrieve(tokens, k=20, show_progress=False)

    return [
        sampled(f"search of {count:,} entries, p50: {name}", "ms",
                milliseconds(lambda q=q, way=way: way(q) for q in (asked[0], *asked))[1:])  # type: ignore[misc]
        for name, way in (("ours, words and meaning", ours), ("BM25, words", bm25))
    ]  # fmt: skip


def figures() -> list[Figure]:
    """All of them."""
    return suggestions() + journal()
