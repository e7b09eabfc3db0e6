"""Load: capacity in a closed loop, latency in an open one that hides nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from statistics import median

import pytest

from eval import load

TOOK = 0.05


def handler(status: int = 200) -> type[BaseHTTPRequestHandler]:
    class Slow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            time.sleep(TOOK)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return Slow


def serving(server: HTTPServer) -> str:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


@pytest.fixture
def many() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler())
    yield serving(server)
    server.shutdown()
    server.server_close()


@pytest.fixture
def one_at_a_time() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler())
    yield serving(server)
    server.shutdown()
    server.server_close()


def test_capacity_is_what_the_clients_get_through(many: str) -> None:
    found = load.capacity(many, [{"n": 1}], clients=4, seconds=0.5, repeats=2)
    assert len(found) == 2 and all(5 < rate <= 4 / TOOK + 8 for rate in found)


def test_an_open_loop_sees_a_server_that_falls_behind(one_at_a_time: str) -> None:
    calm = load.latency(one_at_a_time, [{"n": 1}], rate=4, seconds=1.5)
    flooded = load.latency(one_at_a_time, [{"n": 1}], rate=60, seconds=1.0)
    assert min(calm.took) >= 1000 * TOOK and max(flooded.took) > 1000, (
        "60 requests of 50 ms that come in one second queue up"
    )
    assert flooded.asked == 60 and median(flooded.took) > median(calm.took)


def test_failures_are_counted_and_never_timed() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(503))
    found = load.latency(serving(server), [{"n": 1}], rate=20, seconds=0.5)
    server.shutdown()
    server.server_close()
    assert found.failed == found.asked == 10 and not found.took
