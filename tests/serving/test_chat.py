"""The chat as a person meets it: the real process in a real browser, against the scripted gateway.

Every request that the browser makes is watched; screenshots of what people see go to `tests/screenshots/`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fakes.gateway import Gateway, free_port
from fakes.scenes import CONCERN, CRISIS, EVENING, EVENING_TURN, SYMBOLS, carried, danger, event, read, safe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from agent.domain import MAX_TEXT
from agent.events import failed
from serving.chat_process import chat_command, chat_environment
from serving.web_build import prepare_web

pytestmark = pytest.mark.e2e

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
SIZES = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
ENTER = "Enter"


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


@pytest.fixture(scope="module")
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
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is not installed, so nobody has seen the chat; `apt-get install chromium` provides it.")
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
        context.set_default_timeout(15_000)
        return context

    return device


@pytest.fixture
def visit(chat: Chat, devices: Callable[[str, str], BrowserContext]) -> Iterator[Callable[..., Page]]:
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
    assert not chat.gateway.wrong and not chat.gateway.turns
    foreign = {url for url in chat.asked if not url.startswith((chat.url, "data:", "blob:"))}
    assert not foreign, f"the page asked beyond its own address: {foreign}"


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


def write(page: Page, text: str) -> Any:
    """Writes an entry and returns its page."""
    page.locator("#chat-input").fill(text)
    page.keyboard.press(ENTER)
    return page.locator(".d-now .d-page").last


def picture(page: Page, name: str) -> None:
    """Keeps a screenshot, once what moves has come to rest."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.wait_for_timeout(900)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_the_first_screen_says_what_this_is_who_reads_and_where_it_stays(visit: Callable[..., Page]) -> None:
    page = visit()
    welcome = page.locator(".d-welcome")
    for words in ("private journal", "A machine reads along", "kept on this computer, encrypted", "no therapy"):
        expect(welcome).to_contain_text(words)
    goals = page.get_by_role("group", name="What you would like next, if anything")
    expect(goals.get_by_role("button")).to_have_text(["Stay", "Lift", "Calm", "Energise", "Distract", "Connect"])
    expect(page.get_by_role("textbox", name="Your entry")).to_be_focused()
    expect(page.locator("body")).to_contain_text("it can be wrong")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_an_entry_gets_its_reading_its_reasons_and_its_suggestions(
    visit: Callable[..., Page], chat: Chat, size: str, theme: str
) -> None:
    page = visit(size, theme)
    picture(page, f"{size}-{theme}-welcome")
    chat.gateway.turn(EVENING, *EVENING_TURN, pause=0.03)
    calm = page.get_by_role("button", name="Calm")
    calm.click()
    expect(calm).to_have_attribute("aria-pressed", "true")
    entry = write(page, EVENING)

    expect(entry.locator(".d-foot")).to_contain_text("Kept as an entry")
    expect(entry.locator(".d-words")).to_have_text(EVENING)
    expect(entry.locator(".d-words mark")).to_have_text(
        ["I snapped at her again", "her voice going quiet", "that was kind"]
    )
    expect(entry.locator(".d-bar .d-name")).to_have_text(["remorse", "sadness", "gratitude"])
    expect(entry.locator(".d-sure")).to_have_text(["quite sure83%", "probably61%", "might be42%"])
    expect(entry.locator(".d-explanation mark")).to_have_count(3)
    expect(entry.locator(".d-source")).to_contain_text("It can be wrong")
    expect(entry.locator(".d-card h4")).to_have_text(["A Short Hike", "My Neighbor Totoro"])
    expect(entry.locator(".d-card").first).to_contain_text("Game · 2019 · 90 min")
    expect(entry.get_by_role("link", name="A Short Hike")).to_have_attribute("rel", "noopener noreferrer")
    assert chat.gateway.bodies[-1]["goal"] == "calm"
    expect(calm).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page must not scroll sideways"
    expect(entry.locator(".d-head")).to_be_in_viewport()
    picture(page, f"{size}-{theme}-turn")
    entry.locator(".d-foot").scroll_into_view_if_needed()
    picture(page, f"{size}-{theme}-cards")


