"""One start of the real product, shared by every end-to-end test; and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import psutil
import pytest
from fakes.browser import FLAGS
from playwright.sync_api import Browser, sync_playwright
from support.product import Product, start, stop


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The running product; when it has been stopped, none of its processes may be left."""
    running = start(tmp_path_factory.mktemp("home"))
    try:
        running.wait("journal")
        yield running
        family = psutil.Process(running.process.pid).children(recursive=True)
        stop(running)
        left = [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        assert left == [], f"left behind after Ctrl-C: {left}"
    finally:
        if running.process.poll() is None:
            running.process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is not installed; `make system` installs it.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()
