"""The HTTP contract over a real store, a tiny classifier and a scripted model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fakes.ports import ScriptedModel, WordClassifier

from agent.domain import Item, Suggestion
from agent.errors import Unavailable
from agent.events import Event, from_sse
from agent.pipeline import Agent
from journal.store import Store
from serving.gateway import create_app
from serving.readiness import Readiness

TEXT = "My sister waited up for me with soup. I could have cried on the stairs."
GOOD = ("There is probably sadness in this. ", "And perhaps gratitude as well.")
ITEM = Item(
    id="quiet-game", title="Quiet Game", kind="game", year=2001, url="https://example.org/q", genres=("puzzle",),
    description="Slow water and small stones, one at a time.", valence=0.5, energy=0.1, demand=0.2, minutes=20,
    social=False, free=True, licence="CC-BY-4.0", source="discovery",
)  # fmt: skip


class AsyncStore:
    """The real store behind the asynchronous port."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return await asyncio.to_thread(getattr(self._store, method), *args, **kwargs)

        return call


class OneItem:
    """A recommender with one item that remembers what it was asked."""

    def __init__(self) -> None:
        self.wishes: list[dict[str, Any]] = []

    async def suggest(self, **wishes: Any) -> list[Suggestion]:
        self.wishes.append(wishes)
        return [] if ITEM.id in wishes["exclude"] else [Suggestion(item=ITEM, reason="It is quiet.", score=0.5)]

    async def embed(self, texts: list[str]) -> Any:
        return np.eye(384, dtype=np.float32)[: len(texts)]

    async def items(self, ids: list[str]) -> list[Item]:
        return [ITEM for i in ids if i == ITEM.id]


class World:
    def __init__(self, folder: Path, *answers: Any) -> None:
        self.store = Store(f"sqlite:///{folder / 'journal.db'}", folder / "key")
        self.model, self.recommender = ScriptedModel(*answers), OneItem()
        self.agent = Agent(
            classifier=WordClassifier(sadness=["cried"], gratitude=["soup"]),
            llm=self.model,
            recommender=self.recommender,  # type: ignore[arg-type]
            journal=AsyncStore(self.store),  # type: ignore[arg-type]
        )
        app = create_app(self.agent, Readiness({"journal": lambda: self.agent.journal.settings("readiness")}))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    held = World(tmp_path, GOOD, GOOD, GOOD)
    yield held
    await held.http.aclose()
    held.store.close()


