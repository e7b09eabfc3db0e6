"""An OpenAI-compatible server on loopback that plays chat completions from a script, strict about what it gets."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KNOWN = frozenset(
    {"model", "messages", "tools", "temperature", "max_completion_tokens", "stream", "parallel_tool_calls"}
)


def calls(name: str, **arguments: str) -> dict[str, Any]:
    """A message that calls one tool."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "content": None, "tool_calls": [{"id": f"{name}-1", "type": "function", "function": function}]}  # fmt: skip  # noqa: E501


def says(text: str) -> dict[str, Any]:
    """A message in words."""
    return {"role": "assistant", "content": text}


class OpenAI:
    """The server. `seen` holds every body that came, `keys` the credentials; `wrong` what a real one would refuse."""

    def __init__(self, *script: dict[str, Any] | int, known: frozenset[str] = KNOWN) -> None:
        self._known = known
        self.script, self.seen, self.keys, self.wrong = list(script), list[dict[str, Any]](), list[str](), list[str]()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                fake.keys.append(self.headers.get("authorization", ""))
                status, answer = fake._answer(self.path, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.seen.append(body)
        faults = [f"unknown member {name}" for name in sorted(set(body) - self._known)]
        faults += [] if path == "/v1/chat/completions" else [f"path {path}"]
        asked = {c["id"] for m in body["messages"] for c in m.get("tool_calls") or ()}
        faults += [
            f"answer to no call: {m}"
            for m in body["messages"]
            if m["role"] == "tool" and m["tool_call_id"] not in asked
        ]
        faults += [] if self.script else ["asked once more than expected"]
        if faults:
            self.wrong += faults
            return 400, {"error": {"message": "; ".join(faults), "type": "invalid_request_error"}}
        step = self.script.pop(0)
        if isinstance(step, int):
            return step, {"error": {"message": "scripted", "type": "server_error"}}
        reason = "tool_calls" if step.get("tool_calls") else "stop"
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        choice = {"index": 0, "message": step, "finish_reason": reason}
        return 200, {
            "id": "c-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
            "usage": usage,
        }

    def close(self) -> None:
        """Stops, and fails on what was wrong and on steps that nobody asked for."""
        self._server.shutdown()
        self._server.server_close()
        assert not self.wrong, self.wrong
        assert not self.script, f"never asked for: {self.script}"
