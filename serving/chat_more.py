"""What stands beside the pages in the chat: the figures, the two-tap log, and the line of a reminder. Hooks only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import chainlit as cl

from agent.domain import Settings
from agent.errors import DiscoveryError
from serving import chat_rooms
from serving.chat_page import Page
from serving.client import Client, EntryData

chat_rooms.settle()  # before anything of the journal is imported

from serving import chat_figures, chat_log  # noqa: E402

Write = Callable[[Page], Awaitable[None]]
"""Shows a page and follows the turn of its entry."""


async def offer(client: Client, settings: Settings, newest: Sequence[EntryData]) -> None:
    """Puts the bar with the two ways on the page, with the line of a reminder where one is due."""
    zone = ZoneInfo(settings.zone) if settings.zone else None
    try:
        line = chat_log.asks(await client.reminders(), newest, datetime.now(zone).astimezone(zone))
    except DiscoveryError:
        line = None  # a reminder is not worth a failure
    props = {"asks": line, **chat_log.choices()}
    await _send("more", cl.CustomElement(id="more-bar", name="More", props=props, url="/public/elements/More.jsx"))


def install(client: Client, write: Write) -> None:
    """Registers what the bar does."""

    @cl.action_callback("figures")
    async def figures(_action: cl.Action) -> dict[str, str]:
        """Draws how the person has been; an earlier drawing goes."""
        try:
            props = chat_figures.drawn(await client.insights())
        except DiscoveryError as error:
            return {"trouble": str(error)}
        if (before := cl.user_session.get("figures")) is not None:
            await before.remove()
        name = f"figures-{uuid4()}"
        # An address keeps Chainlit from writing the element's content to a file: what it holds is private.
        element = cl.CustomElement(id=name, name="Figures", props=props, url="/public/elements/Figures.jsx")
        cl.user_session.set("figures", await _send(name, element))
        return {}

    @cl.action_callback("log")
    async def log(action: cl.Action) -> dict[str, str]:
        """Keeps what was tapped as an entry."""
        try:
            await write(chat_log.logged(action.payload))
        except DiscoveryError as error:
            return {"trouble": str(error)}
        return {}


async def _send(name: str, element: cl.CustomElement) -> Any:
    message = cl.Message(id=name, content="", elements=[element])
    message.parent_id = None  # a child of a typed message would vanish with it
    return await message.send()
