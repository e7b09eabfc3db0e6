"""Questions in the chat, and words typed before it is there, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.browser import ENTER, Chat, Visit, picture, until, write
from fakes.scenes import EVENING, EVENING_TURN, ITEMS, read, safe
from playwright.sync_api import BrowserContext, Route, expect

pytestmark = pytest.mark.e2e
WEEK = "how was my week?"


def test_a_question_is_answered_and_one_click_keeps_it(visit: Visit, chat: Chat) -> None:
    page = visit()
    chat.gateway.turn(EVENING, *EVENING_TURN)
    expect(write(page, EVENING).locator(".d-card")).to_have_count(2)
    chat.gateway.question(WEEK, "period", "You wrote 1 entry this week.", "Remorse was read most often.")
    asked = write(page, WEEK)
    expect(asked.locator(".d-answer p")).to_have_text(["You wrote 1 entry this week.", "Remorse was read most often."])
    expect(asked.locator(".d-foot")).to_contain_text("Answered, not kept")
    assert [entry["text"] for entry in chat.gateway.entries] == [EVENING]
    assert chat.gateway.conversations[-1] == [EVENING, WEEK], "what was written before goes along"
    picture(page, "wide-light-answered")
    chat.gateway.turn(WEEK, safe(), read(("curiosity", 0.7)))
    asked.get_by_role("button", name="Keep it as an entry").click()
    expect(asked.locator(".d-foot")).to_contain_text("Kept as an entry")
    assert [entry["text"] for entry in chat.gateway.entries] == [EVENING, WEEK]
    asked.get_by_role("button", name="Undo").click()
    asked.get_by_role("button", name="Delete").click()
    expect(page.locator(".d-now").last).to_contain_text("This entry is deleted.")
    assert [entry["text"] for entry in chat.gateway.entries] == [EVENING]


def test_a_wish_brings_cards_and_a_line_that_is_an_entry_is_kept(visit: Visit, chat: Chat) -> None:
    page = visit("narrow")
    chat.gateway.question("something calmer, please", "suggest", "Two quiet things.", items=ITEMS)
    asked = write(page, "something calmer, please")
    expect(asked.locator(".d-card h4")).to_have_text(["A Short Hike", "My Neighbor Totoro"])
    asked.locator("[data-item='a-short-hike']").get_by_role("button", name="Like").click()
    expect(asked.get_by_role("button", name="Liked")).to_have_attribute("aria-pressed", "true")
    text = "why am I like this?"
    chat.gateway.turn(text, safe(), read(("confusion", 0.7)))
    expect(write(page, text).locator(".d-foot")).to_contain_text("Kept as an entry")
    assert [entry["text"] for entry in chat.gateway.entries] == [text]


def test_what_is_typed_and_sent_before_the_chat_is_connected_is_kept_once_it_is(
    chat: Chat, devices: Callable[[str, str], BrowserContext], visit: Visit
) -> None:
    page = devices("wide", "light").new_page()
    held: list[Route] = []
    closed = [True]  # the page stands, its connection does not yet
    page.route("**/ws/socket.io/**", lambda route: held.append(route) if closed else route.continue_())
    page.goto(chat.url)
    box = page.locator("#chat-input")
    box.press_sequentially(EVENING)
    box.press(ENTER)
    expect(box).to_have_value(EVENING)
    chat.gateway.turn(EVENING, *EVENING_TURN)
    closed.clear()
    for route in held:
        route.continue_()
    expect(page.locator(".d-welcome")).to_be_visible()
    until(lambda: bool(chat.gateway.entries), "what was typed early was not kept", 20)
    expect(box).to_have_value("")
    page.close()


ANEW = """() => {
  const old = document.getElementById('chat-input');
  const made = old.cloneNode();
  made.value = '';
  old.replaceWith(made);
}"""


def test_a_box_that_is_made_anew_gets_the_draft_back(visit: Visit) -> None:
    page = visit()
    page.locator("#chat-input").fill("half a thought")
    page.evaluate(ANEW)
    expect(page.locator("#chat-input")).to_have_value("half a thought")


def test_what_was_sent_does_not_come_back_into_the_box(visit: Visit, chat: Chat) -> None:
    page = visit()
    chat.gateway.turn(EVENING, *EVENING_TURN)
    expect(write(page, EVENING).locator(".d-card")).to_have_count(2)
    page.evaluate(ANEW)
    page.wait_for_timeout(500)
    expect(page.locator("#chat-input")).to_have_value("")
    assert len(chat.gateway.entries) == 1
