"""What happens on the page when somebody writes: the turn followed event by event, and the acts on a page.

Chainlit stays out of here: `show` is any function that puts a page before the person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, cast, get_args

from agent.domain import EMOTIONS, Goal, StateOfMind, Verdict
from agent.errors import Invalid
from agent.events import Event
from serving.chat_page import Page
from serving.client import Client, ClientError

GOALS: dict[Goal, tuple[str, str, str]] = {
    Goal.STAY: ("Stay", "Sit with this feeling", "feather"),
    Goal.LIFT: ("Lift", "Something a little lighter", "sunrise"),
    Goal.CALM: ("Calm", "Slow down and settle", "waves"),
    Goal.ENERGISE: ("Energise", "Get moving again", "zap"),
    Goal.DISTRACT: ("Distract", "Think of something else", "puzzle"),
    Goal.CONNECT: ("Connect", "Be with people", "users"),
}
"""Each goal as a chip: its name, what it means, and the name of its lucide icon."""

REMIND_AFTER = timedelta(hours=3)
"""How often a person is told again that this is a machine."""

REMINDER = (
    "It has been a while, so once more: Discovery is a machine. It finds patterns in words. It does not know you, "
    "and no person reads along."
)

Show = Callable[[Page], Awaitable[Any]]


def goal_named(chip: str | None) -> str | None:
    """The goal behind the name on a chip; None for no chip."""
    return next((str(goal) for goal, (name, _, _) in GOALS.items() if name == chip), None)


def due(told_at: datetime, now: datetime) -> bool:
    """Whether it is time to say again that this is a machine."""
    return now - told_at >= REMIND_AFTER


async def follow(client: Client, page: Page, show: Show, language: str | None = None) -> None:
    """Keeps the text of a page and shows everything that comes of it. Raises nothing: what goes wrong is on the page.

    The page's key is the idempotency key, so trying again after a broken connection never keeps a text twice.
    """
    try:
        turn = client.entry(
            page.text,
            goal=page.goal,
            suggest=page.suggest,
            idempotency_key=page.key,
            language=language,
            state_of_mind=StateOfMind.model_validate(page.mind) if page.mind else None,
        )
        async for event in turn:
            page.take(event)
            await show(page)
    except ClientError as error:
        if error.safety:  # somebody in danger gets the card although nothing could be kept
            page.take(Event(name="safety", data=error.safety))
        page.break_off(str(error))
        await show(page)


async def again(client: Client, page: Page, show: Show, language: str | None = None) -> None:
    """Tries once more to keep a text that was not kept."""
    if page.state == "unkept":
        page.state, page.reading, page.trouble = "keeping", True, None
        await show(page)
        await follow(client, page, show, language)


async def correct(client: Client, page: Page, labels: Any) -> None:
    """Stores the person's own labels; none at all means that none fit. Raises `Invalid` or `ClientError`."""
    chosen = list(labels) if isinstance(labels, list) else [labels]
    unknown = [label for label in chosen if label not in EMOTIONS]
    if unknown:
        raise Invalid("labels", f"found {', '.join(map(repr, unknown))}; allowed are the {len(EMOTIONS)} emotions")
    entry = await client.correct(_id(page), labels=chosen)
    page.own = entry["correction"]["labels"]


async def own_word(client: Client, page: Page, safe: Any) -> None:
    """The person says whether they are safe. Raises `Invalid` or `ClientError`."""
    if not isinstance(safe, bool):
        raise Invalid("safe", f"found {safe!r}; expected true or false")
    page.stands(await client.care(safe=safe))


async def delete(client: Client, page: Page) -> None:
    """Removes the entry for good, and its words from the page. Raises `Invalid` or `ClientError`."""
    await client.delete(_id(page))
    page.forget()


async def judge(client: Client, page: Page, item_id: Any, verdict: Any) -> None:
    """Stores what the person said of a suggestion. Raises `Invalid` or `ClientError`."""
    if verdict not in get_args(Verdict):
        raise Invalid("verdict", f"found {verdict!r}; allowed are {', '.join(get_args(Verdict))}")
    found = next((item for item in (*page.suggestions, *page.way) if item["id"] == item_id), None)
    if found is None:
        raise Invalid("item", f"{item_id!r} was not suggested here")
    await client.feedback(item_id, cast(Verdict, verdict), entry_id=page.id)
    found["verdict"] = verdict


def _id(page: Page) -> str:
    if page.id is None:
        raise Invalid("entry", "this text is not kept yet, so there is nothing to change")
    return page.id
