"""A person in front of the real product: real Chromium, real chat, real models."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from fakes.browser import SCREENSHOTS, SIZES, picture, write
from playwright.sync_api import Browser, expect
from support.product import Product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
TEXT = (
    "I miss my grandmother so much. I found her letters today and cried for an hour, grateful that she kept them all."
)


@pytest.mark.parametrize(("size", "theme"), [("wide", "light"), ("narrow", "dark")])
def test_an_entry_is_kept_read_explained_answered_and_comes_back(
    product: Product, browser: Browser, size: str, theme: str
) -> None:
    product.wait("journal", "classifier", "recommender", "llm")
    context = browser.new_context(viewport=SIZES[size], color_scheme="dark" if theme == "dark" else "light")
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
    page.on("websocket", lambda socket: asked.add(urlsplit(socket.url).hostname or ""))
    page.goto(product.chat)
    expect(page.locator(".d-welcome")).to_be_visible(timeout=60_000)
    entry = write(page, TEXT)
    expect(entry.locator(".d-bar .d-name").first).to_have_text(re.compile("sadness|gratitude"), timeout=30_000)
    expect(entry.locator(".d-explanation mark").first).to_be_visible(timeout=60_000)
    expect(entry.locator(".d-card")).to_have_count(3, timeout=60_000)
    picture(page, f"real-{size}-{theme}")
    page.reload()
    expect(page.locator("body")).to_contain_text("I found her letters today", timeout=60_000)
    picture(page, f"real-{size}-{theme}-again")
    assert asked <= {"127.0.0.1", ""}, asked
    assert (SCREENSHOTS / f"real-{size}-{theme}.png").stat().st_size > 10_000
    context.close()
