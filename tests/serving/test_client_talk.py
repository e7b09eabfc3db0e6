"""Questions by the client."""

from __future__ import annotations

import pytest
from fakes.gateway import Gateway

from serving.client import Client, ClientError


async def test_a_question_carries_the_lines_in_order_and_brings_the_answer() -> None:
    gateway = Gateway().start()
    gateway.question("why?", "why", "Because of “cried”.")
    async with Client(gateway.url, timeout=5) as client:
        answer = await client.ask(["I cried.", "why?"], language="de-AT")
        assert answer["route"] == "why" and answer["sentences"] == ["Because of “cried”."]
        assert (await client.ask(["I cried."]))["route"] == "entry"
    assert gateway.conversations == [["I cried.", "why?"], ["I cried."]]
    gateway.close()


async def test_nobody_there_is_one_sentence() -> None:
    async with Client("http://127.0.0.1:9", timeout=2) as client:
        with pytest.raises(ClientError, match="is not running"):
            await client.ask(["why?"])
