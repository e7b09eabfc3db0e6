"""Clicks on a list of suggestions, through the real client, against the scripted gateway."""

from __future__ import annotations

import pytest
from fakes.gateway import Gateway
from fakes.scenes import ITEMS, SHORTER

from agent.errors import Invalid
from agent.events import Event
from serving import chat_suggest, chat_turn
from serving.chat_page import Page
from serving.client import Client, ClientError

TEXT = "The neighbours sang until two."
READ = Event(
    name="emotions",
    data={"emotions": [{"label": "annoyance", "probability": 0.8}, {"label": "neutral", "probability": 0.5}]},
)


@pytest.fixture
def page(gateway: Gateway) -> Page:
    listed = Event(name="suggestions", data={"items": ITEMS})
    return Page.stored(gateway.remember(TEXT, READ, listed, goal="calm"))


def answer(items: list[dict[str, object]], **limits: object) -> dict[str, object]:
    return {"items": items, "safety": {"level": "none"}, "limits": limits}


async def test_a_click_asks_with_what_is_on_the_screen_and_limits_add_up(
    client: Client, gateway: Gateway, page: Page
) -> None:
    gateway.answers["suggest"] = answer(SHORTER, max_minutes=52)
    await chat_suggest.refine(client, page, "shorter")
    gateway.answers["suggest"] = answer(SHORTER[:1], max_minutes=52, free_only=True)
    await chat_suggest.refine(client, page, "free")
    first, second = gateway.bodies
    assert first == {
        "text": TEXT, "goal": "calm", "limit": 3, "emotions": [{"label": "annoyance", "probability": 0.8}],
        "refine": ["shorter"], "shown": [item["id"] for item in ITEMS],
    }  # fmt: skip
    assert (second["max_minutes"], second["refine"]) == (52, ["free"])
    assert [item["title"] for item in page.suggestions] == ["Lofi Girl"]
    assert page.limits == {"max_minutes": 52, "free_only": True}
    assert page.refined == ["shorter", "free"]
    assert page.suggestions[0]["warnings"] == []


async def test_where_nothing_fits_the_list_stays_and_the_page_says_so(
    client: Client, gateway: Gateway, page: Page
) -> None:
    gateway.answers["suggest"] = answer([], max_energy=0.15)
    await chat_suggest.refine(client, page, "calmer")
    assert (page.nothing, page.limits, page.refined, len(page.suggestions)) == ("calmer", {}, [], 2)
    gateway.answers["suggest"] = answer(SHORTER)
    await chat_suggest.refine(client, page, chat_suggest.AFRESH)
    assert "refine" not in gateway.bodies[-1] and "shown" not in gateway.bodies[-1]
    assert (page.nothing, page.refined, len(page.suggestions)) == (None, [], 2)


async def test_the_persons_own_labels_win(client: Client, gateway: Gateway, page: Page) -> None:
    gateway.answers["suggest"] = answer(SHORTER)
    page.own = ["joy"]
    await chat_suggest.refine(client, page, "something_else")
    assert gateway.bodies[-1]["emotions"] == [{"label": "joy", "probability": 1.0}]
    page.own = []
    await chat_suggest.refine(client, page, "something_else")
    assert "emotions" not in gateway.bodies[-1]


async def test_a_way_has_its_steps_and_they_can_be_liked(client: Client, gateway: Gateway, page: Page) -> None:
    page.limits = {"max_minutes": 30, "max_energy": 0.3}
    gateway.answers["suggest/path"] = {"items": [*SHORTER], "safety": {"level": "none"}}
    await chat_suggest.way(client, page)
    assert gateway.bodies[-1]["max_minutes"] == 30
    # The goal decides how much each step stirs.
    assert "max_energy" not in gateway.bodies[-1]
    assert [step["id"] for step in page.way] == ["lofi-girl", "coffee-talk"]
    await chat_turn.judge(client, page, "coffee-talk", "like")
    assert page.way[1]["verdict"] == "like"
    gateway.answers["suggest/path"] = {"items": [], "safety": {"level": "none"}}
    await chat_suggest.way(client, page)
    assert page.nothing == "way"


async def test_a_text_in_danger_gets_the_card_and_nothing_to_do(client: Client, gateway: Gateway, page: Page) -> None:
    card = {"region": "GB", "message": "Talk to somebody.", "lines": [], "emergency": ["999"]}
    gateway.answers["suggest"] = {"items": [], "safety": {"level": "crisis", "card": card, "state": "open"}}
    await chat_suggest.refine(client, page, "calmer")
    assert (page.level, page.card, page.suggestions, page.care) == ("crisis", card, [], "open")


async def test_a_strange_wish_and_an_unkept_page_are_refused(client: Client, page: Page) -> None:
    with pytest.raises(Invalid, match="found 'louder'; allowed are calmer, shorter, free"):
        await chat_suggest.refine(client, page, "louder")
    with pytest.raises(Invalid, match="not kept yet"):
        await chat_suggest.way(client, Page(text="A day."))


async def test_a_refusal_of_the_service_leaves_the_list(client: Client, gateway: Gateway, page: Page) -> None:
    with pytest.raises(ClientError):
        await chat_suggest.refine(client, page, "calmer")
    gateway.wrong.clear()
    assert len(page.suggestions) == 2 and page.refined == []