def test_the_person_corrects_likes_and_dismisses(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit("narrow")
    chat.gateway.turn(EVENING, *EVENING_TURN)
    entry = write(page, EVENING)
    entry.get_by_role("button", name="Not quite? Say what it was").click()
    picker = entry.get_by_role("group", name="What was it? Choose as many as fit.")
    expect(picker.get_by_role("checkbox")).to_have_count(28)
    expect(picker.get_by_role("checkbox", name="remorse")).to_be_checked()
    picker.get_by_text("sadness").click()
    picker.get_by_text("caring").click()
    expect(picker.get_by_text("caring")).to_be_in_viewport()
    picture(page, "narrow-light-picker")
    picker.get_by_role("button", name="This is it").click()
    expect(entry.locator(".d-own li")).to_have_text(["remorse", "gratitude", "caring"])
    expect(entry).to_contain_text("In your own words")
    assert chat.gateway.entries[0]["correction"]["labels"] == ["remorse", "gratitude", "caring"]

    like = entry.locator("[data-item='a-short-hike']").get_by_role("button", name="Like")
    like.click()
    expect(entry.get_by_role("button", name="Liked")).to_have_attribute("aria-pressed", "true")
    entry.locator("[data-item='my-neighbor-totoro']").get_by_role("button", name="Not this").click()
    expect(entry.locator("[data-item='my-neighbor-totoro']")).to_contain_text("Not this one, then.")
    assert [(said["item_id"], said["verdict"]) for said in chat.gateway.feedback] == [
        ("a-short-hike", "like"),
        ("my-neighbor-totoro", "not_this"),
    ]


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_in_a_crisis_there_is_the_help_card_and_nothing_else(visit: Callable[..., Page], chat: Chat, size: str) -> None:
    page = visit(size, "dark" if size == "narrow" else "light")
    chat.gateway.turn(CRISIS, danger("crisis"))
    entry = write(page, CRISIS)
    card = entry.get_by_role("alert")
    expect(card.get_by_role("link", name="Call 116 123")).to_have_attribute("href", "tel:116123")
    expect(card.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
    expect(card.get_by_role("link", name="Text 85258")).to_have_attribute("href", "sms:85258")
    expect(entry.locator(".d-bars, .d-explanation, .d-suggestions")).to_have_count(0)
    expect(entry.locator(".d-foot")).to_contain_text("Kept as an entry")
    expect(card.get_by_role("link", name="Call 116 123")).to_be_in_viewport()
    picture(page, f"{size}-crisis")
    page.reload()
    expect(page.locator(".d-past").get_by_role("alert")).to_contain_text("116 123")


def test_at_concern_the_card_is_folded_under_a_soft_line(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit()
    chat.gateway.turn(CONCERN, danger("concern"), read(("sadness", 0.72)), carried(CONCERN, sadness="so tired"))
    entry = write(page, CONCERN)
    expect(entry.locator(".d-bar")).to_have_count(1)
    call = entry.get_by_role("link", name="Call 116 123")
    expect(call).to_be_hidden()
    entry.get_by_text("there are people you can talk to").click()
    expect(call).to_be_visible()
    picture(page, "wide-light-concern")


def test_what_was_written_comes_back_after_a_reload_and_can_be_gone_through(
    visit: Callable[..., Page], chat: Chat
) -> None:
    page = visit()
    for day in range(12):
        chat.gateway.remember(f"Day {day} of the walk.", safe(), read(("joy", 0.7)), days_ago=day + 1)
    chat.gateway.turn(EVENING, *EVENING_TURN)
    expect(write(page, EVENING).locator(".d-card")).to_have_count(2)
    page.reload()
    past = page.locator(".d-summary")
    expect(past).to_have_count(10)
    expect(past.last).to_contain_text(EVENING)
    expect(page.locator(".d-welcome")).to_contain_text("Welcome back")
    picture(page, "wide-light-past")
    page.get_by_role("button", name="Show earlier entries").click()
    expect(past).to_have_count(13)
    expect(past.first).to_contain_text("Day 11")
    expect(page.get_by_role("button", name="Show earlier entries")).to_have_count(0)
    past.last.click()
    entry = page.locator(".d-past .d-page")
    expect(entry.locator(".d-words mark")).to_have_count(3)
    expect(entry.locator(".d-card")).to_have_count(2)


def test_an_entry_can_be_undone_after_one_question(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit()
    chat.gateway.turn(EVENING, *EVENING_TURN)
    entry = write(page, EVENING)
    entry.get_by_role("button", name="Undo").click()
    entry.get_by_role("button", name="Keep it").click()
    expect(entry.get_by_role("button", name="Undo")).to_be_visible()
    entry.get_by_role("button", name="Undo").click()
    entry.get_by_role("button", name="Delete").click()
    expect(page.locator(".d-now")).to_contain_text("This entry is deleted.")
    expect(page.get_by_text("I snapped at her")).to_have_count(0)
    assert not chat.gateway.entries


def test_parts_that_fail_are_told_calmly_and_the_feeling_can_still_be_named(
    visit: Callable[..., Page], chat: Chat
) -> None:
    page = visit()
    chat.gateway.turn("Maths went well!", safe(), failed("emotions", "E_MODEL"), failed("suggestions", "E_INDEX"))
    entry = write(page, "Maths went well!")
    expect(entry).to_contain_text("Your entry is kept; you can name the feeling yourself.")
    expect(entry).not_to_contain_text("E_")
    entry.get_by_role("button", name="Say what it was").click()
    entry.get_by_text("pride", exact=True).click()
    entry.get_by_role("button", name="This is it").click()
    expect(entry.locator(".d-own li")).to_have_text(["pride"])


def test_words_that_could_not_be_kept_stay_and_are_kept_later(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit()
    chat.gateway.stop()
    entry = write(page, EVENING)
    expect(entry.get_by_role("alert")).to_contain_text("This is not kept yet.")
    expect(entry.locator(".d-words")).to_have_text(EVENING)
    picture(page, "wide-light-unkept")
    chat.gateway.start()
    chat.gateway.turn(EVENING, *EVENING_TURN)
    entry.get_by_role("button", name="Try again").click()
    expect(entry.locator(".d-card")).to_have_count(2)
    assert len(chat.gateway.entries) == 1


def test_the_chat_opens_while_the_journal_is_away(visit: Callable[..., Page], chat: Chat) -> None:
    chat.gateway.stop()
    page = visit()
    expect(page.get_by_role("status")).to_contain_text("Your journal is not answering.")
    chat.gateway.start()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Your journal is not answering.")).to_have_count(0)


def test_text_is_shown_as_text_and_offsets_count_whole_characters(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit()
    words = "<b>cold</b> hands"
    told = event("explanation", text=f"“{words}” <b>and</b> [a link](https://evil.example)", source="evidence")
    chat.gateway.turn(SYMBOLS, safe(), read(("annoyance", 0.6)), carried(SYMBOLS, annoyance=words), told)
    entry = write(page, SYMBOLS)
    expect(entry.locator(".d-words")).to_have_text(SYMBOLS)
    expect(entry.locator(".d-words mark")).to_have_text([words])
    expect(entry.locator(".d-explanation")).to_contain_text("[a link](https://evil.example)")
    expect(entry.locator("b, img, a[href*=evil]")).to_have_count(0)
    assert page.title() == "Discovery"


def test_an_entry_that_is_too_long_is_held_in_the_box(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit()
    box = page.locator("#chat-input")
    box.fill("x" * (MAX_TEXT + 1))
    expect(page.locator("#d-too-long")).to_contain_text("20,001 characters; one entry holds 20,000")
    page.keyboard.press(ENTER)
    page.locator("#chat-submit").click()
    expect(page.locator(".d-page")).to_have_count(0)
    expect(box).to_have_value("x" * (MAX_TEXT + 1))
    box.fill("")
    expect(page.locator("#d-too-long")).to_have_count(0)


def test_settings_are_kept_by_the_journal(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("switch").nth(1).click()
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="Ireland").click()
    page.get_by_role("button", name="Keep these").click()
    until(lambda: chat.gateway.settings["region"] == "IE", f"not kept: {chat.gateway.settings}", 10)
    assert chat.gateway.settings == {"region": "IE", "read_emotions": True, "suggestions": False}
    chat.gateway.turn("Quiet day.", safe(), read(("neutral", 0.8)))
    expect(write(page, "Quiet day.")).to_contain_text("This reads quite even")
    assert chat.gateway.bodies[-1]["suggest"] is False
    chat.gateway.settings = {"region": None, "read_emotions": True, "suggestions": True}


def test_the_page_can_send_nothing_elsewhere(visit: Callable[..., Page]) -> None:
    page = visit()
    tried = page.evaluate("fetch('https://example.com/?q=secret').then(() => 'sent', () => 'refused')")
    assert tried == "refused"
    policy = page.evaluate("fetch('/').then((answer) => answer.headers.get('content-security-policy'))")
    assert re.search(r"default-src 'none'.*script-src 'self' 'unsafe-eval';", policy)


def test_nobody_else_gets_in_and_nothing_else_is_open(chat: Chat) -> None:
    assert status(chat.url, Host="evil.example") == 400
    assert status(f"{chat.url}/auth/header", "POST", Origin="https://evil.example") == 403
    assert status(f"{chat.url}/project/settings") == 401
    for method, path in (("POST", "/project/file?session_id=x"), ("POST", "/mcp"), ("GET", "/project/file/x")):
        assert status(chat.url + path, method) == 404
    assert status(f"{chat.url}/public/../../data/chat.secret") in (400, 404)


def test_no_word_of_an_entry_is_left_on_the_disk_or_in_the_log(visit: Callable[..., Page], chat: Chat) -> None:
    page = visit()
    canary = "zebrafinch-7731"
    told = event("explanation", text=f"“{canary}” stands out.", source="evidence")
    chat.gateway.turn(canary, safe(), read(("joy", 0.7)), carried(canary, joy=canary), told)
    expect(write(page, canary).locator(".d-explanation")).to_contain_text(canary)
    files = [path for path in chat.folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if canary.encode() in path.read_bytes()]
    assert "Traceback" not in chat.log
