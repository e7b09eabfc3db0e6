"""What a person waits for in a turn, and how fast the language model writes through the graph."""

from __future__ import annotations

import time

import httpx
import numpy as np
from tokenizers import Tokenizer

from agent.events import from_sse
from serving.artifacts import cache_folder

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


def tokens_a_second(api: str) -> float:
    """Tokens/s of one explanation through the graph, reading the prompt included, the median over the entries.

    Ray asks drivers for a token, so this is measured from outside: from the evidence to the end of the turn.
    """
    [folder] = cache_folder().glob("llm-*")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rates = []
    with httpx.Client(base_url=api, timeout=60) as http:
        for text in ENTRIES:
            ask = {"text": text, "suggest": False}
            seen: dict[str, float] = {}
            said = []
            with http.stream("POST", "/v1/entries", json=ask, headers={"accept": "text/event-stream"}) as response:
                for event in from_sse(response.iter_lines()):
                    seen.setdefault(event.name, time.perf_counter())
                    if event.name == "explanation" and event.data["source"] == "model":
                        said.append(event.data["text"])
            if said:
                rates.append(len(tokenizer.encode(" ".join(said)).ids) / (seen["done"] - seen["evidence"]))
    return float(np.median(rates))
