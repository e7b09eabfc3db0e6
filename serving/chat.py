"""The chat: Chainlit's hooks and nothing else. What a turn does is in `chat_turn`, what a page holds in `chat_page`.

It runs as its own process (`chat_process` says how) and is a client of the API at `DISCOVERY_API`. Chainlit stores
nothing: the journal is the only memory, and past entries are fetched from it whenever the page opens.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import chainlit as cl
from chainlit.input_widget import Select, Switch
from chainlit.server import app

from agent.domain import Settings, utcnow
from agent.errors import DiscoveryError, NotFound
from serving import chat_answer, chat_more, chat_suggest, chat_turn
from serving.chat_guard import LOOPBACK, Guard
from serving.chat_page import Page
from serving.chat_settings import REGIONS, from_form, region_name
from serving.client import DEFAULT_URL, Client

API = os.environ.get("DISCOVERY_API", DEFAULT_URL)
PAST = 10
"""How many past entries are shown at first, and by each "show earlier"."""

app.add_middleware(Guard)
for _chatty in ("httpx", "httpcore", "chainlit", "engineio", "socketio"):
    # They log addresses and configuration at best; errors still come through.
    logging.getLogger(_chatty).setLevel(logging.ERROR)

client = Client(API)


class Shelf:
    """One open chat: its pages, the elements that show them, and what was chosen and said in it."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.language: str | None = cl.context.session.environ.get("HTTP_ACCEPT_LANGUAGE")
        self.cursor: str | None = None
        self.told_at = utcnow()
        self._pages: dict[str, list[Page]] = {}
        self._elements: dict[str, cl.CustomElement] = {}
        self._turns: set[asyncio.Future[None]] = set()

    def page(self, key: str) -> Page:
        """The page with this key. Raises `NotFound` when it does not stand here."""
        for page in (page for pages in self._pages.values() for page in pages):
            if page.key == key:
                return page
        raise NotFound("This page has been open for too long. Reload it to go on.")

    def lines(self) -> list[str]:
        """What was written in this chat and still stands, oldest first."""
        written = (page for name, pages in self._pages.items() if name not in ("past", "care") for page in pages)
        return [page.text for page in written if page.text]

    async def put(self, message: str, pages: list[Page]) -> None:
        """Shows pages under one message, whose id stays the same when a lost connection starts the chat anew."""
        self._pages[message] = pages
        # An address keeps Chainlit from writing the element's content to a file: what it holds is private.
        element = cl.CustomElement(id=f"pages-{message}", name="Page", url="/public/elements/Page.jsx")
        self._elements[message] = element
        element.props = self._props(message)
        await _send(cl.Message(id=message, content="", elements=[element]))

    async def earlier(self, pages: list[Page]) -> None:
        """Puts earlier pages before those of the past."""
        self._pages["past"][:0] = pages
        await self._show("past")

    async def show(self, page: Page) -> None:
        """Shows a page again after it changed."""
        await self._show(next(name for name, pages in self._pages.items() if any(one is page for one in pages)))

    def go_on(self, turn: Coroutine[Any, Any, None]) -> None:
        """Lets a turn run on beside the page, held so that it is not collected before its end."""
        task = asyncio.ensure_future(turn)
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)

    async def _show(self, message: str) -> None:
        self._elements[message].props = self._props(message)
        await self._elements[message].update()

    def _props(self, message: str) -> dict[str, Any]:
        past = message == "past"
        pages = [asdict(page) for page in self._pages[message]]
        return {"pages": pages, "past": past, "more": past and self.cursor is not None}


def shelf() -> Shelf:
    """The shelf of the chat that asks."""
    found: Shelf | None = cl.user_session.get("shelf")
    if found is None:
        # Somebody who types fast sends a text before the chat has started: it finds its shelf all the same.
        found = Shelf()
        cl.user_session.set("shelf", found)
    return found


@cl.data_layer
def nowhere() -> None:
    """Chainlit keeps nothing, whatever a stray environment variable may say."""


@cl.header_auth_callback
async def sign_in(_headers: Any) -> cl.User:
    """Signs in the person of this computer without a form: a password would only guard loopback against oneself.
    `Guard` has already turned away everything that does not come from this computer's own page."""
    return cl.User(identifier="you", display_name="You")


@cl.on_app_shutdown
async def close() -> None:
    """Gives the connections to the API back."""
    await client.aclose()


@cl.on_chat_start
async def start() -> None:
    """The first screen: what this is, the goals to pick from, and what was written before."""
    here = shelf()
    await _offer_goals()
    try:
        here.settings = await client.settings()
        entries, here.cursor = await client.entries(limit=PAST)
        care = await client.care(language=here.language)
    except DiscoveryError as error:
        await _welcome(trouble=str(error))
        return
    await _welcome(returning=bool(entries))
    if entries:
        await here.put("past", [Page.stored(entry) for entry in reversed(entries)])
    if care["state"] != "closed":
        await here.put("care", [Page.standing(care)])
    await chat_more.offer(client, here.settings, entries)
    await _offer_settings(here.settings)


