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
