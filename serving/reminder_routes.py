"""The routes of reminders: when somebody wants to be asked, and the same as a file for a calendar."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from agent.domain import utcnow
from journal import reminders
from journal.reminders import Reminders
from serving.identity import HasParts, Parts, Person
from serving.requests import Body
from serving.screening import Who

routes = APIRouter()
DRAWER, NAME = "reminders", "times"

Short = Annotated[str, StringConstraints(max_length=20)]


class Wanted(Body):
    """`PUT /v1/reminders`."""

    at: Annotated[list[Short], Field(max_length=reminders.MOST_TIMES)]
    days: Annotated[list[Short], Field(max_length=7, default_factory=list)]


async def kept(p: Parts, me: Who) -> Reminders:
    """What the person chose."""
    found = (await p.agent.journal.kept(me.person, DRAWER)).get(NAME)
    return Reminders.model_validate(found) if found else Reminders()


@routes.get("/v1/reminders")
async def get(p: HasParts, me: Person) -> Reminders:
    """When the person wants to be asked."""
    return await kept(p, me)


@routes.put("/v1/reminders")
async def put(wanted: Wanted, p: HasParts, me: Person) -> Reminders:
    """Keeps the times and days; no times means never."""
    chosen = reminders.checked(wanted.at, wanted.days)
    await p.agent.journal.keep(me.person, DRAWER, NAME, chosen.model_dump(mode="json"))
    return chosen


@routes.get("/v1/reminders/calendar")
async def calendar(p: HasParts, me: Person) -> Response:
    """The reminders as an iCalendar file; it holds no word of the journal."""
    made = reminders.calendar(await kept(p, me), utcnow())
    headers = {"Content-Disposition": 'attachment; filename="discovery-reminders.ics"', "Cache-Control": "no-store"}
    return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)
