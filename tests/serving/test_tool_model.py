"""A model that can call tools, behind an OpenAI-compatible endpoint on loopback: a real LangChain agent over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes.openai import OpenAI, calls, says
from fakes.world import World

from agent.asking import Asked
from agent.calling import MOST_STEPS
from agent.config import DiscoveryArgs
from agent.errors import Unavailable
from serving.tool_model import caller, elsewhere

SOUP = "My sister waited up for me with soup. I could have cried on the stairs."
ABOUT = "what did I write about my sister?"


class Always:
    """A router for which every line asks what was written about something."""

    async def route(self, lines: Sequence[str]) -> list[Asked]:
        return [Asked(route="about", sure=1.0) for _ in lines]


def args(url: str, **more: Any) -> DiscoveryArgs:
    return DiscoveryArgs.model_validate(
        {"application": "discovery", "llm": {"url": url, "model": "callable-7b", "tools": True, **more}}
    )


async def asked(folder: Path, server: OpenAI, *lines: str, **more: Any) -> dict[str, Any]:
    world = World(folder, [Unavailable("gone")], router=Always(), caller=caller(args(server.url, **more)))
    try:
        await world.http.post("/v1/entries", json={"text": SOUP, "suggest": False})
        messages = [{"role": "user", "content": line} for line in lines or (ABOUT,)]
        answer: dict[str, Any] = (await world.http.post("/v1/ask", json={"messages": messages})).json()
        return answer
    finally:
        await world.close()


async def test_the_agent_looks_up_and_its_words_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("TEST_KEY", "sk-secret")
    server = OpenAI(calls("journal_search", topic="sister"), says("You wrote about her in 1 entry."))
    answer = await asked(tmp_path, server, key_env="TEST_KEY")
    assert answer["sentences"] == ["You wrote about her in 1 entry."]
    first, second = server.seen
    assert first["model"] == "callable-7b" and first["temperature"] == 0 and first["max_completion_tokens"] == 300
    names = {tool["function"]["name"] for tool in first["tools"]}
    assert {"journal_search", "mood", "why", "suggestions"} <= names
    wanted = str([tool["function"]["parameters"] for tool in first["tools"]])
    assert "person" not in wanted, "no argument can name somebody else"
    assert "waited up for me" in second["messages"][-1]["content"], "the model sees what the tool found"
    assert set(server.keys) == {"Bearer sk-secret"}
    server.close()


@pytest.mark.parametrize("strayed", ["You wrote about her in 7 entries.", "You should call her.", "You hate her."])
async def test_words_that_no_tool_gave_are_not_told(tmp_path: Path, strayed: str) -> None:
    server = OpenAI(calls("journal_search", topic="sister"), says(strayed))
    answer = await asked(tmp_path, server)
    assert strayed not in answer["sentences"] and "comes up in 1 entry" in answer["sentences"][0]
    server.close()


async def test_three_look_ups_are_the_most(tmp_path: Path) -> None:
    steps = [calls("journal_search", topic="sister") for _ in range(MOST_STEPS + 1)]
    server = OpenAI(*steps, says("She comes up in 1 entry."))
    answer = await asked(tmp_path, server)
    assert "1 entry" in answer["sentences"][0]
    assert "No further look-up" in str(server.seen[-1]["messages"][-1]["content"])
    server.close()


async def test_an_endpoint_that_fails_leaves_the_tools_own_sentences(tmp_path: Path) -> None:
    server = OpenAI(500)
    assert "comes up in 1 entry" in (await asked(tmp_path, server))["sentences"][0]
    server.close()
    later = OpenAI(calls("journal_search", topic="sister"), 500)
    assert "comes up in 1 entry" in (await asked(tmp_path / "b", later))["sentences"][0]
    later.close()


async def test_in_a_crisis_no_model_is_asked(tmp_path: Path) -> None:
    server = OpenAI()
    answer = await asked(tmp_path, server, "I want to kill myself", ABOUT)
    assert answer["safety"]["level"] == "crisis" and not answer["sentences"] and not server.seen
    server.close()


def test_without_tools_there_is_no_caller_and_a_foreign_host_is_named() -> None:
    assert caller(args("http://127.0.0.1:1/v1", tools=False)) is None
    assert caller(DiscoveryArgs(application="discovery", llm="none")) is None
    assert elsewhere(args("https://models.example.org/v1")) == "models.example.org"
    assert elsewhere(args("http://localhost:1/v1")) is None
    assert elsewhere(DiscoveryArgs(application="discovery")) is None
