"""A stream pings while it is quiet, ends once, and tells whether the turn was whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent.errors import Unavailable
from agent.events import Event, from_sse, to_sse
from serving import sse

DONE = Event(name="done", data={"id": "e"})


class Ends:
    def __init__(self) -> None:
        self.told: list[bool] = []

    async def __call__(self, whole: bool) -> None:
        self.told.append(whole)


async def events(*steps: object) -> AsyncIterator[Event]:
    for step in steps:
        if isinstance(step, float):
            await asyncio.sleep(step)
        elif isinstance(step, BaseException):
            raise step
        else:
            yield step  # type: ignore[misc]


async def test_quiet_streams_ping() -> None:
    ends = Ends()
    lines = [line async for line in sse.lines(events(0.12, DONE), ends, ping=0.05)]
    assert lines.count(": ping\n\n") >= 2
    assert [e.name for e in from_sse("".join(lines).splitlines())] == ["done"]
    assert ends.told == [True]


@pytest.mark.parametrize("error", [Unavailable("the journal is locked"), RuntimeError("secret words")])
async def test_a_broken_turn_ends_with_one_fatal_event_without_private_words(error: Exception) -> None:
    ends = Ends()
    text = "".join([line async for line in sse.lines(events(error), ends)])
    [event] = from_sse(text.splitlines())
    assert event.last and event.data["fatal"] and "secret" not in text
    assert ends.told == [False]


async def test_a_client_that_leaves_is_not_a_whole_turn_and_stops_the_work() -> None:
    ends, finished = Ends(), asyncio.Event()

    async def slow() -> AsyncIterator[Event]:
        try:
            yield Event(name="saved", data={"id": "e"})
            await asyncio.sleep(30)
        finally:
            finished.set()

    stream = sse.lines(slow(), ends)
    assert "saved" in await anext(stream)
    reader = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.01)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await asyncio.wait_for(finished.wait(), 1)
    assert ends.told == [False]


@pytest.mark.parametrize("text", ["a\n\nevent: done\ndata: {}", "\r\n", "\u2028x\u2029", "\x00", "\U0001f600"])
def test_no_text_can_forge_or_split_an_event(text: str) -> None:
    event = Event(name="explanation", data={"text": text, "source": "model"})
    line = to_sse(event, 3)
    assert line.count("\n") == 4
    assert list(from_sse(line.splitlines())) == [event]
