"""Speed of the classifier, in process and over HTTP, each beside a peer measured in the same run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np

from agent.config import ROOT
from eval import load
from eval.load import Latency, Spread
from eval.running import free_port
from reader.base import base_folder
from reader.emotion import EmotionClassifier

WORDS = (
    "today the train was late again and my sister laughed when i told her about the letter from school it rained all "
    "morning we cooked soup and watched the birds while dad slept in his chair"
).split()
PEERS = ROOT / ".cache" / "peers"
LITSERVE = ("litserve==0.2.17", "onnxruntime", "tokenizers", "pydantic", "pyyaml", "numpy", "httpx")


def texts(count: int, words: int, seed: int = 0) -> list[str]:
    """Made-up texts of so many words each, all different."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, words)) + "." for _ in range(count)]


def best_rate(work: Callable[[], object], count: int, repeats: int = 3) -> float:
    """Texts a second, the best of some repeats after one to warm up."""
    work()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return count / min(seconds)


def in_process(count: int = 256) -> dict[str, float]:
    """Texts/s of our classifier and of the `transformers` pipeline over the same network in fp32, one by one and in
    batches. The pipeline runs the same architecture at the same size; its weights do not change its speed."""
    rows = texts(count, 15)
    ours, pipe = EmotionClassifier(ROOT / "models" / "emotion"), _pipeline()
    few = rows[:64]
    return {
        "ours, one by one": best_rate(lambda: [ours.probabilities([t]) for t in few], len(few)),
        "pipeline, one by one": best_rate(lambda: [pipe(t) for t in few], len(few)),
        "ours, all at once": best_rate(lambda: ours.probabilities(rows), count),
        "pipeline, best batch": max(
            best_rate(lambda size=size: pipe(rows, batch_size=size), count, 2) for size in (8, 16, 32, 64)
        ),
    }


def _pipeline() -> Callable[..., object]:
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, pipeline

    torch.set_num_threads(2)
    config = BertConfig.from_pretrained(base_folder(), num_labels=28, problem_type="multi_label_classification")
    model = BertForSequenceClassification(config).eval()
    tokenizer = AutoTokenizer.from_pretrained(base_folder())
    return pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None, device="cpu")


def bulk(api: str, repeats: int = 5) -> float:
    """Texts/s of `POST /v1/classify` with 512 texts of 15 words, the median of some repeats."""
    body = {"texts": texts(512, 15)}
    rates = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        httpx.post(f"{api}/v1/classify", json=body, timeout=60).raise_for_status()
        rates.append(512 / (time.perf_counter() - began))
    return float(np.median(rates[1:]))


@dataclass(frozen=True)
class Served:
    """What a server of single short texts does: requests/s of eight clients, and latencies at half of that."""

    rate: Spread
    wait: Latency


def short_texts(url: str, form: Callable[[str], dict[str, object]]) -> Served:
    """Eight clients in a closed loop, three times; then an open loop at half of the capacity that was found."""
    bodies = [form(t) for t in texts(64, 12, seed=1)]
    rate = load.capacity(url, bodies)
    return Served(rate, load.latency(url, bodies, max(1.0, rate.mean / 2)))


def peer(app: str, python: Path) -> Served:
    """The same model under a server of `eval/peers`, in an environment of its own where it needs one, on loopback."""
    port = free_port()
    process = subprocess.Popen(
        [python, str(ROOT / "eval" / "peers" / app), str(port)], env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}/predict"
        for _ in range(120):
            try:
                httpx.post(url, json={"text": "well"}, timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.5)
        return short_texts(url, lambda text: {"text": text})
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # LitServe leaves its workers behind when it is asked politely
        process.wait(timeout=20)


def plain_fastapi() -> Served:
    """Plain FastAPI, in this environment."""
    return peer("fastapi_app.py", Path(sys.executable))


def litserve() -> Served:
    """LitServe, in an environment of its own (it needs another `mcp`)."""
    return peer("litserve_app.py", _litserve_python())


def _litserve_python() -> Path:
    folder = PEERS / "litserve"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *LITSERVE], check=True)
        (folder / ".ready").touch()
    return python
