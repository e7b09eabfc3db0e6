"""A typed text as a question: answered, kept only on the person's word, and an entry whenever that is in doubt."""

from __future__ import annotations

import pytest
from fakes.gateway import Gateway, free_port
from fakes.scenes import ITEMS, danger, read, safe

from agent.conversation import MOST_LINES
from serving import chat_answer, chat_turn
from serving.chat_page import Page
from serving.client import Client

WEEK = "how was my week?"


class Shown:
    """Remembers the state of the page whenever it was shown."""

    def __init__(self) -> None:
        self.states: list[str] = []

    async def __call__(self, page: Page) -> None:
        self.states.append(page.state)


async def test_a_question_is_answered_and_not_kept_until_the_person_says_so(client: Client, gateway: Gateway) -> None:
    gateway.question(WEEK, "period", "You wrote 3 entries.", "Gratitude led.")
    page, shown = chat_answer.typed(WEEK, None, suggest=True), Shown()
    assert page.state == "asking"
    await chat_answer.respond(client, page, ["I sang.", WEEK], shown)
    assert (page.state, page.reading, page.answer) == ("answered", False, ["You wrote 3 entries.", "Gratitude led."])
    assert shown.states == ["answered"] and not gateway.entries and gateway.conversations == [["I sang.", WEEK]]
    gateway.turn(WEEK, safe(), read(("curiosity", 0.6)))
    await chat_answer.keep(client, page, shown)
    await chat_answer.keep(client, page, shown)
    assert (page.state, len(gateway.entries)) == ("kept", 1) and page.answer and page.emotions
    await chat_turn.delete(client, page)
    assert not gateway.entries and not page.answer and not page.text


async def test_a_text_that_cannot_be_a_question_is_kept_without_asking(client: Client, gateway: Gateway) -> None:
    text = "Mum called and we laughed for an hour. I had forgotten how her voice sounds when nothing is wrong at all."
    gateway.turn(text, safe())
    page = chat_answer.typed(text, "calm", suggest=False)
    await chat_answer.respond(client, page, [text], Shown())
    assert (page.state, gateway.conversations, gateway.bodies[0]["goal"]) == ("kept", [], "calm")


async def test_what_the_router_takes_for_an_entry_is_kept(client: Client, gateway: Gateway) -> None:
    text = "why am I so sad today?"
    gateway.turn(text, safe(), read(("sadness", 0.9)))
    page, shown = chat_answer.typed(text, None, suggest=True), Shown()
    await chat_answer.respond(client, page, [text], shown)
    assert page.state == "kept" and "answered" not in shown.states and len(gateway.conversations) == 1


async def test_a_question_is_kept_when_nobody_can_answer_it() -> None:
    port = free_port()
    page = chat_answer.typed(WEEK, None, suggest=True)
    async with Client(f"http://127.0.0.1:{port}", timeout=5) as client:
        await chat_answer.respond(client, page, [WEEK], Shown())
    assert page.state == "unkept" and page.text == WEEK, "the words stay and can be kept later"


async def test_an_answer_that_takes_too_long_leaves_an_entry(
    client: Client, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_answer, "SECONDS", 0.0)
    gateway.turn(WEEK, safe())
    page = chat_answer.typed(WEEK, None, suggest=True)
    await chat_answer.respond(client, page, [WEEK], Shown())
    assert page.state == "kept"


async def test_cards_of_an_answer_can_be_judged_and_go_by_the_lines_before(client: Client, gateway: Gateway) -> None:
    line = "something calmer, please"
    gateway.question(line, "suggest", "Three quiet things.", items=ITEMS, safety=danger("concern").data)
    page = chat_answer.typed(line, None, suggest=True)
    await chat_answer.respond(client, page, [f"line {n}" for n in range(20)] + [line], Shown())
    assert len(gateway.conversations[0]) == MOST_LINES and gateway.conversations[0][-1] == line
    assert page.level == "concern" and page.card, "the help card stands beside the answer"
    await chat_turn.judge(client, page, ITEMS[0]["id"], "like")
    assert gateway.feedback == [{"item_id": ITEMS[0]["id"], "verdict": "like"}]
