"""What the browser tests of the chat share: the running chat, and what a person does in front of it."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes.gateway import Gateway
from playwright.sync_api import Locator, Page

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
SIZES: dict[str, Any] = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
ENTER = "Enter"

Visit = Callable[..., Page]
"""Opens the chat over an empty journal: `visit(size, theme)`, by default on a desktop by day."""


@dataclass
class Chat:
    """The running chat: its gateway, where it is, and what the browser asked for."""

    gateway: Gateway
    url: str
    folder: Path
    asked: set[str] = field(default_factory=set)

    @property
    def log(self) -> str:
        return (self.folder / "chat.log").read_text()


def until(holds: Callable[[], bool], why: str, seconds: float = 60) -> None:
    """Waits for something outside the browser."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


def answers(url: str, **headers: str) -> bool:
    return status(url, **headers) == 200


def status(url: str, method: str = "GET", **headers: str) -> int:
    """The HTTP status, or 0 when nobody listens."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers), timeout=5) as answer:
            code: int = answer.status
            return code
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def write(page: Page, text: str) -> Locator:
    """Writes an entry and returns its page."""
    page.locator("#chat-input").fill(text)
    page.keyboard.press(ENTER)
    return page.locator(".d-now .d-page").last


def picture(page: Page, name: str) -> None:
    """Keeps a screenshot, once what moves has come to rest."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.wait_for_timeout(900)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
