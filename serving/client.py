"""The HTTP client of Discovery: the API's routes as methods, its event stream as `agent.events.Event`s.

The chat and the command line use only this. Everything that can go wrong becomes a `ClientError` with one sentence
that a person can act on. Proxies of the environment are ignored: what people write must not pass through one unasked.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

import httpx
from httpx_sse import EventSource, ServerSentEvent, SSEError
from pydantic import ValidationError

from agent.domain import Goal, Settings, StateOfMind, Verdict, as_json
from agent.events import Event
from serving.client_error import ClientError as ClientError
from serving.client_files import Files
from serving.client_talk import Talk

DEFAULT_URL = "http://127.0.0.1:8000"
"""Where `make run` puts the API."""

EntryData = dict[str, Any]
"""An entry as JSON: `id created_at text goal state_of_mind safety emotions evidence explanation suggestions correction
labels`, where what has not been computed is null."""


class Client(Files, Talk):
    """One connection pool to one API. `timeout` is how many seconds of silence are borne before giving up; the event
    stream pings every 15 s, so a long turn is not silence; `language` (like de-AT) is what the person speaks, for the
    region of the help card; `token` is a session or an API key, where there are accounts. Use it as an async context
    manager, or call `aclose`. Entries come as plain JSON in the forms of the events: see `agent.results.entry_data`.
    Raises `ClientError` for an address that is none."""

    def __init__(
        self, base_url: str = DEFAULT_URL, timeout: float = 60.0, *,
        language: str | None = None, token: str | None = None, transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        if not base_url.startswith(("http://", "https://")):
            raise ClientError("The address of Discovery must begin with http:// or https://", f"found {base_url!r}")
        self.base_url = base_url.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=self.base_url,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            headers=_given(**{"accept-language": language, "authorization": token and f"Bearer {token}"}),
            trust_env=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def entry(
        self,
        text: str,
        *,
        goal: Goal | str | None = None,
        suggest: bool = True,
        idempotency_key: str | None = None,
        state_of_mind: StateOfMind | None = None,
        created_at: datetime | None = None,
        language: str | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Writes an entry and yields what happens, ending with the one last event. A repeat under the same
        `idempotency_key` never writes twice; one is made up when none is given. `language` (`Accept-Language`) picks
        the region of the help card for a person who has set none. Raises `ClientError`."""
        body = _given(text=text, suggest=suggest, goal=goal, state_of_mind=as_json(state_of_mind))
        body |= _given(created_at=created_at and created_at.isoformat())
        headers = _given(**{"accept-language": language}) | {"accept": "text/event-stream"}
        headers["idempotency-key"] = idempotency_key or str(uuid4())
        async with (
            self._answer("POST", "/v1/entries", body=body, headers=headers) as response,
            aclosing(_events(response)) as events,
        ):
            async for event in events:
                yield event

    async def entries(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        emotion: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[list[EntryData], str | None]:
        """Entries, newest first, and the cursor of the next page (None at the end)."""
        query = _span(since, until) | _given(emotion=emotion, limit=limit, cursor=cursor)
        page = await self._json("GET", "/v1/entries", query=query)
        return page["entries"], page.get("cursor")

    async def get(self, entry_id: str) -> EntryData:
        """One entry with everything attached to it."""
        return await self._json("GET", _path(entry_id))

    async def correct(
        self,
        entry_id: str,
        *,
        labels: Sequence[str] | None = None,
        valence: float | None = None,
        text: str | None = None,
    ) -> EntryData:
        """Corrects what was read (`labels`, `valence`) or the words themselves (`text`, which is read again)."""
        body = _given(labels=labels, valence=valence, text=text)
        return await self._json("PATCH", _path(entry_id), body=body)

    async def delete(self, entry_id: str) -> None:
        """Removes an entry for good."""
        await self._bytes("DELETE", _path(entry_id))

    async def search(self, query: str, *, limit: int = 20) -> dict[str, Any]:
        """`{entries, safety?}`: what holds the words or comes near their meaning, best first, and the help card."""
        return await self._json("POST", "/v1/search", body={"q": query, "limit": limit})

    async def classify(self, texts: Sequence[str], *, full: bool = False) -> list[dict[str, Any]]:
        """One result a text, in order, nothing stored: `{emotions, unsure, safety, probabilities?}`. At most 512."""
        answer = await self._json("POST", "/v1/classify", body={"texts": list(texts), "full": full})
        results: list[dict[str, Any]] = answer["results"]
        return results

    async def suggest(self, **wishes: Any) -> dict[str, Any]:
        """`{items, safety, limits}`: ranked items, each with a `reason`. `wishes` are those of `POST /v1/suggest`; what
        is left out, or None, is left to the server."""
        return await self._json("POST", "/v1/suggest", body=_given(**wishes))

    async def path(self, **wishes: Any) -> dict[str, Any]:
        """`{items, safety}`: three steps towards the goal. `wishes` are those of `POST /v1/suggest/path`."""
        return await self._json("POST", "/v1/suggest/path", body=_given(**wishes))

    async def said(self) -> list[dict[str, Any]]:
        """What the person said of suggestions: `{item_id, title, verdict}` each."""
        answer = await self._json("GET", "/v1/feedback")
        said: list[dict[str, Any]] = answer["feedback"]
        return said

    async def reset_feedback(self) -> None:
        """Forgets everything the person said of suggestions."""
        await self._bytes("DELETE", "/v1/feedback")

    async def feedback(self, item_id: str, verdict: Verdict, *, entry_id: str | None = None) -> None:
        """Keeps what the person said of a suggestion."""
        body = _given(item_id=item_id, verdict=verdict, entry_id=entry_id)
        await self._bytes("POST", "/v1/feedback", body=body)

    async def insights(self, *, since: datetime | None = None, until: datetime | None = None) -> dict[str, Any]:
        """Figures over a span of time, as plain JSON."""
        return await self._json("GET", "/v1/insights", query=_span(since, until))

    async def erase(self) -> None:
        """Removes everything of this person. There is no way back."""
        await self._bytes("DELETE", "/v1/me")

    async def settings(self) -> Settings:
        """What the person has chosen."""
        return _settings(await self._json("GET", "/v1/me"))

    async def change_settings(self, **changes: str | bool | None) -> Settings:
        """Changes only the settings that are named: `region`, `read_emotions`, `suggestions`."""
        return _settings(await self._json("PATCH", "/v1/me", body=changes))

    async def care(self, *, safe: bool | None = None, language: str | None = None) -> dict[str, Any]:
        """Where the crisis path stands; with `safe`, after the person's own word on it, and what `says` to that."""
        method, body = ("GET", None) if safe is None else ("POST", {"safe": safe})
        return await self._json(method, "/v1/care", body=body, headers=_given(**{"accept-language": language}))

    async def sign_in(self, name: str, password: str) -> str:
        """The token of a new session."""
        session = await self._json("POST", "/v1/session", body={"name": name, "password": password})
        return str(session["token"])

    async def ready(self) -> dict[str, Any]:
        """`{status: starting|degraded|ready, parts}`, whatever the HTTP status. Raises when no server answers."""
        return await self._json("GET", "/readyz", bear=(503,))

    async def _json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        async with self._answer(method, path, **request) as response:
            try:
                value = json.loads(await response.aread())
            except ValueError:
                value = None
        if isinstance(value, dict):
            return value
        raise _foreign(self.base_url)

    async def _bytes(self, method: str, path: str, **request: Any) -> bytes:
        async with self._answer(method, path, **request) as response:
            return await response.aread()

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        bear: Collection[int] = (),
    ) -> AsyncIterator[httpx.Response]:
        """An answer of status 2xx, or one of those in `bear`, its body still unread. Raises `ClientError` otherwise."""
        sent = dict(headers or {})
        if body is not None:
            # ASCII escapes carry even a lone surrogate to the server, whose verdict on it is the one that counts.
            content = json.dumps(body, ensure_ascii=True).encode()
            sent["content-type"] = "application/json"
        try:
            async with self._http.stream(method, path, content=content, params=query, headers=sent) as response:
                if not response.is_success and response.status_code not in bear:
                    await response.aread()
                    raise _problem(response)
                yield response
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: httpx.HTTPError) -> ClientError:
        if isinstance(error, httpx.ReadTimeout):
            return ClientError(f"Discovery at {self.base_url} has stopped answering", "wait a moment and try again")
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return ClientError(f"Discovery is not running at {self.base_url}", "start it with `make run`")
        return ClientError(f"The connection to Discovery at {self.base_url} broke off", "try again")


