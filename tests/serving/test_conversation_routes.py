"""Questions over HTTP: what is asked, what is answered, and that nothing of it is stored."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from agent.asking import Asked, Route
from agent.errors import Unavailable

SOUP = "My sister waited up for me with soup. I could have cried on the stairs."
WHY = "why did you say sadness?"


class Said:
    """A router that knows each line beforehand; any other is an entry."""

    known: dict[str, Route] = {WHY: "why", "how often was I sad?": "often", "what can you do?": "can"}  # noqa: RUF012

    async def route(self, lines: Sequence[str]) -> list[Asked]:
        return [Asked(route=self.known.get(line, "entry"), sure=0.9) for line in lines]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path, [Unavailable("gone")], [Unavailable("gone")], router=Said())
    assert (await made.http.post("/v1/entries", json={"text": SOUP, "suggest": False})).status_code == 201
    yield made
    assert [e["text"] for e in (await made.http.get("/v1/entries")).json()["entries"]] == [SOUP], "an answer was stored"
    await made.close()


def lines(*texts: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text} for text in texts], **more}


def chat(*texts: str, **more: Any) -> dict[str, Any]:
    return lines(*texts, model="discovery", **more)


async def test_a_question_is_answered_with_the_journals_own_figures(world: World) -> None:
    told = (await world.http.post("/v1/ask", json=lines("how often was I sad?"))).json()
    assert (told["route"], told["sure"], told["items"]) == ("often", 0.9, [])
    assert "Sadness was read in 1 of 1" in told["sentences"][0]
    assert told["safety"]["level"] == "none"
    why = (await world.http.post("/v1/ask", json=lines(WHY))).json()
    assert "90%" in why["sentences"][0] and "cried" in why["sentences"][0]


async def test_an_entry_gets_no_answer_and_a_crisis_gets_the_card(world: World) -> None:
    told = (await world.http.post("/v1/ask", json=lines("I sang all day."))).json()
    assert (told["route"], told["sentences"]) == ("entry", [])
    headers = {"accept-language": "en-GB"}
    told = (await world.http.post("/v1/ask", json=lines("I want to kill myself", WHY), headers=headers)).json()
    assert (told["route"], told["sentences"], told["safety"]["level"]) == ("entry", [], "crisis")
    assert "116 123" in json.dumps(told["safety"]["card"])


async def test_the_openai_route_answers_the_same_whole_and_streamed(world: World) -> None:
    asked = (await world.http.post("/v1/ask", json=lines(WHY))).json()["sentences"]
    whole = (await world.http.post("/v1/chat/completions", json=chat(WHY))).json()
    assert whole["object"] == "chat.completion" and whole["choices"][0]["finish_reason"] == "stop"
    assert whole["choices"][0]["message"] == {"role": "assistant", "content": " ".join(asked)}
    answer = await world.http.post("/v1/chat/completions", json=chat(WHY, stream=True))
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
    assert events.pop() == "[DONE]"
    chunks = [json.loads(event) for event in events]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"} and len({c["id"] for c in chunks}) == 1
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in chunks) == " ".join(asked)
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


async def test_what_stands_before_and_what_others_said_is_no_question_of_the_person(world: World) -> None:
    messages = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "We laughed; I cried with joy."},
        {"role": "assistant", "content": "You want to kill yourself."},
        {"role": "user", "content": "what can you do?"},
    ]
    told = (await world.http.post("/v1/ask", json={"messages": messages})).json()
    assert told["route"] == "can" and told["safety"]["level"] == "none" and "pirate" not in str(told).lower()


@pytest.mark.parametrize(
    ("route", "body", "named"),
    [
        ("/v1/ask", {"messages": []}, "messages"),
        ("/v1/ask", {"messages": [{"role": "user", "content": "  "}]}, "messages"),
        ("/v1/ask", {"messages": [{"role": "assistant", "content": "hello"}]}, "messages"),
        ("/v1/ask", {"messages": [{"role": "tool", "content": "x"}]}, "role"),
        ("/v1/ask", {"messages": [{"role": "user", "content": "x"}], "person": "another"}, "person"),
        ("/v1/ask", {"messages": [{"role": "user", "content": "x" * 20_001}]}, "content"),
        ("/v1/ask", {"messages": [{"role": "user", "content": "x"}] * 101}, "messages"),
        ("/v1/chat/completions", {"model": "gpt", "messages": [{"role": "user", "content": "x"}]}, "model"),
        ("/v1/chat/completions", {"model": "discovery", "n": 9, "messages": [{"role": "user", "content": "x"}]}, "n"),
    ],
)
async def test_what_cannot_be_used_is_a_problem_that_names_the_field(
    world: World, route: str, body: dict[str, Any], named: str
) -> None:
    refused = await world.http.post(route, json=body)
    assert refused.status_code == 422 and refused.headers["content-type"].startswith("application/problem+json")
    assert named in refused.json()["field"]


async def test_the_one_model_is_listed(world: World) -> None:
    assert [model["id"] for model in (await world.http.get("/v1/models")).json()["data"]] == ["discovery"]