async def write(world: World, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    return await world.http.post("/v1/entries", json={"text": TEXT, **more}, headers=headers)


def events(response: httpx.Response) -> list[Event]:
    return list(from_sse(response.text.splitlines()))


async def test_an_entry_comes_back_whole_and_is_kept(world: World) -> None:
    response = await write(world)
    assert response.status_code == 201
    body = response.json()
    assert body["text"] == TEXT
    assert {e["label"] for e in body["emotions"]["emotions"]} == {"sadness", "gratitude"}
    assert [s["source"] for s in body["explanation"]] == ["model", "model"]
    assert body["suggestions"]["items"][0]["id"] == ITEM.id
    assert all(TEXT[s["start"] : s["end"]] for s in body["evidence"]["spans"])
    kept = (await world.http.get(response.headers["location"])).json()
    assert kept == body


async def test_the_stream_has_the_events_in_order_numbered(world: World) -> None:
    response = await write(world, headers={"accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert [e.name for e in events(response)] == [
        "saved", "safety", "emotions", "evidence", "explanation", "explanation", "suggestions", "done",
    ]  # fmt: skip
    numbers = [int(line[4:]) for line in response.text.splitlines() if line.startswith("id: ")]
    assert numbers == list(range(1, 9))


async def test_the_same_key_and_body_give_the_stored_result_once(world: World) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await write(world, headers=key)
    second = await write(world, headers=key)
    assert second.json() == first.json() and second.headers["idempotent-replayed"] == "true"
    assert len((await world.http.get("/v1/entries")).json()["entries"]) == 1
    other = await world.http.post("/v1/entries", json={"text": "another"}, headers=key)
    assert other.status_code == 422 and "key" in other.json()["title"]


async def test_a_running_key_is_a_conflict(world: World) -> None:
    import hashlib

    from agent.domain import Idempotency
    from serving.requests import NewEntry

    body = hashlib.sha256(NewEntry(text=TEXT).model_dump_json().encode()).hexdigest()
    world.store.add("local", TEXT, idempotency=Idempotency(key="k2", body=body))
    response = await write(world, headers={"Idempotency-Key": "k2"})
    assert response.status_code == 409 and response.headers["retry-after"] == "1"


async def test_crisis_gives_the_card_by_region_and_nothing_else(world: World) -> None:
    response = await world.http.post(
        "/v1/entries", json={"text": "I want to kill myself tonight."}, headers={"accept-language": "en-GB,en;q=0.8"}
    )
    body = response.json()
    assert body["safety"]["level"] == "crisis"
    assert any("116 123" in (line.get("phone") or "") for line in body["safety"]["card"]["lines"])
    assert body["emotions"] is None and body["explanation"] is None and body["suggestions"] is None
    assert world.recommender.wishes == []


async def test_the_region_of_the_settings_wins_over_the_locale(world: World) -> None:
    assert (await world.http.patch("/v1/me", json={"region": "US"})).json()["region"] == "US"
    body = (await world.http.post(
        "/v1/entries", json={"text": "I want to kill myself."}, headers={"accept-language": "de-DE"}
    )).json()  # fmt: skip
    assert body["safety"]["card"]["region"] == "US"


async def test_reading_and_suggesting_can_be_switched_off(world: World) -> None:
    await world.http.patch("/v1/me", json={"read_emotions": False, "suggestions": False})
    body = (await write(world)).json()
    assert body["emotions"] is None and body["suggestions"] is None and body["safety"]["level"] == "none"


async def test_a_correction_wins_and_a_new_text_is_read_again(world: World) -> None:
    entry_id = (await write(world)).json()["id"]
    path = f"/v1/entries/{entry_id}"
    corrected = (await world.http.patch(path, json={"labels": ["love"], "valence": 0.4})).json()
    assert corrected["labels"] == ["love"] and corrected["correction"]["valence"] == 0.4
    assert [e["id"] for e in (await world.http.get("/v1/entries?emotion=love")).json()["entries"]] == [entry_id]
    rewritten = (await world.http.patch(path, json={"text": "There was soup for everybody."})).json()
    assert [e["label"] for e in rewritten["emotions"]["emotions"]] == ["gratitude"]
    worse = (await world.http.patch(path, json={"text": "I want to kill myself."})).json()
    assert worse["safety"]["level"] == "crisis" and worse["emotions"] is None


async def test_deleted_is_gone_and_strange_ids_are_not_found(world: World) -> None:
    entry_id = (await write(world)).json()["id"]
    assert (await world.http.delete(f"/v1/entries/{entry_id}")).status_code == 204
    for strange in (entry_id, "nonsense", "..%2f..%2fetc", "00000000-0000-0000-0000-000000000000"):
        response = await world.http.get(f"/v1/entries/{strange}")
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n\t"}, "text"),
        ({"text": 7}, "text"),
        ({"text": "a" * 20_001}, "text"),
        ({"text": "ok", "mood": 3}, "mood"),
        ({"text": "ok", "goal": "win"}, "goal"),
        ({"text": "ok", "created_at": "yesterday"}, "created_at"),
        ({"text": "ok", "state_of_mind": {"valence": 3}}, "state_of_mind.valence"),
    ],
)
async def test_bad_entries_name_the_field_and_store_nothing(world: World, body: Any, field: str) -> None:
    response = await world.http.post("/v1/entries", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["field"] == field
    assert all("received" in e and "allowed" in e for e in response.json()["errors"])
    assert (await world.http.get("/v1/entries")).json()["entries"] == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"\xff\xfe\x00", "application/json", 400),
        (b'{"text": "lone \\ud800"}', "application/json", 422),
        (b'{"text":' + b"[" * 10_000 + b"}", "application/json", 400),
        (b'"text"', "application/json", 422),
        (b"", "application/json", 400),
        (b'{"text": "ok"}', "text/plain", 415),
        (b'{"text": "ok"}', "application/x-www-form-urlencoded", 415),
        (b'{"text": "' + b"a" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
async def test_broken_bodies_get_a_problem_and_store_nothing(
    world: World, content: bytes, kind: str, status: int
) -> None:
    response = await world.http.post("/v1/entries", content=content, headers={"content-type": kind})
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert (await world.http.get("/v1/entries")).json()["entries"] == []


@pytest.mark.parametrize(
    "query", ["limit=1000000", "limit=0", "limit=x", "cursor=%%%", "emotion=hunger", "from=monday"]
)
async def test_bad_queries_are_refused_by_name(world: World, query: str) -> None:
    response = await world.http.get(f"/v1/entries?{query}")
    assert response.status_code == 422
    assert query.split("=")[0] in response.json()["field"]


@pytest.mark.parametrize(
    "text",
    [
        "\x00 a NUL",
        "\u202eright to left",
        "e\u0301" * 3000,
        "\U0001f469\u200d\U0001f680 \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ],
)
async def test_every_valid_text_comes_back_as_it_was(world: World, text: str) -> None:
    assert (await write(world, text=text)).json()["text"] == text


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"host": ""},
    ],
)
async def test_foreign_hosts_and_origins_are_refused(world: World, headers: dict[str, str]) -> None:
    assert (await write(world, headers=headers)).status_code == 403
    assert (await world.http.get("/v1/entries")).json()["entries"] == []


