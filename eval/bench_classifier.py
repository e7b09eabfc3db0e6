"""Speed of the classifier, in process and over HTTP, each beside a peer measured in the same run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np

from agent.config import ROOT
from eval import load
from eval.bench_peers import python, serving
from eval.figures import Figure, repeated, sampled
from eval.running import free_port
from reader.base import base_folder
from reader.emotion import EmotionClassifier

WORDS = (
    "today the train was late again and my sister laughed when i told her about the letter from school it rained all "
    "morning we cooked soup and watched the birds while dad slept in his chair"
).split()


def texts(count: int, words: int, seed: int = 0) -> list[str]:
    """Made-up texts of so many words each, all different."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, words)) + "." for _ in range(count)]


def rate(work: Callable[[], object], count: int) -> float:
    """Texts a second of some work on so many."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def in_process(count: int = 256, repeats: int = 5) -> list[Figure]:
    """Texts/s of our classifier and of the `transformers` pipeline over the same network in fp32, one by one and in
    batches, turn by turn. The pipeline runs the same architecture at the same size; its weights do not change its
    speed."""
    rows = texts(count, 15)
    few = rows[:64]
    ours, pipe = EmotionClassifier(ROOT / "models" / "emotion"), _pipeline()
    # Each size once before it counts: that also warms up.
    sizes = {
        size: [rate(lambda size=size: pipe(rows, batch_size=size), count) for _ in "ab"] for size in (8, 16, 32, 64)
    }
    best = max(sizes, key=lambda size: max(sizes[size]))
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "ours, one by one": (lambda: [ours.probabilities([t]) for t in few], len(few)),
        "pipeline, one by one": (lambda: [pipe(t) for t in few], len(few)),
        "ours, all at once": (lambda: ours.probabilities(rows), count),
        "pipeline, best batch": (lambda: pipe(rows, batch_size=best), count),
    }
    ours.probabilities(rows)
    turns = [{name: rate(*way) for name, way in ways.items()} for _ in range(repeats)]
    found = [
        repeated(f"in process: {n}", "texts/s", [turn[n] for turn in turns], label=n, peer="pipeline" in n)
        for n in ways
    ]
    pairs = {"one by one": ("pipeline, one by one", "ours, one by one", ">= 3 x"),
             "best batch": ("pipeline, best batch", "ours, all at once", ">= 1.5 x")}  # fmt: skip
    return found + [
        repeated(f"ours / transformers pipeline in fp32, {name}", "x", [t[ours_] / t[pipe_] for t in turns], asked)
        for name, (pipe_, ours_, asked) in pairs.items()
    ]


def _pipeline() -> Callable[..., object]:
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, pipeline

    torch.set_num_threads(2)
    config = BertConfig.from_pretrained(base_folder(), num_labels=28, problem_type="multi_label_classification")
    model = BertForSequenceClassification(config).eval()
    tokenizer = AutoTokenizer.from_pretrained(base_folder())
    return pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None, device="cpu")


def bulk(api: str, repeats: int = 7) -> Figure:
    """Texts/s of `POST /v1/classify` with 512 texts of 15 words."""
    body = {"texts": texts(512, 15)}
    rates = [rate(lambda: httpx.post(f"{api}/v1/classify", json=body, timeout=60).raise_for_status(), 512)
             for _ in range(repeats + 1)]  # fmt: skip
    return repeated("`/v1/classify`, 512 texts of 15 words", "texts/s", rates[1:], ">= 450")


def short_texts(who: str, url: str, form: Callable[[str], dict[str, object]]) -> list[Figure]:
    """Eight clients in a closed loop, three times; then an open loop at half of the capacity that was found."""
    bodies = [form(t) for t in texts(64, 12, seed=1)]
    rates = load.capacity(url, bodies)
    wait = load.latency(url, bodies, max(1.0, float(np.median(rates)) / 2))
    failed = f" ({wait.failed} of {wait.asked} failed)" if wait.failed else ""
    return [
        repeated(
            f"{who}: one short text by HTTP, 8 clients, closed loop",
            "requests/s",
            rates,
            label=who,
            peer=who != "Discovery",
        ),
        sampled(f"{who}: at half of that, open loop, p50{failed}", "ms", wait.took),
        sampled(f"{who}: at half of that, open loop, p99", "ms", wait.took, quantile=0.99),
    ]


def peer(who: str, app: str, interpreter: Path, ready: str) -> list[Figure]:
    """The same model under a server of `eval/peers`, on loopback."""
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    with serving([interpreter, ROOT / "eval" / "peers" / app, str(port)], here + ready):
        return short_texts(who, f"{here}/predict", lambda text: {"text": text})


def peers() -> list[Figure]:
    """Plain FastAPI in this environment, and LitServe in its own."""
    return [
        *peer("LitServe", "litserve_app.py", python("litserve"), "/health"),
        *peer("plain FastAPI", "fastapi_app.py", Path(sys.executable), "/openapi.json"),
    ]
