"""The HTTP API: `create_app` over the agent's ports. It knows no Ray: tests can run it as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from prometheus_client import generate_latest
from pydantic import AwareDatetime

from agent.conversation import Conversation, EntriesOnly
from agent.domain import Settings, Tag
from agent.errors import Invalid, StorageFull, Unavailable
from agent.pipeline import Agent
from agent.ports import CrisisHead
from agent.results import entry_data, version_data
from serving import (
    account_routes,
    care_routes,
    conversation_routes,
    insight_routes,
    problems,
    reading_routes,
    reminder_routes,
    sse,
    suggest_routes,
    transfer_routes,
)
from serving.access import Access, enter
from serving.guard import Guard
from serving.identity import HasParts, Parts, Person
from serving.metrics import REGISTRY
from serving.readiness import Readiness
from serving.requests import Association, ChangedEntry, ChangedSettings, EmotionLabel, NewEntry
from serving.requests import Query as SearchQuery
from serving.screening import Screening
from serving.turns import Turns

routes = APIRouter()
_TOPICS = (
    reading_routes,
    conversation_routes,
    account_routes,
    transfer_routes,
    suggest_routes,
    insight_routes,
    reminder_routes,
    care_routes,
)


EntryPath = Annotated[str, Path(min_length=1, max_length=64)]
Key = Annotated[str | None, Header(min_length=1, max_length=200)]


@routes.post("/v1/entries", status_code=201)
async def create(request: Request, new: NewEntry, p: HasParts, me: Person, idempotency_key: Key = None) -> Response:
    """Stores an entry, then reads it: the whole result as JSON, or the events as they happen."""
    try:
        turn = await p.turns.begin(me, new, idempotency_key)
    except (StorageFull, Unavailable) as error:
        # Somebody in danger must not be left with a full disk alone.
        return problems.from_error(error, **await p.turns.unkept(me, new.text))
    added = turn.added

    async def ended(whole: bool) -> None:
        await p.turns.end(me, idempotency_key, whole=whole)

    headers = {"Location": f"/v1/entries/{added.entry.id}"}
    if added.state == "stored":
        headers["Idempotent-Replayed"] = "true"
    if "text/event-stream" in request.headers.get("accept", ""):
        stream = sse.lines(p.turns.events(turn), ended)
        return StreamingResponse(stream, 201, headers | sse.HEADERS, media_type="text/event-stream")
    whole = False
    try:
        result = await p.turns.whole(turn)
        whole = True
    finally:
        await ended(whole)
    return JSONResponse(result, 201, headers)


@routes.get("/v1/entries")
async def entries(
    p: HasParts,
    me: Person,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    emotion: Annotated[EmotionLabel | None, Query()] = None,
    tag: Annotated[Tag | None, Query()] = None,
    association: Annotated[Association | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> dict[str, Any]:
    """Entries, newest first, a page at a time."""
    found, following = await p.agent.journal.entries(
        me.person,
        since=since, until=until, emotion=emotion, tag=tag, association=association, limit=limit, cursor=cursor,
    )  # fmt: skip
    return {"entries": [entry_data(e) for e in found], "cursor": following}


@routes.get("/v1/entries/{entry_id}")
async def entry(entry_id: EntryPath, p: HasParts, me: Person) -> dict[str, Any]:
    """One entry with everything attached to it."""
    return entry_data(await p.agent.journal.get(me.person, entry_id))


@routes.patch("/v1/entries/{entry_id}")
async def change(entry_id: EntryPath, changes: ChangedEntry, p: HasParts, me: Person) -> dict[str, Any]:
    """Corrects what is named."""
    if not changes.model_fields_set:
        raise Invalid("body", f"found no field, expected at least one of {', '.join(ChangedEntry.model_fields)}")
    return await p.turns.change(me, entry_id, changes)


@routes.get("/v1/entries/{entry_id}/history")
async def history(entry_id: EntryPath, p: HasParts, me: Person) -> dict[str, Any]:
    """What an entry was before each edit, oldest first."""
    versions = await p.agent.journal.history(me.person, entry_id)
    return {"versions": [version_data(version) for version in versions]}


@routes.delete("/v1/entries/{entry_id}", status_code=204)
async def delete(entry_id: EntryPath, p: HasParts, me: Person) -> None:
    """Removes an entry for good."""
    await p.agent.journal.delete(me.person, entry_id)


@routes.post("/v1/search")
async def search(query: SearchQuery, p: HasParts, me: Person) -> dict[str, Any]:
    """Finds entries by words and meaning. The query stands in the body, so that no URL or log ever holds it."""
    screened = await p.turns.screening.glance(me, query.q)
    found = await p.agent.journal.search(me.person, query.q, **query.narrowed(), limit=query.limit)
    card = {"safety": screened.data()} if screened.card else {}
    return {"entries": [entry_data(e) for e in found], **card}


@routes.get("/v1/me")
async def settings(p: HasParts, me: Person) -> Settings:
    """What the person has chosen."""
    return await p.agent.journal.settings(me.person)


@routes.patch("/v1/me")
async def change_settings(changes: ChangedSettings, p: HasParts, me: Person) -> Settings:
    """Changes the settings that are given."""
    old = await p.agent.journal.settings(me.person)
    new = old.model_copy(update=changes.model_dump(exclude_unset=True))
    await p.agent.journal.save_settings(me.person, new)
    return new


@routes.delete("/v1/me", status_code=204)
async def erase(p: HasParts, me: Person) -> None:
    """Everything gone."""
    await p.agent.journal.erase(me.person)


@routes.get("/healthz")
async def alive() -> dict[str, str]:
    """200 while the process answers."""
    return {"status": "alive"}


@routes.get("/readyz")
async def ready(p: HasParts) -> JSONResponse:
    """200 when every part is ready, else 503; the parts by name always."""
    report = await p.readiness.report()
    return JSONResponse(report, 200 if report["status"] == "ready" else 503)


@routes.get("/metrics")
async def metrics() -> PlainTextResponse:
    """Prometheus metrics."""
    return PlainTextResponse(generate_latest(REGISTRY).decode(), media_type="text/plain; version=0.0.4")


def create_app(
    agent: Agent,
    readiness: Readiness,
    hosts: Iterable[str] = (),
    access: Access | None = None,
    *,
    talk: Conversation | None = None,
    head: CrisisHead | None = None,
) -> FastAPI:
    """The API over these ports. `hosts` are names beside loopback under which it may be asked for. Without `access`
    everybody who reaches it is the one person of this machine, without `talk` every line of a conversation is taken for
    an entry, and without a `head` the crisis screen is its rules alone."""
    app = FastAPI(title="Discovery", version="1", docs_url=None, redoc_url=None, dependencies=[Depends(enter)])
    app.state.access = access or Access()
    app.state.parts = Parts(
        agent, Turns(agent, Screening(agent, head)), readiness, talk or Conversation(agent, EntriesOnly())
    )
    problems.install(app)
    app.include_router(routes)
    for topic in _TOPICS:
        app.include_router(topic.routes)
    app.add_middleware(Guard, hosts=tuple(hosts))
    return app
