"""The benchmark of suggestions asks what people ask, and counts every answer."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fakes.gateway import Gateway

from eval import bench_suggest


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    fake = Gateway().start()
    yield fake
    fake.close()


def test_every_request_is_of_the_contract_and_half_of_them_name_emotions() -> None:
    asked = bench_suggest.bodies()
    assert len(asked) == 240
    assert sum("emotions" in body for body in asked) == 120
    assert all(body["text"] and body["limit"] == 5 for body in asked)


def test_what_is_warmed_up_is_not_counted_and_a_refusal_is_an_error(gateway: Gateway) -> None:
    gateway.answers["suggest"] = {"items": [], "safety": {"level": "none"}, "limits": {}}
    took = bench_suggest.measure(gateway.url, [{"text": str(n)} for n in range(30)], repeats=2)
    assert len(took) == 60
    assert len(gateway.bodies) == 60 + bench_suggest.WARM
    del gateway.answers["suggest"]
    with pytest.raises(httpx.HTTPStatusError):
        bench_suggest.measure(gateway.url, [{"text": "a"}])
    gateway.wrong.clear()


def test_percentiles_are_of_all_requests() -> None:
    found = bench_suggest.told([1.0] * 98 + [50.0, 100.0])
    assert (found["requests"], found["p50"]) == (100, 1.0)
    assert 1 < found["p99"] <= 100