@cl.on_message
async def write(message: cl.Message) -> None:
    """A typed text becomes a page at once, an entry unless it is clearly a question; its turn goes on while the person
    writes on."""
    here = shelf()
    if message.content.strip():
        goal = chat_turn.goal_named(message.command)
        page = chat_answer.typed(message.content, goal, suggest=here.settings.suggestions)
        await here.put(page.key, [page])
        here.go_on(chat_answer.respond(client, page, here.lines(), here.show, here.language))
    await message.remove()
    if chat_turn.due(here.told_at, utcnow()):
        here.told_at = utcnow()
        await _send(cl.Message(content=chat_turn.REMINDER))


async def put_log(page: Page) -> None:
    """Shows what was tapped as an entry, and follows its turn."""
    await shelf().put(page.key, [page])
    shelf().go_on(chat_turn.follow(client, page, shelf().show, shelf().language))


chat_more.install(client, put_log)


@cl.on_settings_update
async def change_settings(form: dict[str, Any]) -> None:
    """Stores what the person chose in the settings."""
    try:
        changed = from_form(form)
        shelf().settings = await client.change_settings(**changed.model_dump(exclude_unset=True))
        await cl.context.emitter.send_toast("Your settings are kept.", "success")
    except DiscoveryError as error:
        await cl.context.emitter.send_toast(f"Your settings were not kept. {error}", "error")


@cl.action_callback("again")
async def keep_again(action: cl.Action) -> dict[str, str]:
    """Tries once more to keep a text."""

    async def act(page: Page) -> None:
        shelf().go_on(chat_turn.again(client, page, shelf().show, shelf().language))

    return await _act(action, act)


@cl.action_callback("keep")
async def keep_answered(action: cl.Action) -> dict[str, str]:
    """Keeps a question as an entry."""

    async def act(page: Page) -> None:
        shelf().go_on(chat_answer.keep(client, page, shelf().show, shelf().language))

    return await _act(action, act)


@cl.action_callback("correct")
async def correct(action: cl.Action) -> dict[str, str]:
    """The person says what it was."""
    return await _act(action, lambda page: chat_turn.correct(client, page, action.payload.get("labels")))


@cl.action_callback("safe")
async def own_word(action: cl.Action) -> dict[str, str]:
    """The person says whether they are safe."""
    return await _act(action, lambda page: chat_turn.own_word(client, page, action.payload.get("safe")))


@cl.action_callback("delete")
async def delete(action: cl.Action) -> dict[str, str]:
    """Takes an entry away for good."""
    return await _act(action, lambda page: chat_turn.delete(client, page))


@cl.action_callback("judge")
async def judge(action: cl.Action) -> dict[str, str]:
    """What the person says of a suggestion."""
    item, verdict = action.payload.get("item"), action.payload.get("verdict")
    return await _act(action, lambda page: chat_turn.judge(client, page, item, verdict))


@cl.action_callback("refine")
async def refine(action: cl.Action) -> dict[str, str]:
    """Another list, by one click."""
    return await _act(action, lambda page: chat_suggest.refine(client, page, action.payload.get("wish")))


@cl.action_callback("way")
async def way(action: cl.Action) -> dict[str, str]:
    """A way to the goal in three steps."""
    return await _act(action, lambda page: chat_suggest.way(client, page))


@cl.action_callback("earlier")
async def earlier(_action: cl.Action) -> dict[str, str]:
    """Shows entries from further back."""
    if shelf().cursor is None:
        return {}
    try:
        entries, shelf().cursor = await client.entries(limit=PAST, cursor=shelf().cursor)
    except DiscoveryError as error:
        return {"trouble": str(error)}
    await shelf().earlier([Page.stored(entry) for entry in reversed(entries)])
    return {}


async def _act(action: cl.Action, act: Callable[[Page], Awaitable[None]]) -> dict[str, str]:
    """Does something with the page an action names and shows it again; `{trouble}` says why it did not work."""
    try:
        page = shelf().page(str(action.payload.get("page")))
        await act(page)
        await shelf().show(page)
    except DiscoveryError as error:
        return {"trouble": str(error)}
    return {}


async def _send(message: cl.Message) -> None:
    """Sends a message that stands by itself: a child of the typed message would vanish with it."""
    message.parent_id = None
    await message.send()


async def _welcome(*, returning: bool = False, trouble: str | None = None) -> None:
    where = urlsplit(API).hostname or ""
    props = {"returning": returning, "trouble": trouble, "server": None if where in LOOPBACK else where}
    element = cl.CustomElement(id="welcome-card", name="Welcome", props=props, url="/public/elements/Welcome.jsx")
    await _send(cl.Message(id="welcome", content="", elements=[element]))


async def _offer_goals() -> None:
    chips = [
        {"id": name, "description": meaning, "icon": icon, "button": True, "persistent": False}
        for name, meaning, icon in chat_turn.GOALS.values()
    ]
    await cl.context.emitter.set_commands(chips)


async def _offer_settings(settings: Settings) -> None:
    names = list(REGIONS)
    await cl.ChatSettings(
        [
            Select(
                id="region",
                label="Country, for help lines",
                values=names,
                initial_index=names.index(region_name(settings.region)),
            ),
            Switch(id="read_emotions", label="Read the emotions in what I write", initial=settings.read_emotions),
            Switch(id="suggestions", label="Suggest games and videos", initial=settings.suggestions),
        ]
    ).send()
