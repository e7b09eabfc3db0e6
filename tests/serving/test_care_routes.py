"""The crisis path over HTTP and the real journal: every way in is screened, and the state outlives what it must."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fakes.ports import WordClassifier

from agent import care
from agent.domain import Level
from agent.errors import Unavailable
from agent.events import from_sse
from agent.pipeline import Agent
from journal.store import Store
from serving.gateway import create_app
from serving.readiness import Readiness

DANGER = "I want to kill myself tonight."
SOUP = "We had soup and the kitchen was warm."
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Absent:
    """Any part that is down."""

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*_args: Any, **_kwargs: Any) -> Any:
            raise Unavailable("this part is down")

        return call


class AsyncStore:
    """The real store behind the asynchronous port."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(self._store, method)(*args, **kwargs)

        return call


class WordHead:
    """A head that speaks for a level where its word stands in the text."""

    def __init__(self, **words: Level) -> None:
        self._words, self.asked = words, 0

    async def levels(self, texts: Sequence[str]) -> list[Level]:
        self.asked += len(texts)
        return [next((v for w, v in self._words.items() if w in t), Level.NONE) for t in texts]


class Wordless:
    """A language model that is not there: explanations come from the evidence."""

    async def stream(self, _messages: Any, **_more: Any) -> AsyncIterator[str]:
        raise Unavailable("no model")
        yield ""


class Wishes:
    """A recommender that remembers whether it was asked for gentle things."""

    def __init__(self) -> None:
        self.gentle: list[bool] = []

    async def suggest(self, *, gentle: bool, **_wishes: Any) -> list[Any]:
        self.gentle.append(gentle)
        return []

    async def embed(self, texts: Sequence[str]) -> Any:
        return np.eye(384, dtype=np.float32)[: len(texts)]


class Stuck(Wishes):
    """A recommender whose encoder never answers."""

    async def embed(self, texts: Sequence[str]) -> Any:
        await asyncio.Event().wait()


@asynccontextmanager
async def running(
    folder: Path, *, down: bool = False, head: Any = None, recommender: Any = None, clock: Any = None
) -> AsyncIterator[httpx.AsyncClient]:
    """The API over the journal in a folder: one life of the server."""
    store = Store(f"sqlite:///{folder / 'journal.db'}", folder / "key")
    agent = Agent(
        classifier=Absent() if down else WordClassifier(joy=["soup"]),  # type: ignore[arg-type]
        llm=Absent() if down else Wordless(),  # type: ignore[arg-type]
        recommender=recommender or Absent(),
        journal=AsyncStore(store),  # type: ignore[arg-type]
    )
    app = create_app(agent, Readiness({}), head=head)
    if clock:
        app.state.parts.turns.screening.clock = clock
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        yield http
    store.close()


async def say(http: httpx.AsyncClient, text: str, **more: Any) -> dict[str, Any]:
    """Writes an entry; what the `safety` event held."""
    body = {"text": text, "suggest": False, **more}
    answer = await http.post("/v1/entries", json=body, headers={"accept": "text/event-stream"})
    return next(e.data for e in from_sse(answer.text.splitlines()) if e.name == "safety")


async def test_the_state_outlives_new_chats_reloads_restarts_and_one_denial(tmp_path: Path) -> None:
    async with running(tmp_path, down=True) as http:
        assert (await http.get("/v1/care")).json() == {"level": "none", "state": "closed"}
        assert (await say(http, DANGER))["state"] == "open"
        later = await say(http, SOUP)
        assert later["level"] == "none" and later["state"] == "open" and later["card"]["lines"]
    async with running(tmp_path, down=True) as http:  # a restart, and a page that opens anew
        assert (await http.get("/v1/care")).json()["state"] == "open"
        denied = await say(http, "You misunderstood, I was only joking.")
        assert denied["state"] == "asked" and denied["question"] == care.QUESTION and denied["card"]
    async with running(tmp_path, down=True) as http:
        opened = (await http.get("/v1/care")).json()
        assert opened["state"] == "asked" and opened["question"] and opened["card"]
        said = (await http.post("/v1/care", json={"safe": True})).json()
        assert said == {"level": "none", "state": "closed", "says": care.THANKS}
    async with running(tmp_path, down=True) as http:
        assert (await say(http, SOUP)) == {"level": "none", "state": "closed"}


async def test_a_person_can_say_that_they_are_safe_and_is_asked_once(tmp_path: Path) -> None:
    async with running(tmp_path, down=True) as http:
        await say(http, DANGER)
        first = (await http.post("/v1/care", json={"safe": True})).json()
        assert first["state"] == "asked" and first["says"] == first["question"] == care.QUESTION
        no = (await http.post("/v1/care", json={"safe": False})).json()
        assert no["state"] == "open" and no["says"] == care.STAYS and no["card"]
        assert (await http.post("/v1/care", json={"safe": "perhaps"})).status_code == 422


async def test_quiet_days_close_it(tmp_path: Path) -> None:
    now = [NOON]
    async with running(tmp_path, down=True, clock=lambda: now[0]) as http:
        await say(http, DANGER)
        now[0] += timedelta(days=13)
        assert (await say(http, SOUP))["state"] == "open"
        now[0] += timedelta(days=1)
        assert (await say(http, SOUP))["state"] == "closed"