async def _events(response: httpx.Response) -> AsyncGenerator[Event, None]:
    """The stream as events, up to the one last event. Raises `ClientError` when it ends without one."""
    ended = False
    try:
        # Read to the very end: a stream left half-read is closed later, by whoever collects it, and noisily.
        async for message in EventSource(response).aiter_sse():
            if message.data and not ended:
                event = _event(message)
                ended = event.last
                yield event
    except SSEError as error:
        raise _foreign(str(response.url)) from error
    if not ended:
        raise ClientError("The connection broke off before the end")


def _event(message: ServerSentEvent) -> Event:
    try:
        return Event.model_validate({"name": message.event, "data": json.loads(message.data)})
    except (ValueError, ValidationError) as error:
        raise ClientError("The answer is not one this version knows", f"found event {message.event!r}") from error


def _problem(response: httpx.Response) -> ClientError:
    """The problem document of a refused request, or the bare status where there is none."""
    try:
        document = response.json()
    except ValueError:
        document = None
    facts = document if isinstance(document, dict) else {}
    wait = response.headers.get("retry-after", "")
    return ClientError(
        str(facts.get("title") or response.reason_phrase or f"HTTP {response.status_code}"),
        str(facts.get("detail") or ""),
        status=response.status_code,
        field=facts.get("field"),
        retry_after=int(wait) if wait.isdigit() else None,
        safety=facts.get("safety"),
    )


def _foreign(where: str) -> ClientError:
    return ClientError(f"What answers at {where} is not Discovery", "check the address, or start it with `make run`")


def _settings(value: Mapping[str, Any]) -> Settings:
    return Settings.model_validate({name: value[name] for name in Settings.model_fields if name in value})


def _span(since: datetime | None, until: datetime | None) -> dict[str, Any]:
    """The `from` and `to` of a query, ISO 8601 with zone."""
    return _given(**{"from": since and since.isoformat(), "to": until and until.isoformat()})


def _given(**values: Any) -> dict[str, Any]:
    """The values that were given: what is None stays the server's choice."""
    return {name: value for name, value in values.items() if value is not None}


def _path(entry_id: str) -> str:
    """The route of one entry; an id is data, so it cannot climb to another route."""
    return f"/v1/entries/{quote(entry_id, safe='')}"
