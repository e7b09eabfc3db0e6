"""How long a person waits for suggestions: `python -m eval.bench_suggest [--api URL]`.

With `--api` the requests go over HTTP to a running product, as a person's would. Without it the gateway's own
application runs in this process with the shipped screen, classifier, encoder, catalogue and ranking over a real port,
without Ray: what the parts cost, not what a cluster adds. Requests are entries of the relevance set with their goals,
one after another, each text new to every cache.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn

from agent.config import ROOT, RecommenderConfig
from agent.pipeline import Agent
from eval.rankers import named
from eval.relevance import Bench, load_cases
from eval.running import free_port
from journal.store import Store
from reader.emotion import EmotionClassifier
from retrieval.recommender import Recommender
from serving.crisis_head import open_head
from serving.gateway import create_app
from serving.readiness import Readiness
from serving.recommender import RecommenderServer

WARM = 20
"""Requests before anything is counted."""

ASKED = {"p50": 25.0, "p99": 60.0}
"""Milliseconds."""


class Beside:
    """A synchronous part behind an asynchronous port, each call in a thread."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return await asyncio.to_thread(getattr(self._inner, method), *args, **kwargs)

        return call


@contextmanager
def alone() -> Iterator[str]:
    """The gateway's application over a free port of loopback with the shipped parts; yields its address."""
    with tempfile.TemporaryDirectory(prefix="bench-suggest-") as home:
        store = Store(f"sqlite:///{Path(home) / 'journal.db'}", Path(home) / "key")
        parts: dict[str, Any] = {
            "classifier": Beside(EmotionClassifier(ROOT / "models" / "emotion")),
            "recommender": RecommenderServer(RecommenderConfig()),
            "journal": Beside(store),
            "llm": None,
        }
        config = uvicorn.Config(
            create_app(Agent(**parts), Readiness({}), head=open_head(ROOT / "models" / "crisis")),
            host="127.0.0.1",
            port=free_port(),
            log_level="error",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the application did not start")
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{config.port}"
        finally:
            server.should_exit = True
            thread.join(10)


def bodies() -> list[dict[str, Any]]:
    """The requests: every entry with its goal, then every entry again with named emotions."""
    cases = load_cases()
    plain = [{"text": c.text, "limit": 5} | ({"goal": c.goal.value} if c.goal else {}) for c in cases]
    return plain + [body | {"emotions": list(c.labels)} for body, c in zip(plain, cases, strict=True)]


def measure(api: str, requests: Sequence[dict[str, Any]], repeats: int = 3) -> list[float]:
    """Milliseconds of every request, one after another over one connection. Raises `httpx.HTTPStatusError`."""
    took = []
    with httpx.Client(base_url=api, timeout=30) as http:
        for number, body in enumerate([*requests[:WARM], *[b for _ in range(repeats) for b in requests]]):
            began = time.perf_counter()
            http.post("/v1/suggest", json=body).raise_for_status()
            if number >= WARM:
                took.append(1000 * (time.perf_counter() - began))
    return took


def told(took: Sequence[float]) -> dict[str, float]:
    """The percentiles of n times in milliseconds."""
    p50, p90, p99 = np.percentile(took, [50, 90, 99])
    return {"requests": float(len(took)), "p50": float(p50), "p90": float(p90), "p99": float(p99)}


def ranking(repeats: int = 3) -> dict[str, float]:
    """The ranking alone, reasons included, with vectors that are there already."""
    bench = Bench.of(load_cases())
    recommender = Recommender(bench.items, bench.index)
    took, cases = [], bench.cases * (repeats + 1)
    spent = time.thread_time()
    for case in cases:
        began = time.perf_counter()
        recommender.suggest(bench.vectors[case.id], text=case.text, emotions=named(case), goal=case.goal, limit=5)
        took.append(1000 * (time.perf_counter() - began))
    return told(took[len(bench.cases) :]) | {"processor": 1000 * (time.thread_time() - spent) / len(cases)}


def processor(api: str, requests: Sequence[dict[str, Any]]) -> float:
    """Milliseconds of processor time a request, client included, where the application runs in this process: what a
    busy machine does not change much."""
    began = time.process_time()
    took = measure(api, requests, repeats=1)
    return 1000 * (time.process_time() - began) / (len(took) + WARM)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints, the text read by the classifier and with named emotions apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api", help="address of a running product; without it the application runs here")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    asked = bodies()
    half = len(asked) // 2
    with alone() if not options.api else _there(options.api) as api:
        found = {
            "ranking alone": ranking(options.repeats),
            "emotions read": told(measure(api, asked[:half], options.repeats)),
            "emotions named": told(measure(api, asked[half:], options.repeats)),
        }
        if not options.api:
            found["emotions read"]["processor"] = processor(api, asked[:half])
            found["emotions named"]["processor"] = processor(api, asked[half:])
    print(json.dumps(found | {"asked for": ASKED}, indent=1))


@contextmanager
def _there(api: str) -> Iterator[str]:
    yield api


if __name__ == "__main__":
    main()
