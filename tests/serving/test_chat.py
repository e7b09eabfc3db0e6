"""The chat as a person meets it: the real process in a real browser, against the scripted gateway.

Every request that the browser makes is watched; screenshots of what people see go to `tests/screenshots/`.
"""

from __future__ import annotations

import pytest
from fakes.browser import Chat, Visit, picture, until, write
from fakes.scenes import EVENING, EVENING_TURN, read, safe
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_the_first_screen_says_what_this_is_who_reads_and_where_it_stays(visit: Visit) -> None:
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
    visit: Visit, chat: Chat, size: str, theme: str
) -> None:
    page = visit(size, theme)
    picture(page, f"{size}-{theme}-welcome")
    chat.gateway.turn(EVENING, *EVENING_TURN, pause=0.03)
    calm = page.get_by_role("button", name="Calm", exact=True)
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


def test_the_person_corrects_likes_and_dismisses(visit: Visit, chat: Chat) -> None:
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


def test_what_was_written_comes_back_after_a_reload_and_can_be_gone_through(visit: Visit, chat: Chat) -> None:
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


def test_settings_are_kept_by_the_journal(visit: Visit, chat: Chat) -> None:
    page = visit()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("switch").nth(1).click()
    page.get_by_role("combobox").click()
    # By the keyboard: a click that comes while the list still opens is swallowed by it.
    page.get_by_role("option", name="Ireland").press("Enter")
    expect(page.get_by_role("combobox")).to_have_text("Ireland")
    page.get_by_role("button", name="Keep these").click()
    until(lambda: chat.gateway.settings["region"] == "IE", f"not kept: {chat.gateway.settings}", 20)
    assert chat.gateway.settings == {"region": "IE", "read_emotions": True, "suggestions": False}
    chat.gateway.turn("Quiet day.", safe(), read(("neutral", 0.8)))
    expect(write(page, "Quiet day.")).to_contain_text("This reads quite even")
    assert chat.gateway.bodies[-1]["suggest"] is False
    chat.gateway.settings = {"region": None, "read_emotions": True, "suggestions": True}
