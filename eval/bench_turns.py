"""What a person waits for in a turn, and how fast the language model writes through the graph."""

from __future__ import annotations

import os
import time

import httpx
import numpy as np

from serving.environment import QUIET

ENTRIES = (
    "The hospital rang at four and they said the scan was clear. I sat on the kitchen floor and laughed, then phoned "
    "my brother and could not stop crying for joy.",
    "I miss my grandmother so much. I found her letters today and cried for an hour, and then I was grateful that she "
    "kept every one of them safe.",
    "My boss took credit for my slides again in front of everyone. I am so angry that my hands were shaking, and I "
    "still said nothing at all to him.",
    "Exam results come out at nine tomorrow. I am scared and nervous, I cannot eat, and I have checked the page four "
    "times already even though nothing is there.",
)
"""About thirty words each, with a feeling in them."""


def one_turn(http: httpx.Client, text: str) -> dict[str, float]:
    """Milliseconds from POST to the first of each event."""
    seen: dict[str, float] = {}
    began = time.perf_counter()
    headers = {"accept": "text/event-stream"}
    with http.stream("POST", "/v1/entries", json={"text": text}, headers=headers) as response:
        for line in response.iter_lines():
            if line.startswith("event: "):
                seen.setdefault(line[7:], 1000 * (time.perf_counter() - began))
    return seen


def turns(api: str, repeats: int = 5) -> dict[str, tuple[float, float]]:
    """For each event the median and the 90th percentile in milliseconds, over every entry several times."""
    with httpx.Client(base_url=api, timeout=60) as http:
        one_turn(http, ENTRIES[0])
        seen = [one_turn(http, text) for _ in range(repeats) for text in ENTRIES]
    names = ("saved", "emotions", "evidence", "explanation", "done")
    return {n: tuple(np.percentile([s[n] for s in seen if n in s], [50, 90])) for n in names}


def tokens_a_second(repeats: int = 3) -> float:
    """Tokens/s of one stream through the graph, first token left out, the median of some repeats."""
    os.environ.update(QUIET)  # Ray reads on import that the node to look for is on 127.0.0.1
    import ray
    from ray import serve

    ray.init(address="auto", namespace="discovery", log_to_driver=False, logging_level="ERROR")
    handle = serve.get_app_handle("llm").options(stream=True, method_name="words")
    ask = [{"role": "user", "content": "Tell me slowly about a walk along a river in autumn."}]
    rates = []
    for _ in range(repeats + 1):
        stamps = [time.perf_counter() for _ in handle.remote(ask, 128, None)]
        rates.append((len(stamps) - 1) / (stamps[-1] - stamps[0]))
    ray.shutdown()
    return float(np.median(rates[1:]))