async def test_the_card_does_not_wait_for_the_encoder(tmp_path: Path) -> None:
    async with running(tmp_path, recommender=Stuck()) as http, asyncio.timeout(10):
        answer = (await http.post("/v1/suggest", json={"text": DANGER})).json()
    assert answer["safety"]["level"] == "crisis" and answer["safety"]["card"]["lines"] and answer["items"] == []


async def test_while_it_is_open_suggestions_are_gentle(tmp_path: Path) -> None:
    wishes = Wishes()
    async with running(tmp_path, recommender=wishes) as http:
        await http.post("/v1/suggest", json={"text": "something short", "emotions": []})
        await http.post("/v1/suggest", json={"text": DANGER})
        await http.post("/v1/suggest", json={"text": "something short", "emotions": []})
        await say(http, "Nothing much.", suggest=True)
    assert wishes.gentle == [False, True, True]


@pytest.mark.parametrize(
    "way", ["entry", "json", "edit", "search", "suggest", "classify", "completion", "stream", "import"]
)
async def test_every_text_is_screened_with_all_else_down_and_with_the_head(tmp_path: Path, way: str) -> None:
    for number, (text, head) in enumerate([(DANGER, None), ("The zebra hour has come.", WordHead(zebra=Level.CRISIS))]):
        folder = tmp_path / str(number)
        async with running(folder, down=way != "classify", head=head) as http:
            assert await WAYS[way](http, text), (way, text)


async def _entry(http: httpx.AsyncClient, text: str) -> bool:
    return bool((await say(http, text))["card"]["lines"])


async def _json(http: httpx.AsyncClient, text: str) -> bool:
    body = (await http.post("/v1/entries", json={"text": text})).json()
    return body["safety"]["level"] == "crisis" and body["emotions"] is None and bool(body["safety"]["card"]["lines"])


async def _edit(http: httpx.AsyncClient, text: str) -> bool:
    entry = (await http.post("/v1/entries", json={"text": SOUP})).json()
    changed = (await http.patch(f"/v1/entries/{entry['id']}", json={"text": text})).json()
    return changed["safety"]["level"] == "crisis" and bool(changed["safety"]["card"])


async def _search(http: httpx.AsyncClient, text: str) -> bool:
    return (await http.post("/v1/search", json={"q": text})).json()["safety"]["level"] == "crisis"


async def _suggest(http: httpx.AsyncClient, text: str) -> bool:
    answer = (await http.post("/v1/suggest", json={"text": text})).json()
    return answer["items"] == [] and bool(answer["safety"]["card"])


async def _classify(http: httpx.AsyncClient, text: str) -> bool:
    results = (await http.post("/v1/classify", json={"texts": [SOUP, text], "full": True})).json()["results"]
    hidden = results[1] == {"emotions": [], "unsure": False, "safety": "crisis"}
    return results[0]["safety"] == "none" and hidden


async def _completion(http: httpx.AsyncClient, text: str) -> bool:
    messages = [{"role": "user", "content": text}, {"role": "user", "content": "and what now?"}]
    answer = await http.post("/v1/chat/completions", json={"model": "discovery", "messages": messages})
    return "findahelpline" in answer.text


async def _stream(http: httpx.AsyncClient, text: str) -> bool:
    body = {"model": "discovery", "stream": True, "messages": [{"role": "user", "content": text}]}
    answer = await http.post("/v1/chat/completions", json=body)
    return "findahelpline" in answer.text and answer.text.endswith("data: [DONE]\n\n")


async def _import(http: httpx.AsyncClient, text: str) -> bool:
    await http.post("/v1/entries", json={"text": text})
    archive = (await http.get("/v1/export")).content
    await http.delete("/v1/me")
    await http.post("/v1/import", content=archive, headers={"content-type": "application/zip"})
    [entry] = (await http.get("/v1/entries")).json()["entries"]
    return entry["safety"]["level"] == "crisis" and bool(entry["safety"]["card"]["lines"])


WAYS = {
    "entry": _entry, "json": _json, "edit": _edit, "search": _search, "suggest": _suggest, "classify": _classify,
    "completion": _completion, "stream": _stream, "import": _import,
}  # fmt: skip


async def test_the_head_raises_and_never_lowers_and_is_not_asked_where_the_rules_have_spoken(tmp_path: Path) -> None:
    head = WordHead(lantern=Level.CONCERN, zebra=Level.CRISIS)
    async with running(tmp_path, down=True, head=head) as http:
        assert (await say(http, "I want to kill myself by lantern light."))["level"] == "crisis"
        assert head.asked == 0
        assert (await say(http, "The lantern is out."))["level"] == "concern"
        assert (await say(http, "The zebra is out."))["level"] == "crisis"
        assert (await say(http, SOUP))["level"] == "none"


async def test_a_head_that_fails_or_hangs_costs_nothing_but_its_word(tmp_path: Path) -> None:
    async with running(tmp_path, down=True, head=Absent()) as http:
        assert (await say(http, DANGER))["level"] == "crisis"
        assert (await say(http, SOUP))["level"] == "none"


async def test_no_word_of_the_state_lies_on_disk_in_clear_and_erasing_ends_it(tmp_path: Path) -> None:
    async with running(tmp_path, down=True) as http:
        await say(http, DANGER)
        database = sqlite3.connect(tmp_path / "journal.db")
        rows = database.execute("SELECT sealed FROM drawers WHERE drawer = 'care'").fetchall()
        database.close()
        assert len(rows) == 1 and b"crisis" not in rows[0][0] and b"open" not in rows[0][0]
        await http.delete("/v1/me")
        assert (await http.get("/v1/care")).json()["state"] == "closed"
