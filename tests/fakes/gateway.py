"""A gateway that speaks the HTTP contract from a script, in memory, for tests of the client, the chat and the CLI.

Each turn is scripted with `Gateway.turn(text, ...)`. A text that was not scripted is refused with a problem document
and remembered in `wrong`; `Gateway.close` fails on anything wrong and on turns that nobody wrote. No model, no disk.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from agent.domain import EMOTIONS, MAX_TEXT, Goal, Verdict
from agent.events import Event, to_sse

ALLOWED = {"text", "goal", "suggest", "state_of_mind", "created_at"}
VERDICTS = Verdict.__args__  # type: ignore[attr-defined]
FIRST_DAY = datetime(2025, 3, 3, 8, 15, tzinfo=UTC)


@dataclass
class Turn:
    """One scripted turn: the events after `saved`, with `pause` seconds before each; `breaks_after` cuts the stream
    after that many events (0: before `saved`)."""

    text: str
    events: list[Event]
    pause: float = 0.0
    breaks_after: int | None = None


@dataclass
class Gateway:
    """The state of the fake: what is stored, what was asked, and what is still expected."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(
        default_factory=lambda: {"region": None, "read_emotions": True, "suggestions": True}
    )
    asked: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    conversations: list[list[str]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    care: dict[str, Any] = field(default_factory=lambda: {"level": "none", "state": "closed"})
    status: str = "ready"
    port: int = 0
    _numbers: Iterator[int] = field(default_factory=count)
    _keys: dict[str, tuple[bytes, dict[str, Any]]] = field(default_factory=dict)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def turn(self, text: str, *events: Event, pause: float = 0.0, breaks_after: int | None = None) -> None:
        """Scripts what happens when `text` is written next. `done` is added unless the last event ends the turn."""
        script = list(events)
        if breaks_after is None and not (script and script[-1].last):
            script.append(Event(name="done", data={}))
        self.turns.append(Turn(text, script, pause, breaks_after))

    def question(self, text: str, route: str, *sentences: str, items: Any = (), safety: Any = None) -> None:
        """Scripts that `text` is a question, once; every other line that is asked about is an entry."""
        self.questions[text] = {
            "route": route, "sure": 0.97, "sentences": list(sentences), "items": list(items), "entries": [],
            "safety": safety or {"level": "none"},
        }  # fmt: skip

    def remember(self, text: str, *events: Event, days_ago: int = 0, **fields: Any) -> dict[str, Any]:
        """Stores an entry as if it had been written before."""
        entry = self._new(text, None, FIRST_DAY - timedelta(days=days_ago))
        for event in events:
            attach(entry, event)
        entry.update(fields)
        return entry

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, port: int = 0) -> Gateway:
        """Listens on `port` of loopback, or on a free one; returns when it answers."""
        self.port = port or self.port or free_port()
        config = uvicorn.Config(build(self), host="127.0.0.1", port=self.port, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError(f"the fake gateway could not listen on port {self.port}")
            threading.Event().wait(0.01)
        return self

    def stop(self) -> None:
        """Stops listening; what it stores stays, so that it can be started again."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(5)

    def close(self) -> None:
        """Stops, and fails on whatever was asked without a script or scripted without being asked."""
        self.stop()
        assert not self.wrong, f"the gateway was asked what nobody scripted: {self.wrong}"
        assert not self.questions, f"these questions were scripted and never asked: {list(self.questions)}"
        assert not self.turns, f"these turns were scripted and never written: {[turn.text for turn in self.turns]}"

    def find(self, entry_id: str) -> dict[str, Any] | None:
        """A stored entry, if it is there."""
        return next((entry for entry in self.entries if entry["id"] == entry_id), None)

    def _new(self, text: str, goal: str | None, when: datetime) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "id": f"00000000-0000-4000-8000-{next(self._numbers):012d}",
            "created_at": when.isoformat(), "text": text, "goal": goal, "state_of_mind": None, "safety": None,
            "emotions": None, "evidence": None, "explanation": None, "suggestions": None, "correction": None,
            "labels": [], "verdicts": {},
        }  # fmt: skip
        self.entries.append(entry)
        return entry

    async def play(self, turn: Turn, entry: dict[str, Any]) -> AsyncIterator[str]:
        """The stream of one turn; what it says is attached to the entry as it goes."""
        saved = Event(name="saved", data={"id": entry["id"], "created_at": entry["created_at"]})
        for number, event in enumerate([saved, *turn.events]):
            if turn.breaks_after == number:
                return
            if number:
                await asyncio.sleep(turn.pause)
            attach(entry, event)
            yield ": ping\n\n"
            yield to_sse(event, number)


def attach(entry: dict[str, Any], event: Event) -> None:
    """Adds to an entry what an event says of it."""
    if event.name == "explanation":
        entry["explanation"] = [*(entry["explanation"] or ()), event.data]
    elif event.name in entry:
        entry[event.name] = event.data


def problem(status: int, title: str, detail: str, field: str | None = None, **headers: str) -> JSONResponse:
    """An RFC 9457 problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if field:
        body["field"] = field
    return JSONResponse(body, status, media_type="application/problem+json", headers=headers)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def build(gateway: Gateway) -> FastAPI:
    """The routes of the contract over the scripted state."""
    app = FastAPI()

    @app.middleware("http")
    async def remember(request: Request, call_next: Any) -> Response:
        gateway.asked.append((request.method, request.url.path))
        answer: Response = await call_next(request)
        return answer

    @app.post("/v1/entries")
    async def write(request: Request) -> Response:
        raw = await request.body()
        body = json.loads(raw)
        gateway.bodies.append(body)
        key = request.headers.get("idempotency-key")
        if request.headers.get("accept") != "text/event-stream" or not key:
            gateway.wrong.append(f"headers {dict(request.headers)}")
            return problem(406, "Not acceptable", "this fake only streams, and wants an Idempotency-Key")
        if refused := refuse(body):
            return refused
        if key in gateway._keys and gateway._keys[key][0] != raw:
            return problem(422, "Key reused", "the same Idempotency-Key came with another body", "Idempotency-Key")
        if not gateway.turns or gateway.turns[0].text != body["text"]:
            gateway.wrong.append(f"text {body['text']!r}")
            return problem(500, "Not scripted", f"expected {gateway.turns[0].text if gateway.turns else 'nothing'!r}")
        turn = gateway.turns.pop(0)
        if turn.breaks_after == 0:
            return StreamingResponse(gateway.play(turn, {"id": "", "created_at": ""}), media_type="text/event-stream")
        if key not in gateway._keys:
            gateway._keys[key] = (raw, gateway._new(body["text"], body.get("goal"), datetime.now(UTC)))
        return StreamingResponse(gateway.play(turn, gateway._keys[key][1]), media_type="text/event-stream")

    @app.post("/v1/ask")
    async def ask(request: Request) -> Any:
        lines = [message["content"] for message in (await request.json())["messages"]]
        gateway.conversations.append(lines)
        entry = {
            "route": "entry",
            "sure": 0.1,
            "sentences": [],
            "items": [],
            "entries": [],
            "safety": {"level": "none"},
        }
        return gateway.questions.pop(lines[-1], entry)

    @app.get("/v1/entries")
    async def entries(limit: int = 50, cursor: str | None = None, emotion: str | None = None) -> Any:
        found = sorted(gateway.entries, key=lambda entry: entry["created_at"], reverse=True)
        found = [entry for entry in found if emotion is None or emotion in entry["labels"]]
        start = int(cursor or 0)
        after = str(start + limit) if start + limit < len(found) else None
        return {"entries": found[start : start + limit], "cursor": after}

    @app.api_route("/v1/entries/{entry_id}", methods=["GET", "PATCH", "DELETE"])
    async def one(entry_id: str, request: Request) -> Any:
        entry = gateway.find(entry_id)
        if entry is None:
            return problem(404, "Not found", f"There is no entry {entry_id}.")
        if request.method == "DELETE":
            gateway.entries.remove(entry)
            return Response(status_code=204)
        if request.method == "PATCH":
            changes = await request.json()
            if unknown := [label for label in changes.get("labels", ()) if label not in EMOTIONS]:
                return problem(422, "Not valid", f"found {unknown}; allowed are the 28 labels", "labels")
            entry["correction"] = {"labels": changes.get("labels"), "valence": changes.get("valence")}
            entry["labels"] = changes.get("labels", entry["labels"])
            entry["text"] = changes.get("text", entry["text"])
        return entry

    @app.post("/v1/feedback")
    async def feedback(request: Request) -> Any:
        said = await request.json()
        if said.get("verdict") not in VERDICTS:
            return problem(422, "Not valid", f"found {said.get('verdict')!r}; allowed are {VERDICTS}", "verdict")
        gateway.feedback.append(said)
        if entry := gateway.find(said.get("entry_id") or ""):
            entry["verdicts"][said["item_id"]] = said["verdict"]
        return Response(status_code=204)

    @app.api_route("/v1/me", methods=["GET", "PATCH", "DELETE"])
    async def me(request: Request) -> Any:
        if request.method == "DELETE":
            gateway.entries.clear()
            return Response(status_code=204)
        if request.method == "PATCH":
            gateway.settings |= await request.json()
        return gateway.settings

    @app.api_route("/v1/care", methods=["GET", "POST"])
    async def care(request: Request) -> Any:
        if request.method == "POST":
            safe = (await request.json())["safe"]
            closes = safe and gateway.care["state"] == "asked"
            gateway.care |= {"state": "closed" if closes else "asked" if safe else "open"}
            asked = {"question": "Are you safe?"} if gateway.care["state"] == "asked" else {}
            return gateway.care | asked | {"says": "Thank you." if closes else "That is all right."}
        return gateway.care

    @app.get("/v1/reminders")
    async def reminders() -> Any:
        return gateway.answers.get("reminders", {"at": [], "days": []})

    @app.get("/readyz")
    async def ready() -> Any:
        parts = dict.fromkeys(("journal", "classifier", "recommender", "llm"), gateway.status)
        return JSONResponse({"status": gateway.status, "parts": parts}, 200 if gateway.status == "ready" else 503)

    @app.api_route("/v1/{rest:path}", methods=["GET", "POST"])
    async def scripted(rest: str, request: Request) -> Any:
        if request.method == "POST":
            raw = await request.body()
            gateway.bodies.append({"bytes": len(raw)} if rest == "import" else json.loads(raw))
        if rest not in gateway.answers:
            gateway.wrong.append(f"{request.method} /v1/{rest}")
            return problem(500, "Not scripted", f"nobody scripted /v1/{rest}")
        answer = gateway.answers[rest]
        return Response(answer, media_type="application/zip") if isinstance(answer, bytes) else answer

    return app


def refuse(body: dict[str, Any]) -> JSONResponse | None:
    """The problem of an entry that cannot be taken, or None."""
    text = body.get("text", "")
    if not text.strip():
        return problem(422, "Empty entry", "found no text; write at least one character", "text")
    if len(text) > MAX_TEXT:
        return problem(422, "Too long", f"found {len(text):,} characters; {MAX_TEXT:,} are allowed", "text")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return problem(422, "Not text", "found half of a surrogate pair; send whole characters", "text")
    if body.get("goal") not in (None, *map(str, Goal)):
        return problem(422, "Not valid", f"found {body['goal']!r}; allowed are {[str(g) for g in Goal]}", "goal")
    if unknown := sorted(set(body) - ALLOWED):
        return problem(422, "Not valid", f"found the unknown field {unknown[0]!r}", unknown[0])
    return None
