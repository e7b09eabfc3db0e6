"""The client against the scripted gateway over real HTTP, and against servers that misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from fakes.gateway import Gateway, free_port

from agent.domain import Settings
from agent.events import Event, failed
from serving.client import Client, ClientError

TEXT = "Rain, and the bus was late. 🌧️ I laughed anyway."
READ = Event(name="emotions", data={"emotions": [{"label": "amusement", "probability": 0.7}], "unsure": False})


@pytest.fixture(scope="module")
def server() -> Iterator[Gateway]:
    gateway = Gateway().start()
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(server: Gateway) -> Iterator[Gateway]:
    server.entries.clear()
    server.bodies.clear()
    yield server
    assert not server.wrong and not server.turns
    server.answers.clear()


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[Client]:
    async with Client(gateway.url, timeout=5) as opened:
        yield opened


def answering(respond: Callable[[httpx.Request], httpx.Response]) -> Client:
    """A client of a server that answers as `respond` says."""
    return Client("http://discovery.test", transport=httpx.MockTransport(respond))


def stream(body: str) -> Client:
    """A client of a server whose event stream is `body`, whatever is asked."""
    return answering(lambda _: httpx.Response(201, text=body, headers={"content-type": "text/event-stream"}))


async def test_a_turn_comes_back_as_the_events_that_were_sent(client: Client, gateway: Gateway) -> None:
    gateway.turn(TEXT, READ, failed("suggestions", "no index"))
    events = [event async for event in client.entry(TEXT, goal="lift")]
    assert [event.name for event in events] == ["saved", "emotions", "failed", "done"]
    assert events[1] == READ
    assert gateway.bodies[-1] == {"text": TEXT, "suggest": True, "goal": "lift"}
    assert gateway.entries[0]["id"] == events[0].data["id"]


async def test_a_repeat_under_the_same_key_is_not_written_twice(client: Client, gateway: Gateway) -> None:
    gateway.turn(TEXT, breaks_after=1)
    with pytest.raises(ClientError, match="broke off"):
        _ = [event async for event in client.entry(TEXT, idempotency_key="one")]
    gateway.turn(TEXT)
    assert [event.name async for event in client.entry(TEXT, idempotency_key="one")] == ["saved", "done"]
    assert len(gateway.entries) == 1


async def test_a_key_that_was_used_for_another_text_is_refused(client: Client, gateway: Gateway) -> None:
    gateway.turn(TEXT)
    _ = [event async for event in client.entry(TEXT, idempotency_key="two")]
    with pytest.raises(ClientError) as caught:
        _ = [event async for event in client.entry("Another day.", idempotency_key="two")]
    assert (caught.value.status, caught.value.field) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    ("text", "named"),
    [(" \n", "found no text"), ("x" * 20_001, "20,001 characters"), ("half \ud83c of a pair", "surrogate")],
)
async def test_a_text_that_cannot_be_kept_is_refused_by_the_server_in_one_sentence(
    client: Client, gateway: Gateway, text: str, named: str
) -> None:
    with pytest.raises(ClientError, match=named) as caught:
        _ = [event async for event in client.entry(text)]
    assert (caught.value.status, caught.value.field) == (422, "text")
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    assert not gateway.entries


async def test_entries_come_in_pages_and_by_emotion(client: Client, gateway: Gateway) -> None:
    for day in range(5):
        gateway.remember(f"Day {day}", days_ago=day, labels=["joy"] if day == 3 else [])
    first, cursor = await client.entries(limit=3)
    rest, end = await client.entries(limit=3, cursor=cursor)
    assert [entry["text"] for entry in first + rest] == [f"Day {day}" for day in range(5)]
    assert end is None
    assert [entry["text"] for entry in (await client.entries(emotion="joy"))[0]] == ["Day 3"]


async def test_an_entry_can_be_read_corrected_and_deleted(client: Client, gateway: Gateway) -> None:
    entry_id = gateway.remember(TEXT)["id"]
    assert (await client.get(entry_id))["text"] == TEXT
    assert (await client.correct(entry_id, labels=["relief", "joy"]))["labels"] == ["relief", "joy"]
    await client.delete(entry_id)
    with pytest.raises(ClientError, match="Not found") as caught:
        await client.get(entry_id)
    assert caught.value.status == 404


async def test_an_id_cannot_climb_to_another_route(client: Client, gateway: Gateway) -> None:
    gateway.remember(TEXT)
    with pytest.raises(ClientError):
        await client.delete("../me")
    assert gateway.entries


async def test_what_is_left_out_is_not_sent(client: Client, gateway: Gateway) -> None:
    gateway.answers["suggest"] = {"items": [{"id": "a", "reason": "b"}]}
    assert (await client.suggest(goal="calm", limit=1))["items"] == [{"id": "a", "reason": "b"}]
    assert gateway.bodies[-1] == {"goal": "calm", "limit": 1}


async def test_the_other_routes_give_what_the_server_answers(client: Client, gateway: Gateway) -> None:
    gateway.answers |= {
        "classify": {"results": [{"emotions": [], "unsure": True}]},
        "search": {"entries": [{"id": "x"}]},
        "insights": {"entries": 3},
        "export": b"PK\x05\x06",
        "import": {"added": 2, "known": 1},
    }
    assert (await client.classify(["a"]))[0]["unsure"]
    assert (await client.search("rain"))["entries"][0]["id"] == "x"
    assert await client.insights() == {"entries": 3}
    assert await client.import_(await client.export()) == {"added": 2, "known": 1}
    await client.feedback("a-short-hike", "like", entry_id="x")
    assert gateway.feedback[-1] == {"item_id": "a-short-hike", "verdict": "like", "entry_id": "x"}


async def test_settings_change_only_where_they_are_named(client: Client) -> None:
    assert await client.settings() == Settings()
    assert await client.change_settings(region="NL") == Settings(region="NL")
    assert await client.change_settings(region=None) == Settings()


async def test_erasing_leaves_nothing(client: Client, gateway: Gateway) -> None:
    gateway.remember(TEXT)
    await client.erase()
    assert (await client.entries())[0] == []


async def test_readiness_is_an_answer_even_when_it_is_no(client: Client, gateway: Gateway) -> None:
    gateway.status = "degraded"
    assert (await client.ready())["status"] == "degraded"
    gateway.status = "ready"


async def test_a_server_that_is_not_there_is_told_with_the_remedy() -> None:
    async with Client(f"http://127.0.0.1:{free_port()}") as client:
        with pytest.raises(ClientError, match=r"not running at http://127\.0\.0\.1:.*`make run`") as caught:
            await client.ready()
    assert caught.value.status == 0


def test_an_address_without_a_scheme_is_refused() -> None:
    with pytest.raises(ClientError, match="must begin with http"):
        Client("127.0.0.1:8000")


async def test_something_else_behind_the_address_is_told_apart() -> None:
    async with answering(lambda _: httpx.Response(200, text="<html>hello</html>")) as client:
        for ask in (client.ready(), client.settings(), anext(client.entry("a"))):
            with pytest.raises(ClientError, match="is not Discovery"):
                await ask


async def test_a_refusal_without_a_problem_document_still_gets_a_sentence() -> None:
    refused = httpx.Response(503, text="busy", headers={"retry-after": "7"})
    async with answering(lambda _: refused) as client:
        with pytest.raises(ClientError, match="Service Unavailable") as caught:
            await client.settings()
    assert (caught.value.status, caught.value.retry_after) == (503, 7)


async def test_a_fatal_failure_ends_the_turn_like_done() -> None:
    body = 'event: failed\ndata: {"part": "journal", "message": "full", "fatal": true}\n\n'
    async with stream(body) as client:
        [event] = [event async for event in client.entry("a")]
    assert event.last


@pytest.mark.parametrize("body", ["event: wonder\ndata: {}\n\n", "event: done\ndata: {broken\n\n"])
async def test_an_event_that_is_not_of_the_contract_is_refused(body: str) -> None:
    async with stream(body) as client:
        with pytest.raises(ClientError, match="not one this version knows"):
            _ = [event async for event in client.entry("a")]


async def test_pings_and_line_separators_in_a_text_do_not_disturb_the_stream() -> None:
    body = ': ping\n\nevent: explanation\ndata: {"text": "a\\u2028b", "source": "model"}\n\nevent: done\ndata: {}\n\n'
    async with stream(body) as client:
        events = [event async for event in client.entry("a")]
    assert [event.name for event in events] == ["explanation", "done"]
    assert events[0].data["text"] == "a\u2028b"


async def test_the_language_and_the_key_travel_as_headers() -> None:
    seen: dict[str, Any] = {}

    def respond(request: httpx.Request) -> httpx.Response:
        seen.update(request.headers)
        return httpx.Response(201, text="event: done\ndata: {}\n\n", headers={"content-type": "text/event-stream"})

    async with answering(respond) as client:
        _ = [event async for event in client.entry("a", language="de-AT", idempotency_key="k")]
    assert (seen["accept-language"], seen["idempotency-key"], seen["accept"]) == ("de-AT", "k", "text/event-stream")


async def test_proxies_of_the_environment_never_see_an_entry(
    client: Client, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    gateway.turn(TEXT)
    async with Client(gateway.url) as fresh:
        assert [event.name async for event in fresh.entry(TEXT)] == ["saved", "done"]
