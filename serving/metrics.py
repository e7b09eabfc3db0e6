"""Prometheus metrics of the gateway: counts, timings and label names, never a person's words."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
"""A registry of our own, so that a reloaded replica never meets its own metrics twice."""

REQUESTS = Counter(
    "discovery_requests_total", "Requests by route, method and status", ("route", "method", "status"), registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "discovery_request_seconds", "Seconds to the end of the answer, by route", ("route",), registry=REGISTRY
)
TURN_EVENTS = Counter("discovery_turn_events_total", "What turns yielded", ("event",), registry=REGISTRY)
SENTENCES = Counter(
    "discovery_explanation_total", "Explanation sentences by who worded them, and why some were refused", ("outcome",),
    registry=REGISTRY,
)  # fmt: skip
SCREENED = Counter("discovery_screened_total", "Texts screened, by level", ("level",), registry=REGISTRY)
TOKEN_SECONDS = Histogram(
    "discovery_llm_token_seconds", "Seconds from one token of the language model to the next, the mean of one answer",
    buckets=(0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1, 0.2, 0.5, 1.0), registry=REGISTRY,
)  # fmt: skip
