"""Import with its preview and its way back, export in every format, and the map of names, over a real journal."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes.world import World

from agent.errors import Unavailable
from journal.transfer.formats import FORMATS

HEADER = "full_date,date,weekday,time,mood,activities,note_title,note\n"
DAYS = HEADER + (
    '2026-05-04,May 4,Monday,9:05 PM,good,"family | tea",,We sang.\n'
    "2026-05-05,May 5,Tuesday,9:05 PM,bad,,,I cried on the stairs.\n"
    "2026-05-06,May 6,Wednesday,late,bad,,,Never kept.\n"
)
CRISIS = HEADER + (
    "2026-05-04,,,21:05,awful,,,I want to end my life tonight.\n"
    "2026-05-05,,,21:05,awful,,,I am going to kill myself.\n"
    "2026-05-06,,,21:05,meh,,,The train was late.\n"
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    held = World(tmp_path)
    yield held
    await held.close()


async def send(world: World, data: str | bytes, kind: str = "text/csv", **query: Any) -> httpx.Response:
    content = data.encode() if isinstance(data, str) else data
    return await world.http.post("/v1/import", content=content, params=query, headers={"content-type": kind})


async def kept(world: World) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (await world.http.get("/v1/entries")).json()["entries"]
    return entries


async def test_a_preview_says_everything_and_keeps_nothing(world: World) -> None:
    told = (await send(world, DAYS, dry_run=True, zone="Europe/Vienna")).json()
    assert (told["format"], told["entries"], told["new"], told["known"], told["left_out"]) == ("daylio", 2, 2, 0, 1)
    assert (told["first_day"], told["last_day"]) == ("2026-05-04", "2026-05-05")
    assert (told["with_text"], told["with_state"], told["zone_assumed"]) == (2, 2, 2)
    assert told["notes"] == [
        "line 4: found '2026-05-06 late', expected a date such as 2026-05-04 and a time such as 9:05 PM; left out."
    ]
    assert told["unmapped"]["activities"] == {"tea": 1} and told["dry_run"] is True and "safety" not in told
    assert await kept(world) == [] and (await world.http.get("/v1/imports")).json() == {"imports": []}


async def test_an_import_is_screened_read_kept_once_and_taken_back(world: World) -> None:
    first = (await send(world, DAYS, zone="Europe/Vienna")).json()
    assert (first["added"], first["known"], first["unread"]) == (2, 0, 0)
    second, earlier = await kept(world)
    assert second["text"] == "I cried on the stairs." and second["labels"] == ["sadness"]
    assert second["created_at"] == "2026-05-05T21:05:00+02:00" and second["safety"] == {"level": "none"}
    assert earlier["state_of_mind"]["associations"] == ["family"] and earlier["tags"] == ["tea"]
    assert earlier["origin"]["format"] == "daylio"

    again = (await send(world, DAYS, zone="Europe/Vienna")).json()
    assert (again["added"], again["known"], again["import"]) == (0, 2, None)
    [listed] = (await world.http.get("/v1/imports")).json()["imports"]
    assert listed["id"] == first["import"] and listed["entries"] == 2 and listed["format"] == "daylio"

    await world.http.patch(f"/v1/entries/{earlier['id']}", json={"labels": ["joy"]})
    undone = await world.http.delete(f"/v1/imports/{first['import']}")
    assert undone.json() == {"removed": 1, "kept": 1, "gone": 0}, "what the person changed is theirs"
    assert [entry["id"] for entry in await kept(world)] == [earlier["id"]]
    assert (await world.http.delete(f"/v1/imports/{first['import']}")).status_code == 404


async def test_however_many_texts_are_worrying_there_is_one_card(world: World) -> None:
    told = (await send(world, CRISIS, dry_run=True)).json()
    assert told["safety"]["level"] == "crisis" and told["safety"]["card"]["lines"]
    await send(world, CRISIS)
    levels = [entry["safety"]["level"] for entry in await kept(world)]
    assert levels == ["none", "crisis", "crisis"]
    assert [entry["emotions"] is None for entry in await kept(world)] == [False, True, True], (
        "nothing is read in crisis"
    )


async def test_without_the_classifier_the_entries_come_in_all_the_same(world: World) -> None:
    class Gone:
        async def read(self, texts: Any, *, full: bool = True) -> Any:
            raise Unavailable("the classifier did not answer in time")

    world.agent.classifier = Gone()  # type: ignore[assignment]
    told = (await send(world, DAYS)).json()
    assert (told["added"], told["unread"]) == (2, 2)
    told = (await send(world, DAYS.replace("We sang", "Others sang"), read=False)).json()
    assert (told["added"], told["known"], told["unread"]) == (1, 1, 0)


async def test_a_map_of_names_is_kept_and_used(world: World) -> None:
    rows = HEADER + '2026-05-04,,,21:05,serene,"tea",,Quiet.\n'
    told = (await send(world, rows, dry_run=True)).json()
    assert told["unmapped"] == {"moods": {"serene": 1}, "activities": {"tea": 1}}
    text = "moods: {serene: 0.7}\nactivities: {tea: self_care}\n"
    answer = await world.http.put("/v1/import/map", json={"yaml": text})
    assert answer.json() == {"moods": 1, "activities": 1}
    assert (await world.http.get("/v1/import/map")).json() == {"yaml": text}
    await send(world, rows)
    [entry] = await kept(world)
    assert entry["state_of_mind"]["valence"] == 0.7 and entry["state_of_mind"]["associations"] == ["self_care"]
    wrong = await world.http.put("/v1/import/map", json={"yaml": "moods: {serene: 7}"})
    assert wrong.status_code == 422 and "expected a number from -1 to 1" in wrong.json()["detail"]


async def test_progress_comes_as_events_and_ends_with_the_report(world: World) -> None:
    headers = {"content-type": "text/csv", "accept": "text/event-stream"}
    answer = await world.http.post("/v1/import", content=DAYS.encode(), headers=headers)
    lines = answer.text.splitlines()
    assert lines[-3] == "event: done" and json.loads(lines[-2].removeprefix("data: "))["added"] == 2
    headers["content-type"] = "application/zip"
    answer = await world.http.post("/v1/import?format=markdown", content=b"no zip", headers=headers)
    assert "event: failed" in answer.text and "cannot be opened" in answer.text and await kept(world) != []


@pytest.mark.parametrize(
    ("data", "query", "complaint"),
    [
        ("hello", {}, "The format was not recognised"),
        (DAYS, {"format": "diary"}, "expected one of discovery, apple"),
        (DAYS, {"zone": "Mars/Base"}, "expected the name of a zone"),
        ("a,b\n1,2\n", {"format": "daylio"}, "found the columns 'a, b'"),
        ('{"data":', {"format": "hae"}, "found no JSON"),
    ],
)
async def test_what_cannot_be_taken_in_is_a_problem_in_one_line(
    world: World, data: str, query: dict[str, str], complaint: str
) -> None:
    answer = await send(world, data, **query)
    assert answer.status_code == 422 and complaint in answer.json()["detail"]
    assert "\n" not in answer.json()["detail"] and await kept(world) == []


async def test_a_body_that_a_plain_form_could_send_is_refused(world: World) -> None:
    assert (await send(world, DAYS, "text/plain")).status_code == 415


async def fill(world: World) -> None:
    mind = {"kind": "daily_mood", "valence": 0.4, "labels": ["calm"], "associations": ["family"]}
    for day, state in ((4, mind), (5, None)):
        body = {"text": f"We sang on day {day}.", "created_at": f"2026-05-0{day}T21:05:00+02:00", "suggest": False}
        body |= {"tags": ["tea"]} | ({"state_of_mind": state} if state else {})
        world.model.answers.append(["There is probably joy in this."])
        assert (await world.http.post("/v1/entries", json=body)).status_code == 201


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.write])
async def test_what_goes_out_in_any_format_is_known_when_it_comes_back(world: World, name: str) -> None:
    await fill(world)
    answer = await world.http.get("/v1/export", params={"format": name})
    form = FORMATS[name]
    assert answer.headers["content-type"].startswith(form.media)
    assert answer.headers["content-disposition"].endswith(f'.{form.suffix}"')
    left = 1 if form.own_only else 0
    counted = (answer.headers["discovery-entries"], answer.headers["discovery-left-out"])
    assert counted == (str(2 - left), str(left))
    if form.own_only:
        assert b"We sang" not in answer.content
    told = (await send(world, answer.content, "application/octet-stream", format=name, zone="Europe/Vienna")).json()
    if name == "daylio":  # five steps and minutes: another valence, so another entry
        assert told["known"] == 1
    elif name != "daylio-backup":
        assert (told["added"], told["known"]) == (0, 2 - left)


async def test_the_archive_has_a_preview_as_well(world: World) -> None:
    await fill(world)
    archive = (await world.http.get("/v1/export")).content
    told = (await send(world, archive, "application/zip", dry_run=True)).json()
    assert (told["format"], told["entries"], told["known"], told["new"]) == ("discovery", 2, 2, 0)
    assert (await send(world, archive, "application/zip")).json()["known"] == 2


async def test_a_format_that_cannot_be_written_says_so(world: World) -> None:
    answer = await world.http.get("/v1/export?format=hae-csv")
    assert answer.status_code == 422 and "can be read and not written" in answer.json()["detail"]
