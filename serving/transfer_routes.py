"""The routes by which a journal comes and goes: import with its preview and its way back, export, the map of names."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import StringConstraints

from agent.errors import DiscoveryError
from journal.transfer import formats, mapping
from journal.transfer.archive import unpack
from journal.transfer.draft import How
from journal.transfer.moments import zone_named
from serving import intake, problems, sse
from serving.identity import HasParts, Person
from serving.intake import Progress
from serving.requests import Body
from serving.screening import Who
from serving.turns import Turns

routes = APIRouter()
DRAWER, NAME = "import-map", "names"
TICK = 0.5
"""Seconds between two reports of progress."""

FormatName = Annotated[str | None, Query(alias="format", max_length=40)]
ImportId = Annotated[str, Path(min_length=1, max_length=64)]
ZoneName = Annotated[str | None, Query(max_length=64)]


class Names(Body):
    """`PUT /v1/import/map`."""

    yaml: Annotated[str, StringConstraints(max_length=mapping.MOST_BYTES)]


async def take_in(
    turns: Turns, me: Who, data: bytes, form: formats.Format, zone: str | None, *, dry_run: bool, read: bool,
    progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """One import. Raises `Invalid`."""
    if form.name == formats.ARCHIVE:
        return await _archive(turns, me, data, dry_run=dry_run)
    settings = await turns.screening.settings(me)
    moods, activities = mapping.parsed(await _map(turns, me))
    place = zone or settings.zone
    how = How(zone=zone_named(place) if place else None, moods=moods, activities=activities)
    screen = partial(turns.screening.verdicts, me, settings)
    found = await intake.gathered(data, form, how, screen, progress)
    return await intake.take_in(
        turns.agent, me.person, form, found,
        dry_run=dry_run, read=read and settings.read_emotions, progress=progress,
    )  # fmt: skip


async def _archive(turns: Turns, me: Who, data: bytes, *, dry_run: bool) -> dict[str, Any]:
    form = formats.FORMATS[formats.ARCHIVE]
    bundle = await asyncio.to_thread(unpack, data)
    days = [entry.day.isoformat() for entry in bundle.entries]
    facts = {
        "format": form.name, "title": form.title, "certain": True, "caution": "", "entries": len(bundle.entries),
        "first_day": min(days, default=None), "last_day": max(days, default=None), "left_out": 0, "zone_assumed": 0,
        "with_text": sum(1 for e in bundle.entries if e.text.strip()),
        "with_state": sum(1 for e in bundle.entries if e.state_of_mind),
        "notes": [], "notes_count": 0, "unmapped": {"moods": {}, "activities": {}}, "dry_run": dry_run,
    }  # fmt: skip
    if dry_run:
        there = await turns.agent.journal.import_archive(me.person, data, dry_run=True)
        return facts | {"new": there["added"], "known": there["known"]}
    counts = await turns.import_archive(me, data)
    return facts | {"new": counts["added"], "unread": 0} | counts


async def _map(turns: Turns, me: Who) -> str:
    kept = await turns.agent.journal.kept(me.person, DRAWER)
    return str(kept.get(NAME, "moods:\nactivities:\n"))


async def progressing(work: asyncio.Task[dict[str, Any]], progress: Progress) -> AsyncIterator[str]:
    """The progress of an import as server-sent events, and at the end `done` with the report, or `failed`."""
    number = 0
    while not (await asyncio.wait([work], timeout=TICK))[0]:
        number += 1
        told = {"step": progress.step, "done": progress.done, "of": progress.of}
        yield f"id: {number}\nevent: progress\ndata: {json.dumps(told)}\n\n"
    try:
        name, data = "done", work.result()
    except DiscoveryError as error:
        name, data = "failed", json.loads(bytes(problems.from_error(error).body))
    except Exception:  # noqa: BLE001 - the edge: its message may hold a person's words
        name, data = "failed", {"title": "Something went wrong on our side", "detail": "Nothing was stored."}
    yield f"id: {number + 1}\nevent: {name}\ndata: {json.dumps(data)}\n\n"


@routes.post("/v1/import")
async def import_(
    request: Request,
    p: HasParts,
    me: Person,
    format_name: FormatName = None,
    zone: ZoneName = None,
    dry_run: bool = False,
    read: bool = True,
) -> Response:
    """Takes a file in, all or nothing, or with `dry_run` says what would come of it: the report as JSON, or with
    `Accept: text/event-stream` its progress. `read` says whether the classifier reads what is new."""
    data = await request.body()
    form = formats.named(format_name) if format_name else formats.detected(io.BytesIO(data))
    progress = Progress()
    work = take_in(p.turns, me, data, form, zone, dry_run=dry_run, read=read, progress=progress)
    if "text/event-stream" in request.headers.get("accept", ""):
        events = progressing(asyncio.ensure_future(work), progress)
        return StreamingResponse(events, headers=sse.HEADERS, media_type="text/event-stream")
    return JSONResponse(await work)


@routes.get("/v1/imports")
async def imports(p: HasParts, me: Person) -> dict[str, Any]:
    """What was taken in and can be taken back, newest first."""
    return {"imports": await p.agent.journal.imports(me.person)}


@routes.delete("/v1/imports/{import_id}")
async def undo(import_id: ImportId, p: HasParts, me: Person) -> dict[str, int]:
    """Takes an import back; entries that were changed since stay."""
    return await p.agent.journal.undo_import(me.person, import_id)


@routes.get("/v1/import/map")
async def get_map(p: HasParts, me: Person) -> dict[str, str]:
    """The map of names, as YAML."""
    return {"yaml": await _map(p.turns, me)}


@routes.put("/v1/import/map")
async def put_map(names: Names, p: HasParts, me: Person) -> dict[str, int]:
    """Keeps a map of names for this import and later ones."""
    moods, activities = mapping.parsed(names.yaml)
    await p.agent.journal.keep(me.person, DRAWER, NAME, names.yaml)
    return {"moods": len(moods), "activities": len(activities)}


@routes.get("/v1/corrections")
async def corrections(p: HasParts, me: Person) -> Response:
    """What this person lets training learn from, one JSON object a line: the text, their own labels, and what had been
    read. `Discovery-Entries` counts the lines; without their word there are none."""
    shared = await p.agent.journal.consented_corrections(me.person)
    lines = "".join(one.model_dump_json(exclude_none=True) + "\n" for one in shared)
    headers = {"Cache-Control": "no-store", "Discovery-Entries": str(len(shared))}
    return Response(lines, media_type="application/x-ndjson", headers=headers)


@routes.get("/v1/export")
async def export(p: HasParts, me: Person, format_name: FormatName = None) -> Response:
    """Everything out, as one file. `Discovery-Entries` and `Discovery-Left-Out` count what another format than the
    archive holds and has no place for."""
    form = formats.named(format_name or formats.ARCHIVE)
    headers = {
        "Content-Disposition": f'attachment; filename="discovery-export.{form.suffix}"',
        "Cache-Control": "no-store",
    }
    if form.name == formats.ARCHIVE:
        return Response(await p.agent.journal.export(me.person), media_type=form.media, headers=headers)
    data, written, left = await p.agent.journal.export_as(me.person, form.name)
    headers |= {"Discovery-Entries": str(written), "Discovery-Left-Out": str(left)}
    return Response(data, media_type=form.media, headers=headers)
