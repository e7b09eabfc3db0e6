"""Turns and acts on pages, through the real client, against the scripted gateway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.gateway import Gateway, free_port

from agent.domain import Goal
from agent.errors import Invalid
from agent.events import Event
from serving import chat_turn
from serving.chat_page import Page
from serving.client import Client, ClientError

TEXT = "The neighbours sang until two."
READ = Event(name="emotions", data={"emotions": [{"label": "annoyance", "probability": 0.8}], "unsure": False})
ITEM = {"id": "a-short-hike", "title": "A Short Hike", "reason": "because"}


class Shown:
    """Remembers the state of the page whenever it was shown."""

    def __init__(self) -> None:
        self.states: list[tuple[str, bool, bool]] = []

    async def __call__(self, page: Page) -> None:
        self.states.append((page.state, page.emotions is not None, page.reading))


async def test_each_event_is_shown_as_it_comes(client: Client, gateway: Gateway) -> None:
    gateway.turn(TEXT, READ)
    page, shown = Page(text=TEXT, goal="calm", suggest=False), Shown()
    await chat_turn.follow(client, page, shown)
    assert shown.states == [("kept", False, True), ("kept", True, True), ("kept", True, False)]
    assert gateway.bodies == [{"text": TEXT, "suggest": False, "goal": "calm"}]


async def test_words_are_not_lost_when_nobody_answers_and_are_kept_once_in_the_end(gateway: Gateway) -> None:
    port = free_port()
    page, shown = Page(text=TEXT), Shown()
    async with Client(f"http://127.0.0.1:{port}") as client:
        await chat_turn.follow(client, page, shown)
        assert page.state == "unkept" and page.trouble and "make run" in page.trouble
        other = Gateway().start(port)
        other.turn(TEXT, READ, breaks_after=0)
        await chat_turn.again(client, page, shown)
        assert page.state == "unkept"
        other.turn(TEXT, READ)
        await chat_turn.again(client, page, shown)
        await chat_turn.again(client, page, shown)
    other.close()
    assert (page.state, page.reading, len(other.entries)) == ("kept", False, 1)


async def test_a_stream_that_breaks_after_saved_leaves_the_entry_and_says_so(client: Client, gateway: Gateway) -> None:
    gateway.turn(TEXT, READ, breaks_after=2)
    page = Page(text=TEXT)
    await chat_turn.follow(client, page, Shown())
    assert (page.state, page.reading, len(page.notes)) == ("kept", False, 1)
    assert page.emotions


async def test_the_person_s_labels_win(client: Client, gateway: Gateway) -> None:
    page = Page.stored(gateway.remember(TEXT, READ))
    await chat_turn.correct(client, page, ["amusement", "caring"])
    assert page.own == ["amusement", "caring"]
    assert gateway.entries[0]["correction"]["labels"] == ["amusement", "caring"]
    await chat_turn.correct(client, page, [])
    assert page.own == []


@pytest.mark.parametrize("labels", [["rage"], "joy; drop table", None, [None]])
async def test_labels_that_are_none_are_refused_here(client: Client, gateway: Gateway, labels: object) -> None:
    page = Page.stored(gateway.remember(TEXT))
    with pytest.raises(Invalid, match="allowed are the 28 emotions"):
        await chat_turn.correct(client, page, labels)
    assert page.own is None


async def test_nothing_can_be_changed_before_it_is_kept(client: Client) -> None:
    for act in (chat_turn.correct(client, Page(text=TEXT), ["joy"]), chat_turn.delete(client, Page(text=TEXT))):
        with pytest.raises(Invalid, match="not kept yet"):
            await act


async def test_deleting_takes_the_entry_and_the_words(client: Client, gateway: Gateway) -> None:
    page = Page.stored(gateway.remember(TEXT, READ))
    await chat_turn.delete(client, page)
    assert not gateway.entries
    assert (page.state, page.text) == ("deleted", "")
    with pytest.raises(ClientError, match="Not found"):
        await chat_turn.delete(client, page)


async def test_a_verdict_is_kept_with_the_entry_it_belongs_to(client: Client, gateway: Gateway) -> None:
    page = Page.stored(gateway.remember(TEXT, Event(name="suggestions", data={"items": [ITEM]})))
    await chat_turn.judge(client, page, "a-short-hike", "not_this")
    assert page.suggestions[0]["verdict"] == "not_this"
    assert gateway.feedback == [{"item_id": "a-short-hike", "verdict": "not_this", "entry_id": page.id}]


@pytest.mark.parametrize(("item", "verdict"), [("a-short-hike", "love"), ("another", "like"), (None, None)])
async def test_a_verdict_that_makes_no_sense_is_refused(
    client: Client, gateway: Gateway, item: str | None, verdict: str | None
) -> None:
    page = Page.stored(gateway.remember(TEXT, Event(name="suggestions", data={"items": [ITEM]})))
    with pytest.raises(Invalid):
        await chat_turn.judge(client, page, item, verdict)
    assert not gateway.feedback


def test_every_goal_has_its_chip_and_no_chip_is_no_goal() -> None:
    assert [chat_turn.goal_named(name) for name, _, _ in chat_turn.GOALS.values()] == [str(goal) for goal in Goal]
    assert chat_turn.goal_named(None) is None
    assert chat_turn.goal_named("Conquer") is None


def test_a_person_is_told_again_after_three_hours() -> None:
    told = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
    assert not chat_turn.due(told, told + timedelta(hours=2, minutes=59))
    assert chat_turn.due(told, told + timedelta(hours=3))
    assert "machine" in chat_turn.REMINDER
