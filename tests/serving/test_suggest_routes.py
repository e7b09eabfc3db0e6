"""Suggestions over HTTP, with the real ranking over a small catalogue: refinements, feedback, a path, limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes.ports import ScriptedModel, WordClassifier
from fakes.ranking import Ranking

from agent.pipeline import Agent
from journal.store import Store
from serving.gateway import create_app
from serving.readiness import Readiness


class AsyncStore:
    """The real store behind the asynchronous port."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return await asyncio.to_thread(getattr(self._store, method), *args, **kwargs)

        return call


@pytest.fixture
def http(tmp_path: Path) -> httpx.AsyncClient:
    store = Store(f"sqlite:///{tmp_path / 'journal.db'}", tmp_path / "key")
    agent = Agent(
        classifier=WordClassifier(sadness=["cried"], joy=["sang"], fear=["afraid"]),
        llm=ScriptedModel(),
        recommender=Ranking(tmp_path / "index"),  # type: ignore[arg-type]
        journal=AsyncStore(store),  # type: ignore[arg-type]
    )
    app = create_app(agent, Readiness({}))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")


async def ask(http: httpx.AsyncClient, route: str = "/v1/suggest", **body: Any) -> dict[str, Any]:
    answer = await http.post(route, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["id"] for item in answer["items"]]


async def test_refinements_add_up_over_clicks(http: httpx.AsyncClient) -> None:
    first = await ask(http, text="We sang all the way home.", limit=4)
    assert first["limits"] == {}
    calmer = await ask(http, text="We sang all the way home.", limit=4, refine=["calmer"], shown=ids(first))
    most = calmer["limits"]["max_energy"]
    assert all(item["energy"] <= most for item in calmer["items"])
    again = await ask(
        http,
        text="We sang all the way home.",
        limit=4,
        refine=["something_else"],
        shown=ids(calmer),
        **calmer["limits"],
    )
    assert again["limits"]["max_energy"] == most and again["items"]
    assert not set(ids(again)) & set(ids(calmer))


async def test_feedback_moves_the_next_list_is_told_and_can_be_reset(http: httpx.AsyncClient) -> None:
    wish = {"text": "We sang all the way home.", "limit": 5, "breakdown": True}
    first = await ask(http, **wish)
    await http.post("/v1/feedback", json={"item_id": ids(first)[0], "verdict": "dislike"})
    await http.post("/v1/feedback", json={"item_id": ids(first)[1], "verdict": "like"})
    second = await ask(http, **wish)
    assert ids(first)[0] not in ids(second) and ids(second) != ids(first)
    assert [i["breakdown"]["novelty"] for i in second["items"] if i["id"] == ids(first)[1]] in ([], [-0.2])
    said = (await http.get("/v1/feedback")).json()["feedback"]
    assert {(s["item_id"], s["verdict"]) for s in said} == {(ids(first)[0], "dislike"), (ids(first)[1], "like")}
    assert (await http.delete("/v1/feedback")).status_code == 204
    assert (await http.get("/v1/feedback")).json() == {"feedback": []}
    assert ids(await ask(http, **wish)) == ids(first)


async def test_a_path_has_three_steps_and_no_path_leads_out_of_a_crisis(http: httpx.AsyncClient) -> None:
    steps = await ask(http, "/v1/suggest/path", text="I cried on the stairs.", goal="lift")
    assert len(set(ids(steps))) == 3
    assert [i["valence"] for i in steps["items"]] == sorted(i["valence"] for i in steps["items"])
    crisis = await ask(http, "/v1/suggest/path", text="I want to kill myself", goal="lift")
    assert crisis["items"] == [] and crisis["safety"]["card"]


async def test_what_may_not_come_near_does_not(http: httpx.AsyncClient) -> None:
    everything = await ask(http, emotions=["joy"], limit=50)
    warned = {w for item in everything["items"] for w in item["warnings"]}
    assert "violence" in warned
    kept = await ask(http, emotions=["joy"], limit=50, avoid=["violence"])
    assert kept["items"] and all("violence" not in item["warnings"] for item in kept["items"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"goal": "calm", "refine": ["louder"]}, "refine"),
        ({"goal": "calm", "avoid": ["spiders"]}, "avoid"),
        ({"goal": "calm", "max_energy": 2}, "max_energy"),
        ({"goal": "calm", "shown": ["NO"]}, "shown"),
        ({"goal": "calm", "limit": 51}, "limit"),
    ],
)
async def test_a_strange_wish_is_refused_by_name(http: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    answer = await http.post("/v1/suggest", json=body)
    assert answer.status_code == 422 and answer.json()["field"].startswith(field)
