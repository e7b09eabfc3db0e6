"""What the client does with whole files: the journal out and in, a report, a reminder for the calendar."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from agent.errors import DiscoveryError

Told = Callable[[dict[str, Any]], None]
"""Is told how far an import has come: `{step, done, of}`."""


class Broken(DiscoveryError):
    """An import that the server gave up, in its own words. `status` is what it would have answered."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, status)
        self.message, self.status = message, status

    def __str__(self) -> str:
        return self.message


class Files:
    """A part of `serving.client.Client`, which brings the three methods below."""

    def _answer(self, method: str, path: str, **request: Any) -> AbstractAsyncContextManager[httpx.Response]:
        raise NotImplementedError

    async def _json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        raise NotImplementedError

    async def _bytes(self, method: str, path: str, **request: Any) -> bytes:
        raise NotImplementedError

    async def export(self, format_name: str | None = None) -> bytes:
        """Everything of this person as one file: Discovery's own archive, or another format."""
        return (await self.export_counted(format_name))[0]

    async def export_counted(self, format_name: str | None = None) -> tuple[bytes, int | None, int]:
        """The same, with the entries in it (None for the archive, which holds all) and those it has no place for."""
        query = {"format": format_name} if format_name else None
        async with self._answer("GET", "/v1/export", query=query) as response:
            data, counted = await response.aread(), response.headers
        written = counted.get("discovery-entries")
        return data, int(written) if written else None, int(counted.get("discovery-left-out", 0))

    async def corrections(self) -> tuple[bytes, int]:
        """What this person lets training learn from, as JSON lines, and how many lines."""
        async with self._answer("GET", "/v1/corrections") as response:
            return await response.aread(), int(response.headers.get("discovery-entries", 0))

    async def import_(
        self,
        data: bytes,
        *,
        format_name: str | None = None,
        zone: str | None = None,
        dry_run: bool = False,
        read: bool = True,
        told: Told | None = None,
    ) -> dict[str, Any]:
        """Takes a file in, all or nothing, or says what would come of it: see `serving.intake.report`. Raises
        `ClientError`, and `Broken` for a file that is refused while it is read."""
        query = {"format": format_name, "zone": zone, "dry_run": "true" if dry_run else None}
        query |= {"read": None if read else "false"}
        kind = "application/zip" if data[:2] == b"PK" else "application/octet-stream"
        headers = {"content-type": kind} | ({"accept": "text/event-stream"} if told else {})
        given = {name: value for name, value in query.items() if value is not None}
        async with self._answer("POST", "/v1/import", content=data, query=given, headers=headers) as response:
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                return _report(await response.aread())
            async for name, value in _events(response):
                if name == "done":
                    return value
                if name == "failed":
                    raise Broken(str(value.get("detail") or value.get("title")), int(value.get("status", 500)))
                if told:
                    told(value)
        raise Broken("The connection broke off before the end; look with `discovery history` what was kept.", 0)

    async def imports(self) -> list[dict[str, Any]]:
        """What was taken in and can be taken back, newest first."""
        found: list[dict[str, Any]] = (await self._json("GET", "/v1/imports"))["imports"]
        return found

    async def undo_import(self, import_id: str) -> dict[str, int]:
        """Takes an import back: how many entries were `removed`, and `kept` because they were changed since."""
        return await self._json("DELETE", f"/v1/imports/{quote(import_id, safe='')}")

    async def keep_names(self, yaml: str) -> dict[str, int]:
        """Keeps a map of mood and activity names for imports."""
        return await self._json("PUT", "/v1/import/map", body={"yaml": yaml})

    async def report(
        self, *, since: datetime | None = None, until: datetime | None = None, words: bool = False
    ) -> bytes:
        """The report as one HTML page. `words` adds the entries' own texts."""
        query = {"from": since and since.isoformat(), "to": until and until.isoformat(), "words": words or None}
        given = {name: str(value).lower() if value is True else value for name, value in query.items() if value}
        return await self._bytes("GET", "/v1/report", query=given)

    async def share(self, entry_id: str, share: bool | None) -> dict[str, Any]:
        """Whether training may learn from the correction of one entry; None leaves it to the settings."""
        return await self._json("PATCH", f"/v1/entries/{quote(entry_id, safe='')}", body={"share": share})

    async def reminders(self) -> dict[str, Any]:
        """When the person wants to be asked: `{at, days}`."""
        return await self._json("GET", "/v1/reminders")

    async def keep_reminders(self, at: Sequence[str], days: Sequence[str]) -> dict[str, Any]:
        """Keeps those times; none means never."""
        return await self._json("PUT", "/v1/reminders", body={"at": list(at), "days": list(days)})

    async def reminder_calendar(self) -> bytes:
        """The reminders as an iCalendar file."""
        return await self._bytes("GET", "/v1/reminders/calendar")

    async def week(self, day: str | None = None) -> dict[str, Any]:
        """The week of a day in figures and words: see `journal.insights.week`."""
        return await self._json("GET", "/v1/insights/week", query={"day": day} if day else None)

    async def similar(self, *, entry_id: str | None = None, text: str | None = None, limit: int = 5) -> dict[str, Any]:
        """`{entries, safety?}`: what felt most like an entry, or like a text, each with its `nearness`."""
        like = {"entry_id": entry_id, "text": text, "limit": limit}
        body = {name: value for name, value in like.items() if value is not None}
        return await self._json("POST", "/v1/insights/similar", body=body)


def _report(raw: bytes) -> dict[str, Any]:
    value = json.loads(raw)
    return dict(value) if isinstance(value, Mapping) else {}


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line[5:])
