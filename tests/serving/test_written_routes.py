"""What a person gives beside the text, over HTTP: tags, place and day, changes, history, consent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.serving.test_gateway import TEXT, World, world

__all__ = ["world"]


async def write(world: World, **given: Any) -> dict[str, Any]:
    answer = await world.http.post("/v1/entries", json={"text": TEXT, "suggest": False, **given})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_tags_place_and_model_version_come_back(world: World) -> None:
    mind = {"valence": -0.2, "labels": ["sad"], "associations": ["family"]}
    given = {"tags": ["stairs", "Stairs", "soup"], "zone": "Asia/Tokyo", "created_at": "2026-03-01T22:30:00Z"}
    entry = await write(world, state_of_mind=mind, **given)
    assert entry["tags"] == ["stairs", "soup"] and entry["zone"] == "Asia/Tokyo"
    assert entry["created_at"] == "2026-03-02T07:30:00+09:00" and entry["day"] == "2026-03-02"
    assert entry["state_of_mind"]["associations"] == ["family"] and entry["model"] == "" and entry["share"] is None
    await write(world, tags=["other"])
    for query in ("tag=STAIRS", "association=family"):
        listed = (await world.http.get(f"/v1/entries?{query}")).json()["entries"]
        assert [one["id"] for one in listed] == [entry["id"]], query


async def test_changes_are_kept_with_their_history(world: World) -> None:
    entry = await write(world, tags=["soup"])
    path = f"/v1/entries/{entry['id']}"
    mind = {"kind": "daily_mood", "valence": 0.4}
    changed = (
        await world.http.patch(path, json={"state_of_mind": mind, "tags": ["calm"], "zone": "Asia/Tokyo"})
    ).json()
    assert changed["state_of_mind"]["kind"] == "daily_mood" and changed["tags"] == ["calm"]
    assert changed["explanation"] == entry["explanation"]  # nothing was read again
    cleared = (await world.http.patch(path, json={"state_of_mind": None, "tags": []})).json()
    assert cleared["state_of_mind"] is None and cleared["tags"] == [] and cleared["zone"] == "Asia/Tokyo"
    versions = (await world.http.get(f"{path}/history")).json()["versions"]
    assert [(v["number"], v["tags"]) for v in versions] == [(1, ["soup"]), (2, ["calm"])]
    assert versions[1]["state_of_mind"]["valence"] == 0.4 and versions[0]["text"] == TEXT
    missing = await world.http.get("/v1/entries/00000000-0000-4000-8000-000000000000/history")
    assert missing.status_code == 404


async def test_consent_is_no_until_it_is_given(world: World) -> None:
    entry = await write(world)
    await world.http.patch(f"/v1/entries/{entry['id']}", json={"labels": ["joy"]})
    assert (await world.http.get("/v1/me")).json()["share_corrections"] is False
    assert world.store.consented_corrections("local") == []
    await world.http.patch("/v1/me", json={"share_corrections": True})
    [shared] = world.store.consented_corrections("local")
    assert shared.labels == ("joy",) and shared.text == TEXT and shared.reading is not None
    told = await world.http.get("/v1/corrections")
    assert told.headers["discovery-entries"] == "1" and told.json()["labels"] == ["joy"] and told.json()["text"] == TEXT
    held_back = await world.http.patch(f"/v1/entries/{entry['id']}", json={"share": False})
    assert held_back.json()["share"] is False and world.store.consented_corrections("local") == []
    empty = await world.http.get("/v1/corrections")
    assert (empty.headers["discovery-entries"], empty.content) == ("0", b"")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"tags": "soup"}, "tags"),
        ({"tags": ["  "]}, "tags.0"),
        ({"zone": "Nowhere/At_All"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": "Europe"}, "zone"),
        ({"share": True}, "share"),
    ],
)
async def test_what_cannot_be_used_is_named_and_nothing_is_stored(
    world: World, body: dict[str, Any], field: str
) -> None:
    answer = await world.http.post("/v1/entries", json={"text": "x", **body})
    assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    settings = await world.http.patch("/v1/me", json={"zone": "Nowhere/At_All"})
    assert settings.status_code == 422 and settings.json()["field"] == "zone"
    assert world.store.entries("local")[0] == [] and world.store.settings("local").zone is None
