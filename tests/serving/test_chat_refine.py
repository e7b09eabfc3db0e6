"""The cards of suggestions in a real browser: one-click refinements, the way in three steps, likes after a reload."""

from __future__ import annotations

import pytest
from fakes.browser import Chat, Visit, picture, write
from fakes.scenes import EVENING, EVENING_TURN, ITEMS, SHORTER
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

CALM = {"level": "none"}


@pytest.mark.parametrize(
    ("size", "theme"), [("wide", "light"), ("narrow", "dark"), ("narrow", "light"), ("wide", "dark")]
)
def test_a_list_is_changed_by_clicks_and_a_way_is_shown(visit: Visit, chat: Chat, size: str, theme: str) -> None:
    page = visit(size, theme)
    chat.gateway.turn(EVENING, *EVENING_TURN)
    chat.gateway.answers["suggest"] = {"items": SHORTER, "safety": CALM, "limits": {"max_minutes": 52}}
    chat.gateway.answers["suggest/path"] = {"items": [*SHORTER, ITEMS[0]], "safety": CALM}
    entry = write(page, EVENING)
    group = entry.get_by_role("group", name="Change this list")
    expect(group.get_by_role("button")).to_have_text(["Calmer", "Shorter", "Free", "With friends", "Something else"])
    group.get_by_role("button", name="Shorter").click()
    expect(entry.locator(".d-card h4")).to_have_text(["Lofi Girl", "Coffee Talk"])
    expect(group.get_by_role("button", name="Shorter")).to_have_attribute("aria-pressed", "true")
    expect(entry.locator(".d-limits")).to_contain_text("This list: up to 52 min.")
    expect(entry.locator("[data-item='coffee-talk']")).to_contain_text("Contains strong language")
    expect(entry.locator("[data-item='lofi-girl']")).to_contain_text("Video · 2017 · 20 min · free")
    assert chat.gateway.bodies[-1]["shown"] == [item["id"] for item in ITEMS]
    entry.locator(".d-refine").scroll_into_view_if_needed()
    picture(page, f"{size}-{theme}-refined")

    chat.gateway.answers["suggest"] = {"items": [], "safety": CALM, "limits": {}}
    group.get_by_role("button", name="With friends").click()
    expect(entry.locator(".d-limits")).to_contain_text("this list stays")
    expect(entry.locator(".d-card")).to_have_count(2)
    chat.gateway.answers["suggest"] = {"items": ITEMS, "safety": CALM, "limits": {}}
    entry.get_by_role("button", name="Start over").click()
    expect(entry.locator(".d-card h4")).to_have_text(["A Short Hike", "My Neighbor Totoro"])

    entry.get_by_role("button", name="Or a way there, in three steps").click()
    expect(entry.locator(".d-way .d-step")).to_have_text(["First", "Then", "And then"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page must not scroll sideways"
    entry.locator(".d-foot").scroll_into_view_if_needed()
    picture(page, f"{size}-{theme}-way")


def test_a_like_is_still_there_after_a_reload(visit: Visit, chat: Chat) -> None:
    page = visit()
    chat.gateway.turn(EVENING, *EVENING_TURN)
    entry = write(page, EVENING)
    entry.locator("[data-item='a-short-hike']").get_by_role("button", name="Like").click()
    expect(entry.get_by_role("button", name="Liked")).to_be_visible()
    page.reload()
    page.locator(".d-summary").last.click()
    again = page.locator(".d-past .d-page")
    expect(again.locator("[data-item='a-short-hike']").get_by_role("button", name="Liked")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(again.get_by_role("group", name="Change this list")).to_be_visible()