async def test_classify_stores_nothing_and_screens(world: World) -> None:
    response = await world.http.post("/v1/classify", json={"texts": ["I cried", "I want to die tonight"], "full": True})
    first, second = response.json()["results"]
    assert first["emotions"][0]["label"] == "sadness" and len(first["probabilities"]) == 28
    assert second == {"emotions": [], "unsure": False, "safety": "crisis"}
    assert (await world.http.get("/v1/entries")).json()["entries"] == []
    too_many = await world.http.post("/v1/classify", json={"texts": ["a"] * 513})
    assert too_many.status_code == 422 and too_many.json()["field"] == "texts"


async def test_suggest_and_feedback(world: World) -> None:
    found = await world.http.post("/v1/suggest", json={"text": "I cried", "goal": "calm", "limit": 2})
    assert found.json()["items"][0]["reason"] == "It is quiet."
    assert world.recommender.wishes[0]["emotions"][0][0] == "sadness"
    said = {"item_id": ITEM.id, "verdict": "not_this"}
    assert (await world.http.post("/v1/feedback", json=said)).status_code == 204
    assert (await world.http.post("/v1/suggest", json={"goal": "calm"})).json()["items"] == []
    unknown = await world.http.post("/v1/feedback", json={"item_id": "nothing-here", "verdict": "like"})
    assert unknown.status_code == 422 and unknown.json()["field"] == "item_id"
    assert (await world.http.post("/v1/suggest", json={})).status_code == 422
    crisis = (await world.http.post("/v1/suggest", json={"text": "I want to kill myself", "goal": "lift"})).json()
    assert crisis["items"] == [] and crisis["safety"]["card"]


async def test_search_insights_export_import_erase(world: World) -> None:
    await write(world)
    assert len((await world.http.post("/v1/search", json={"q": "soup"})).json()["entries"]) == 1
    assert (await world.http.get("/v1/insights")).json()["counts"]["entries"] == 1
    archive = (await world.http.get("/v1/export")).content
    assert (await world.http.delete("/v1/me")).status_code == 204
    assert (await world.http.get("/v1/entries")).json()["entries"] == []
    back = await world.http.post("/v1/import", content=archive, headers={"content-type": "application/zip"})
    assert back.json()["added"] == 1
    assert (await world.http.get("/v1/entries")).json()["entries"][0]["text"] == TEXT
    broken = await world.http.post("/v1/import", content=b"no zip", headers={"content-type": "application/zip"})
    assert broken.status_code == 422


async def test_the_openai_route_answers_streams_and_stores_nothing(world: World) -> None:
    ask = {"model": "discovery", "messages": [{"role": "user", "content": TEXT}]}
    whole = (await world.http.post("/v1/chat/completions", json=ask)).json()
    assert "sadness" in whole["choices"][0]["message"]["content"]
    stream = (await world.http.post("/v1/chat/completions", json=ask | {"stream": True})).text
    lines = [line[6:] for line in stream.splitlines() if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    said = "".join(json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines[:-1])
    assert said == whole["choices"][0]["message"]["content"]
    earlier = [{"role": "user", "content": "I want to kill myself"}, {"role": "user", "content": "never mind"}]
    card = (await world.http.post("/v1/chat/completions", json=ask | {"messages": earlier})).json()
    assert "988" in card["choices"][0]["message"]["content"] or "findahelpline" in str(card)
    assert (await world.http.get("/v1/entries")).json()["entries"] == []


async def test_health_readiness_and_metrics_without_words(world: World) -> None:
    await write(world)
    assert (await world.http.get("/healthz")).status_code == 200
    assert (await world.http.get("/readyz")).json() == {"status": "ready", "parts": {"journal": "ready"}}
    metrics = (await world.http.get("/metrics")).text
    assert "discovery_requests_total" in metrics and "soup" not in metrics


async def test_a_model_that_is_down_leaves_a_whole_answer(tmp_path: Path) -> None:
    world = World(tmp_path, [Unavailable("gone")])
    body = (await write(world)).json()
    assert [s["source"] for s in body["explanation"]] == ["evidence", "evidence"]
