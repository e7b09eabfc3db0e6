"""The chat when something weighs or goes wrong: help, parts that fail, words that must not be lost."""

from __future__ import annotations

import pytest
from fakes.browser import ENTER, Chat, Visit, picture, write
from fakes.scenes import CONCERN, CRISIS, EVENING, EVENING_TURN, carried, danger, read, safe
from playwright.sync_api import expect

from agent.domain import MAX_TEXT
from agent.events import failed

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_in_a_crisis_there_is_the_help_card_and_nothing_else(visit: Visit, chat: Chat, size: str) -> None:
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


def test_at_concern_the_card_is_folded_under_a_soft_line(visit: Visit, chat: Chat) -> None:
    page = visit()
    chat.gateway.turn(CONCERN, danger("concern"), read(("sadness", 0.72)), carried(CONCERN, sadness="so tired"))
    entry = write(page, CONCERN)
    expect(entry.locator(".d-bar")).to_have_count(1)
    call = entry.get_by_role("link", name="Call 116 123")
    expect(call).to_be_hidden()
    entry.get_by_text("there are people you can talk to").click()
    expect(call).to_be_visible()
    picture(page, "wide-light-concern")


def test_an_entry_can_be_undone_after_one_question(visit: Visit, chat: Chat) -> None:
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


def test_parts_that_fail_are_told_calmly_and_the_feeling_can_still_be_named(visit: Visit, chat: Chat) -> None:
    page = visit()
    chat.gateway.turn("Maths went well!", safe(), failed("emotions", "E_MODEL"), failed("suggestions", "E_INDEX"))
    entry = write(page, "Maths went well!")
    expect(entry).to_contain_text("Your entry is kept; you can name the feeling yourself.")
    expect(entry).not_to_contain_text("E_")
    entry.get_by_role("button", name="Say what it was").click()
    entry.get_by_text("pride", exact=True).click()
    entry.get_by_role("button", name="This is it").click()
    expect(entry.locator(".d-own li")).to_have_text(["pride"])


def test_words_that_could_not_be_kept_stay_and_are_kept_later(visit: Visit, chat: Chat) -> None:
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


def test_the_chat_opens_while_the_journal_is_away(visit: Visit, chat: Chat) -> None:
    chat.gateway.stop()
    page = visit()
    expect(page.get_by_role("status")).to_contain_text("Your journal is not answering.")
    chat.gateway.start()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Your journal is not answering.")).to_have_count(0)


def test_an_entry_that_is_too_long_is_held_in_the_box(visit: Visit, chat: Chat) -> None:
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
