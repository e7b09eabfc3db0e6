"""Entries and turns that the browser tests of the chat play: one of each kind that a person may meet."""

from __future__ import annotations

from typing import Any

from agent.domain import as_json
from agent.events import Event, Name
from agent.help import card


def event(name: Name, **data: Any) -> Event:
    return Event(name=name, data=data)


def safe() -> Event:
    return event("safety", level="none")


def danger(level: str) -> Event:
    return event("safety", level=level, card=as_json(card("GB", None)))


def read(*found: tuple[str, float]) -> Event:
    emotions = [{"label": label, "probability": probability} for label, probability in found]
    return event("emotions", emotions=emotions, unsure=False, safety="none")


def carried(text: str, **words: str) -> Event:
    spans = [
        {"label": label, "start": text.index(part), "end": text.index(part) + len(part), "drop": 0.3}
        for label, part in words.items()
    ]
    return event("evidence", spans=spans)


def item(item_id: str, title: str, kind: str, year: int, minutes: int, url: str, reason: str) -> dict[str, Any]:
    return {
        "id": item_id, "title": title, "kind": kind, "year": year, "minutes": minutes, "url": url, "reason": reason,
        "free": False, "social": False, "score": 0.7, "energy": 0.2, "warnings": [],
    }  # fmt: skip


EVENING = (
    "Mum called tonight and I snapped at her again. I keep hearing her voice going quiet. "
    "At least Jo had made soup, and sat with me, and that was kind."
)
ITEMS = [
    item(
        "a-short-hike", "A Short Hike", "game", 2019, 90, "https://ashorthike.com/",
        "After an evening with this much remorse in it, a slow walk up a hill where nobody wants anything from you.",
    ),
    item(
        "my-neighbor-totoro", "My Neighbor Totoro", "film", 1988, 86, "https://www.ghibli.jp/works/totoro/",
        "Two sisters worry about their mother and are looked after. It is gentle with sadness.",
    ),
]  # fmt: skip
SHORTER = [
    item(
        "lofi-girl", "Lofi Girl", "video", 2017, 20, "https://example.org/lofi", "Quiet enough to drift in and out of."
    )
    | {"free": True},
    item(
        "coffee-talk",
        "Coffee Talk",
        "game",
        2020,
        30,
        "https://example.org/coffee",
        "Warm drinks, and people who talk.",
    )
    | {"warnings": ["strong language"]},
]
EVENING_TURN = [
    safe(),
    read(("remorse", 0.83), ("sadness", 0.61), ("gratitude", 0.42)),
    carried(EVENING, remorse="I snapped at her again", sadness="her voice going quiet", gratitude="that was kind"),
    event(
        "explanation", text="You might be feeling remorse: “I snapped at her again” carries most of it.", source="model"
    ),
    event(
        "explanation",
        text="There is probably sadness in “her voice going quiet”, and some gratitude in “that was kind”.",
        source="model",
    ),
    event("suggestions", items=ITEMS),
]

CRISIS = "I don't want to be here any more."
CONCERN = "I am so tired of everything lately. Nothing tastes of anything."
SYMBOLS = "🌧️🌧️ 𝒲et shoes, <b>cold</b> hands & *no* bus. <img src=x onerror=document.title='owned'>"
