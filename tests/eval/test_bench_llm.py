"""The language model's speed: the prompt is in one figure and not in the other, ours and the peer's alike."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from eval import bench_llm
from eval.bench_turns import ENTRIES

PROMPT, TOKEN = 0.3, 0.005


class Server(BaseHTTPRequestHandler):
    """Speaks as llama.cpp's server and as our gateway, each token `TOKEN` seconds after the last."""

    protocol_version = "HTTP/1.0"
    tokens, answers = 45, 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if self.path == "/v1/entries":
            self._turn()
            return
        time.sleep(PROMPT)
        for _ in range(self.tokens):
            time.sleep(TOKEN)
            self._data({"choices": [{"delta": {"content": "word "}}]})
        self._data({"choices": [{"delta": {}}]})

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        name, count = "discovery_llm_token_seconds", type(self).answers
        self.wfile.write(f"# TYPE {name} histogram\n{name}_sum {TOKEN * count}\n{name}_count {count}\n".encode())

    def _turn(self) -> None:
        self._event(0, "evidence", {"spans": []})
        time.sleep(PROMPT)
        type(self).answers += 1
        self._event(1, "explanation", {"text": "It is sad here.", "source": "model"})
        self._event(2, "done", {"id": "1"})

    def _event(self, number: int, name: str, data: object) -> None:
        self.wfile.write(f"id: {number}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode())

    def _data(self, chunk: object) -> None:
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_the_peers_prompt_is_in_the_whole_and_not_in_the_writing(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as http:
        whole, writing = bench_llm.written(http, [{"role": "user", "content": "hello"}])
    assert whole < 45 / (PROMPT + 45 * TOKEN) + 1 and whole < writing <= 1.2 / TOKEN


def test_a_peer_that_says_too_little_is_no_figure(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "tokens", 3)
    with (
        httpx.Client(base_url=address, trust_env=False) as http,
        pytest.raises(RuntimeError, match="expected about 45 tokens, the server sent 3"),
    ):
        bench_llm.written(http, [{"role": "user", "content": "hello"}])


def test_ours_is_told_by_the_gateways_own_count(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Words:
        def encode(self, text: str) -> Words:
            self.ids = text.split()
            return self

    monkeypatch.setattr(bench_llm, "_tokenizer", Words)
    whole, writing = bench_llm.ours(address)
    assert writing.n == whole.n == bench_llm.REPEATS * len(ENTRIES)
    assert writing.value == pytest.approx(1 / TOKEN) and 0 < whole.value <= 4 / PROMPT


def test_the_peer_runs_the_weights_from_which_ours_is_made() -> None:
    assert bench_llm.gguf().read_bytes()[:4] == b"GGUF"
