"""The shared fakes on the path (`from fakes.gateway import Gateway`), and the chat in a browser for those who ask."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache

import pytest
from fakes.browser import FLAGS, SIZES, Chat, Visit, answers, until
from fakes.gateway import Gateway, free_port
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from serving.chat_process import chat_command, chat_environment
from serving.client import Client
from serving.web_build import prepare_web

WAIT = 20_000
"""Milliseconds a browser may take on a busy machine: a test that waits shorter fails for the machine alone."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A scripted gateway of this test alone."""
    fake = Gateway().start()
    yield fake
    fake.close()


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[Client]:
    """The chat's own client of it."""
    async with Client(gateway.url, timeout=5) as opened:
        yield opened


@pytest.fixture(scope="session")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    folder, port = tmp_path_factory.mktemp("chat"), free_port()
    gateway = Gateway().start()
    root = prepare_web(folder / "root")
    with (folder / "chat.log").open("wb") as log:
        process = subprocess.Popen(
            chat_command(port=port),
            env=chat_environment(root, folder / "data", api=gateway.url),
            cwd=root,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Chat(gateway, f"http://127.0.0.1:{port}", folder)
    try:
        until(lambda: answers(running.url + "/health"), f"the chat did not start:\n{running.log}")
        yield running
        assert process.poll() is None, f"the chat ended by itself:\n{running.log}"
    finally:
        process.terminate()
        process.wait(15)
        gateway.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: while it is open, Playwright keeps an event loop that async tests trip over."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is not installed, so nobody has seen the chat; `apt-get install chromium` provides it.")
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def devices(chat: Chat, browser: Browser) -> Callable[[str, str], BrowserContext]:
    """A phone and a desktop, by day and by night; each keeps what it loaded, as a person's browser does."""

    @cache
    def device(size: str, theme: str) -> BrowserContext:
        context = browser.new_context(
            viewport=SIZES[size], color_scheme=theme, has_touch=size == "narrow", locale="en-GB",
            device_scale_factor=1 if size == "wide" else 2,
        )  # fmt: skip
        context.on("request", lambda request: chat.asked.add(request.url))
        context.set_default_timeout(WAIT)
        return context

    return device


@pytest.fixture
def visit(chat: Chat, devices: Callable[[str, str], BrowserContext]) -> Iterator[Visit]:
    """Opens the chat over an empty journal: `visit(size, theme)`; checks at the end what was asked of whom."""
    pages: list[Page] = []
    chat.gateway.entries.clear()
    chat.gateway.feedback.clear()

    def open_page(size: str = "wide", theme: str = "light") -> Page:
        pages.append(devices(size, theme).new_page())
        pages[-1].goto(chat.url)
        expect(pages[-1].locator(".d-welcome")).to_be_visible()
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()
    assert not chat.gateway.wrong and not chat.gateway.turns and not chat.gateway.questions
    foreign = {url for url in chat.asked if not url.startswith((chat.url, "data:", "blob:"))}
    assert not foreign, f"the page asked beyond its own address: {foreign}"
