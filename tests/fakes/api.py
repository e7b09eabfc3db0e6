"""An API that answers from a script, over a real port: every request must be the next one expected, to the letter.

`Api.expect` adds a step; `Api.close` fails on a request that nobody scripted and on steps that nobody asked for.
Where `fakes.gateway` behaves like a journal, this one only repeats: what a client sends can be checked exactly.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from agent.events import Event, to_sse

ANYTHING: Any = object()
"""A body that is not looked at."""


@dataclass
class Step:
    """One request and its answer: JSON, bytes, or events; `cut` ends the stream without its last byte,
    `answers` are headers of the answer."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    status: int
    answer: Any
    cut: bool = False
    answers: dict[str, str] = field(default_factory=dict)


@dataclass
class Api:
    """The script and what went wrong with it."""

    steps: list[Step] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    url: str = ""

    def expect(
        self, method: str, path: str, answer: Any = None, *, status: int = 200, body: Any = ANYTHING,
        headers: dict[str, str] | None = None, cut: bool = False, answers: dict[str, str] | None = None,
        **query: str,
    ) -> None:  # fmt: skip
        """Adds a step. `query` names the parameters, all of them; `from_` stands for `from`."""
        asked = {name.rstrip("_"): value for name, value in query.items()}
        self.steps.append(Step(method, path, asked, body, headers or {}, status, answer, cut, answers or {}))

    def refuse(self, method: str, path: str, status: int, title: str, detail: str, **more: Any) -> None:
        """Adds a step that answers with a problem document."""
        self.expect(method, path, {"title": title, "status": status, "detail": detail, **more}, status=status)

    def close(self) -> None:
        """Fails on anything unexpected and anything left over."""
        assert not self.wrong, f"asked what nobody scripted: {self.wrong}"
        assert not self.steps, f"never asked for: {[(step.method, step.path) for step in self.steps]}"

    def take(self, method: str, target: str, headers: Any, raw: bytes) -> Step | None:
        """The step of a request, or None when it is not the next one."""
        where = urlsplit(target)
        query = dict(parse_qsl(where.query))
        body = json.loads(raw) if raw and "json" in headers.get("content-type", "") else raw or None
        step = self.steps[0] if self.steps else None
        fits = (
            step is not None
            and (step.method, step.path, step.query) == (method, where.path, query)
            and (step.body is ANYTHING or step.body == body)
            and all(headers.get(name) == value for name, value in step.headers.items())
        )
        if not fits:
            self.wrong.append(f"{method} {target} {body!r}, expected {step}")
            return None
        return self.steps.pop(0)


@contextmanager
def scripted() -> Iterator[Api]:
    """An API on a free port of loopback; closed, and its script judged, at the end."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            step = api.take(self.command, self.path, self.headers, raw)
            if step is None:
                step = Step("", "", {}, None, {}, 500, {"title": "Not scripted", "detail": self.path})
            kind, content = encoded(step.answer)
            self.send_response(step.status)
            self.send_header("content-type", kind)
            for name, value in step.answers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content) + step.cut))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
    api.close()


def encoded(answer: Any) -> tuple[str, bytes]:
    """Content type and bytes of an answer: bytes as they are, events as a stream, everything else as JSON."""
    if isinstance(answer, bytes):
        return "application/zip", answer
    if isinstance(answer, Sequence) and answer and all(isinstance(one, Event) for one in answer):
        return "text/event-stream", "".join(to_sse(event, n) for n, event in enumerate(answer)).encode()
    return ("application/json", b"") if answer is None else ("application/json", json.dumps(answer).encode())


def event(name: Any, **data: Any) -> Event:
    """An event of a turn."""
    return Event(name=name, data=data)
