"""What a person does with a list of suggestions on the page: change it with one click, or ask for a way in three steps.

Chainlit stays out of here, as it does of `chat_turn`. A list is asked for anew with the limits of that on the screen;
what is read in the entry is not read again, and the person's own labels win.
"""

from __future__ import annotations

from typing import Any

from agent.domain import EMOTIONS, NEUTRAL, Level
from agent.errors import Invalid
from retrieval.refine import Refinement
from serving.chat_page import Page, cards
from serving.client import Client

AFRESH = "afresh"
"""The wish to begin again without any limit."""

LIST = 3
"""How many suggestions a list has, as in a turn."""


async def refine(client: Client, page: Page, wish: Any) -> None:
    """Asks for the next list. Where nothing fits, the old one stays and the page says so. Raises `Invalid` or
    `ClientError`."""
    allowed = [str(r) for r in Refinement]
    if wish not in (*allowed, AFRESH):
        raise Invalid("wish", f"found {wish!r}; allowed are {', '.join((*allowed, AFRESH))}")
    asked = _asked(page) | {"limit": LIST}
    if wish != AFRESH:
        asked |= page.limits | {"refine": [wish], "shown": [item["id"] for item in page.suggestions]}
    answer = await client.suggest(**asked)
    if not _calm(page, answer):
        return
    if not answer["items"]:
        page.nothing = wish
        return
    page.suggestions = cards(answer["items"])
    page.nothing, page.way = None, []
    page.limits = answer.get("limits", {})
    page.refined = [] if wish == AFRESH else list(dict.fromkeys([*page.refined, wish]))


async def way(client: Client, page: Page) -> None:
    """Asks for three steps from the mood of the entry towards the goal. Raises `Invalid` or `ClientError`."""
    limits = {name: value for name, value in page.limits.items() if name != "max_energy"}
    answer = await client.path(**_asked(page) | limits)
    if _calm(page, answer):
        page.way = cards(answer["items"])
        page.nothing = None if page.way else "way"


def _asked(page: Page) -> dict[str, Any]:
    """The entry in the terms of a request."""
    if page.state != "kept":
        raise Invalid("entry", "this text is not kept yet, so nothing can be suggested for it")
    if page.own is not None:
        felt: list[Any] = [{"label": label, "probability": 1.0} for label in page.own]
    else:
        felt = [{name: found[name] for name in ("label", "probability")} for found in page.emotions or ()]
    felt = [found for found in felt if found["label"] != EMOTIONS[NEUTRAL]]
    # Without a feeling of its own the request reads the text again, which is what the turn did.
    return {"text": page.text, "goal": page.goal} | ({"emotions": felt} if felt else {})


def _calm(page: Page, answer: dict[str, Any]) -> bool:
    """Whether the answer may show things to do; a text in danger gets the help card instead."""
    safety = answer.get("safety") or {}
    if safety.get("level") != Level.CRISIS:
        return True
    page.level, page.card = Level.CRISIS.value, safety.get("card") or page.card
    page.stands(safety)
    page.suggestions, page.way = [], []
    return False
