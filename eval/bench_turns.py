"""What a person waits for in a turn."""

from __future__ import annotations

import time

import httpx

from eval.figures import Figure, sampled

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

ASKED = {"saved": 30, "emotions": 80, "evidence": 250, "explanation": 2000, "done": 8000}
"""Milliseconds that each event may take."""


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


def turns(api: str, repeats: int = 6) -> list[Figure]:
    """Milliseconds from POST to each event, over every entry several times, as median and 90th percentile."""
    with httpx.Client(base_url=api, timeout=60, trust_env=False) as http:
        one_turn(http, ENTRIES[0])
        # Numbered, so that no turn finds its own text in a cache.
        seen = [one_turn(http, numbered(n, text)) for n in range(repeats) for text in ENTRIES]
    figures = []
    for name, asked in ASKED.items():
        took = [s[name] for s in seen if name in s]
        figures.append(sampled(f"`{name}` after POST, 30 words, p50", "ms", took, f"<= {asked} ms", label=name))
        figures.append(sampled(f"`{name}` after POST, 30 words, p90", "ms", took, quantile=0.9))
    return figures


def numbered(number: int, text: str) -> str:
    """The text as the entry of another day."""
    return f"Day {number + 1}. {text}"
