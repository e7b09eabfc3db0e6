"""Speed of the classifier, in process and over HTTP, each beside a peer measured in the same run."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np

from agent.config import ROOT
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


async def _closed_loop(url: str, bodies: list[dict[str, object]], clients: int, seconds: float) -> float:
    end, done = time.perf_counter() + seconds, 0

    async def client(http: httpx.AsyncClient, offset: int) -> None:
        nonlocal done
        number = offset
        while time.perf_counter() < end:
            (await http.post(url, json=bodies[number % len(bodies)])).raise_for_status()
            number, done = number + 1, done + 1

    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=clients)) as http:
        await asyncio.gather(*(client(http, i * 7) for i in range(clients)))
    return done / seconds


def short_text_rate(url: str, form: Callable[[str], dict[str, object]], seconds: float = 8.0) -> float:
    """Requests/s of eight clients in a closed loop, each asking for one short text at a time."""
    bodies = [form(t) for t in texts(64, 12, seed=1)]
    asyncio.run(_closed_loop(url, bodies, 8, 2.0))
    return asyncio.run(_closed_loop(url, bodies, 8, seconds))


def litserve_rate() -> float:
    """The same model under LitServe in an environment of its own (it needs another `mcp`), on loopback."""
    python, port = _litserve_python(), free_port()
    server = ROOT / "eval" / "peers" / "litserve_app.py"
    process = subprocess.Popen(
        [python, str(server), str(port)], env=os.environ | {"PYTHONPATH": str(ROOT)},
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
        return short_text_rate(url, lambda text: {"text": text})
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # LitServe leaves its workers behind when it is asked politely
        process.wait(timeout=20)


def _litserve_python() -> Path:
    folder = PEERS / "litserve"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *LITSERVE], check=True)
        (folder / ".ready").touch()
    return python
