"""Beside the pages: figures, the two-tap log and the reminder's line, in a real browser over the scripted gateway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fakes.browser import Chat, Visit, picture, until
from fakes.scenes import read, safe
from playwright.sync_api import expect

from agent.affect import ASSOCIATIONS
from journal.insights import Moment, summarise
from journal.reminders import LINE

pytestmark = pytest.mark.e2e
MOODS = (-0.6, -0.3, 0.1, 0.4, 0.7, 0.2, -0.1)


@pytest.fixture
def answered(chat: Chat) -> Iterator[Chat]:
    """A gateway with the figures of ten weeks."""
    start = datetime(2026, 9, 1, 8, tzinfo=UTC)
    chat.gateway.answers["insights"] = summarise(
        Moment(
            start + timedelta(hours=19 * n), (("joy", "gratitude", "sadness", "anger")[n % 4],), MOODS[n % 7], True,
            (ASSOCIATIONS[n % 5],), energy=(n % 9) / 9,
        )
        for n in range(90)
    )  # fmt: skip
    yield chat
    chat.gateway.answers.clear()


@pytest.mark.parametrize(
    ("size", "theme"), [("wide", "light"), ("wide", "dark"), ("narrow", "light"), ("narrow", "dark")]
)
def test_how_somebody_has_been_is_drawn_on_the_page(visit: Visit, answered: Chat, size: str, theme: str) -> None:
    page = visit(size, theme)
    page.get_by_role("button", name="How have I been").click()
    figures = page.get_by_role("region", name="How you have been")
    expect(figures).to_contain_text("90 entries on")
    expect(figures.locator(".d-plot .main-svg").first).to_be_visible()
    names = {chart.get_attribute("data-chart") for chart in figures.locator(".d-chart").all()}
    assert names >= {"course", "year-2026", "weeks", "map", "together"}
    assert figures.locator(".d-plot .main-svg").count() >= len(names)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page must not scroll sideways"
    picture(page, f"{size}-{theme}-figures")
    figures.locator("[data-chart='map']").scroll_into_view_if_needed()
    picture(page, f"{size}-{theme}-figures-map")
    asked = answered.gateway.asked.count(("GET", "/v1/insights"))
    page.get_by_role("button", name="How have I been").click()
    until(lambda: answered.gateway.asked.count(("GET", "/v1/insights")) > asked, "the figures were not asked for again")
    expect(page.get_by_role("region", name="How you have been")).to_have_count(1)
    expect(figures.locator(".d-plot .main-svg").first).to_be_visible()
    assert "Traceback" not in answered.log


@pytest.mark.parametrize(("size", "theme"), [("wide", "light"), ("narrow", "dark")])
def test_two_taps_are_an_entry(visit: Visit, chat: Chat, size: str, theme: str) -> None:
    page = visit(size, theme)
    chat.gateway.turn("Felt unpleasant.", safe(), read(("sadness", 0.5)))
    page.get_by_role("button", name="Two-tap log").click()
    page.locator(".d-notch").filter(has_text="unpleasant").nth(1).click()  # the second of the three
    expect(page.locator(".d-log").get_by_role("button", name="Keep this").first).to_be_in_viewport()
    picture(page, f"{size}-{theme}-log")
    page.locator(".d-log").get_by_role("button", name="Keep this").first.click()
    entry = page.locator(".d-now .d-page").last
    expect(entry.locator(".d-words")).to_have_text("Felt unpleasant.")
    expect(entry.locator(".d-foot")).to_contain_text("Kept as an entry")
    assert chat.gateway.bodies[-1]["state_of_mind"]["valence"] == -0.5714
    assert chat.gateway.bodies[-1]["suggest"] is False
    expect(page.locator(".d-log")).to_have_count(0)


def test_labels_associations_and_a_note_go_with_it(visit: Visit, chat: Chat) -> None:
    page = visit("narrow")
    chat.gateway.turn("She did not call.", safe(), read(("sadness", 0.7)))
    page.get_by_role("button", name="Two-tap log").click()
    page.locator(".d-notch").first.click()
    for name in ("lonely", "hopeful", "family"):
        page.locator(".d-tap", has_text=name).click()
    page.get_by_label("A note, if you like").fill("She did not call.")
    page.locator(".d-log").get_by_role("button", name="Keep this").last.click()
    entry = page.locator(".d-now .d-page").last
    expect(entry.locator(".d-own li")).to_have_text(["lonely", "hopeful"])
    mind = chat.gateway.bodies[-1]["state_of_mind"]
    assert (mind["labels"], mind["associations"]) == (["lonely", "hopeful"], ["family"])


def test_a_reminder_that_is_due_is_one_line_and_no_more(visit: Visit, chat: Chat) -> None:
    chat.gateway.answers["reminders"] = {"at": ["00:00"], "days": []}
    try:
        expect(visit().locator(".d-asks")).to_have_text(LINE)
    finally:
        chat.gateway.answers.clear()
    expect(visit().locator(".d-asks")).to_have_count(0)
