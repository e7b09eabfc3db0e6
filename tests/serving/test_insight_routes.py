"""Figures, a week in words, moments like another and the report, over a real journal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.world import World

from agent.errors import Unavailable

MIND = {"kind": "momentary_emotion", "valence": 0.6, "labels": ["happy"], "associations": ["friends"]}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    held = World(tmp_path)
    yield held
    await held.close()


async def write(world: World, text: str, day: int, **more: Any) -> dict[str, Any]:
    world.model.answers.append([])
    body = {"text": text, "created_at": f"2026-05-{day:02d}T21:05:00+02:00", "suggest": False} | more
    answer = await world.http.post("/v1/entries", json=body)
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


async def test_each_part_of_the_figures_can_be_asked_for_alone(world: World) -> None:
    await write(world, "We sang.", 4, state_of_mind=MIND)
    world.model.answers.clear()
    whole = (await world.http.get("/v1/insights")).json()
    for part in ("counts", "emotions", "valence", "calendar", "weeks", "rhythm", "map", "associations"):
        assert (await world.http.get(f"/v1/insights/{part}")).json() == {part: whole[part]}
    assert whole["emotions"] == {"happy": 1} and whole["method"]["correction"] == "Holm"
    assert (await world.http.get("/v1/insights/horoscope")).status_code == 422
    empty = await world.http.get("/v1/insights/counts?from=2026-06-01T00:00:00Z")
    assert empty.json()["counts"]["entries"] == 0


async def test_a_week_in_figures_and_words(world: World) -> None:
    for day in (4, 5, 5):
        await write(world, "We sang.", day, state_of_mind=MIND)
    world.model.answers[:] = [["Your 3 entries were ", "happy ones, about friends."]]
    week = (await world.http.get("/v1/insights/week?day=2026-05-10")).json()
    assert (week["from"], week["to"], week["entries"], week["days"]) == ("2026-05-04", "2026-05-10", 3, 2)
    assert week["said"] == [
        {"text": "Your 3 entries were happy ones, about friends.", "source": "model", "regenerated": False}
    ]
    world.model.answers[:] = [["You wrote 300 entries, well done!"]]
    week = (await world.http.get("/v1/insights/week?day=2026-05-10")).json()
    assert {one["source"] for one in week["said"]} == {"evidence"}
    world.model.answers[:] = [[Unavailable("no model")]]
    week = (await world.http.get("/v1/insights/week?day=2026-05-10")).json()
    assert week["said"][0]["text"] == "You wrote 3 entries on 2 days."
    figures = (await world.http.get("/v1/insights/week?day=2026-05-10&words=false")).json()
    assert "said" not in figures


async def test_a_week_with_a_crisis_has_the_card_and_no_words_of_a_model(world: World) -> None:
    await write(world, "I want to end my life tonight.", 4)
    world.model.answers.clear()
    week = (await world.http.get("/v1/insights/week?day=2026-05-04")).json()
    assert week["safety"]["level"] == "crisis" and week["safety"]["card"]["lines"]
    assert {one["source"] for one in week["said"]} == {"evidence"}


async def test_when_did_i_last_feel_like_this(tmp_path: Path) -> None:
    def embed(texts: Any) -> Any:
        rows = np.array([[1.0, 0.0] if "choir" in text else [0.0, 1.0] for text in texts], dtype=np.float32)
        return np.hstack([rows, np.zeros((len(rows), 382), np.float32)])

    world = World(tmp_path, embed=embed)
    first = await write(world, "We sang in the choir.", 4)
    await write(world, "I cried on the stairs.", 5)
    last = await write(world, "We sang at home.", 6)
    for _ in range(3):
        world.store.index("local")
    found = (await world.http.post("/v1/insights/similar", json={"entry_id": last["id"]})).json()["entries"]
    assert [one["id"] for one in found] == [first["id"]] and 0.45 <= found[0]["nearness"] <= 1
    found = (await world.http.post("/v1/insights/similar", json={"text": "They sang in the choir."})).json()["entries"]
    assert [one["id"] for one in found] == [first["id"], last["id"]]
    grave = await world.http.post("/v1/insights/similar", json={"text": "I want to end my life tonight."})
    assert grave.json()["entries"] == [] and grave.json()["safety"]["level"] == "crisis"
    for body, status in (({}, 422), ({"entry_id": "x"}, 404), ({"entry_id": last["id"], "text": "both"}, 422)):
        assert (await world.http.post("/v1/insights/similar", json=body)).status_code == status
    await world.close()


async def test_the_report_stands_alone_and_holds_words_only_when_asked(world: World) -> None:
    await write(world, "We sang <b>loudly</b>.", 4, state_of_mind=MIND)
    answer = await world.http.get("/v1/report")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "loudly" not in answer.text and not re.search(r"<(?:link|img|script src)", answer.text)
    told = (await world.http.get("/v1/report?words=true")).text
    assert "We sang &lt;b&gt;loudly&lt;/b&gt;." in told


async def test_reminders_are_kept_and_leave_as_a_calendar(world: World) -> None:
    assert (await world.http.get("/v1/reminders")).json() == {"at": [], "days": []}
    kept = await world.http.put("/v1/reminders", json={"at": ["21:00"], "days": ["thu", "mon"]})
    assert kept.json() == {"at": ["21:00"], "days": ["mon", "thu"]} == (await world.http.get("/v1/reminders")).json()
    made = await world.http.get("/v1/reminders/calendar")
    assert made.headers["content-type"].startswith("text/calendar") and "BEGIN:VALARM" in made.text
    wrong = await world.http.put("/v1/reminders", json={"at": ["noon"]})
    assert wrong.status_code == 422 and "expected a time of the day" in wrong.json()["detail"]
