"""A typed text that is a question: answered, and kept only where the person says so.

A text is an entry unless it is clearly a question. In doubt, and whenever asking fails, it is kept: nothing that
somebody wrote is lost because a machine thought that it was not meant to stay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from agent.asking import may_ask
from agent.conversation import MOST_LINES
from serving import chat_turn
from serving.chat_page import Page
from serving.chat_turn import Show
from serving.client import Client, ClientError

SECONDS = 25.0
"""How long an answer may take before the text is kept as an entry: a little more than the slowest look-up."""


def typed(text: str, goal: str | None, *, suggest: bool) -> Page:
    """The page of a text that was just typed. One that cannot be a question by its words alone is kept at once."""
    return Page(text=text, goal=goal, suggest=suggest, state="asking" if may_ask(text) else "keeping")


async def respond(client: Client, page: Page, lines: Sequence[str], show: Show, language: str | None = None) -> None:
    """The answer to a page that asks, and the turn of an entry for every other; raises nothing. `lines` are what was
    written in this chat, oldest first and this page's text last: "why" and "more like that" go by them."""
    if page.state == "asking":
        answer = await _answer(client, lines[-MOST_LINES:], language)
        if answer["route"] != "entry" and (answer["sentences"] or answer["items"]):
            page.take_answer(answer)
            await show(page)
            return
        page.state = "keeping"
    await chat_turn.follow(client, page, show, language)


async def keep(client: Client, page: Page, show: Show, language: str | None = None) -> None:
    """Keeps a question as an entry after all, which reads it and whatever follows; raises nothing."""
    if page.state == "answered":
        page.state, page.reading, page.suggestions = "keeping", True, []
        await show(page)
        await chat_turn.follow(client, page, show, language)


async def _answer(client: Client, lines: Sequence[str], language: str | None) -> dict[str, Any]:
    try:
        async with asyncio.timeout(SECONDS):
            return await client.ask(lines, language=language)
    except (ClientError, TimeoutError):
        return {"route": "entry"}
