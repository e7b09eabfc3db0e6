"""Every route x {owner, other, nobody}, from the app's own table: a new route without a row here fails."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from argon2 import PasswordHasher
from fakes.ports import ScriptedModel, WordClassifier
from fastapi.routing import APIRoute

from agent.access import Scope
from agent.errors import Unavailable
from agent.pipeline import Agent
from journal import accounts
from journal.store import Store
from serving.access import Access, needed
from serving.gateway import create_app
from serving.readiness import Readiness
from tests.serving.test_gateway import ITEM, AsyncStore, OneItem

CANARY = "kanarienvogel"
PASSWORD = "a long enough password"
EMPTY = create_app(None, None)  # type: ignore[arg-type]
ROUTES = sorted((m, r.path) for r in EMPTY.routes if isinstance(r, APIRoute) for m in r.methods)
DAYLIO = "full_date,date,weekday,time,mood,activities,note_title,note\n2026-05-04,May 4,Monday,9:05 PM,good,tea,,x\n"


class Wordless:
    """A language model that is not there: words are put together from what is known."""

    async def stream(self, _messages: Any, **_more: Any) -> AsyncIterator[str]:
        raise Unavailable("no model")
        yield ""


class Everything(OneItem):
    """A recommender that also knows a path."""

    async def path(self, **_wishes: Any) -> list[Any]:
        return []


class Row(NamedTuple):
    """What is sent, what the owner gets, and what the other one gets; `zip` sends the bytes of an archive."""

    owner: int
    other: int
    body: dict[str, Any] | None = None
    query: str = ""
    upload: bool = False


ROWS: dict[tuple[str, str], Row] = {
    ("POST", "/v1/entries"): Row(201, 201, {"text": "a new one", "suggest": False}),
    ("GET", "/v1/entries"): Row(200, 200),
    ("GET", "/v1/entries/{entry_id}"): Row(200, 404),
    ("PATCH", "/v1/entries/{entry_id}"): Row(200, 404, {"labels": ["joy"]}),
    ("DELETE", "/v1/entries/{entry_id}"): Row(204, 404),
    ("GET", "/v1/entries/{entry_id}/history"): Row(200, 404),
    ("POST", "/v1/search"): Row(200, 200, {"q": CANARY}),
    ("POST", "/v1/feedback"): Row(204, 404, {"item_id": ITEM.id, "verdict": "like", "entry_id": "{entry_id}"}),
    ("GET", "/v1/feedback"): Row(200, 200),
    ("DELETE", "/v1/feedback"): Row(204, 204),
    ("GET", "/v1/insights"): Row(200, 200),
    ("GET", "/v1/insights/week"): Row(200, 200),
    ("GET", "/v1/insights/{part}"): Row(200, 200),
    ("POST", "/v1/insights/similar"): Row(200, 404, {"entry_id": "{entry_id}"}),
    ("GET", "/v1/report"): Row(200, 200),
    ("GET", "/v1/reminders"): Row(200, 200),
    ("PUT", "/v1/reminders"): Row(200, 200, {"at": ["21:00"], "days": ["mon"]}),
    ("GET", "/v1/reminders/calendar"): Row(200, 200),
    ("GET", "/v1/care"): Row(200, 200),
    ("POST", "/v1/care"): Row(200, 200, {"safe": True}),
    ("POST", "/v1/ask"): Row(200, 200, {"messages": [{"role": "user", "content": "x"}]}),
    ("POST", "/v1/suggest/path"): Row(200, 200, {"goal": "lift"}),
    ("GET", "/v1/me"): Row(200, 200),
    ("PATCH", "/v1/me"): Row(200, 200, {"region": "GB"}),
    ("DELETE", "/v1/me"): Row(204, 204),
    ("GET", "/v1/keys"): Row(200, 200),
    ("POST", "/v1/keys"): Row(201, 201, {"label": "mine", "scope": "read"}),
    ("DELETE", "/v1/keys/{key_id}"): Row(204, 404),
    ("DELETE", "/v1/session"): Row(204, 204),
    ("POST", "/v1/import"): Row(200, 200, query="?format=daylio&zone=UTC", upload=True),
    ("GET", "/v1/imports"): Row(200, 200),
    ("DELETE", "/v1/imports/{import_id}"): Row(200, 404),
    ("GET", "/v1/import/map"): Row(200, 200),
    ("PUT", "/v1/import/map"): Row(200, 200, {"yaml": "moods: {}\nactivities: {}\n"}),
    ("GET", "/v1/export"): Row(200, 200),
    ("GET", "/v1/corrections"): Row(200, 200),
    ("POST", "/v1/classify"): Row(200, 200, {"texts": ["x"]}),
    ("POST", "/v1/suggest"): Row(200, 200, {"goal": "lift"}),
    ("GET", "/v1/models"): Row(200, 200),
    ("GET", "/v1/emotions"): Row(200, 200),
    ("POST", "/v1/chat/completions"): Row(
        200, 200, {"model": "discovery", "messages": [{"role": "user", "content": "x"}]}
    ),
    ("GET", "/metrics"): Row(200, 200),
}
"""Every route that asks for a credential. The others are for anybody: they stand in `ANYBODY`."""

ANYBODY: dict[tuple[str, str], Row] = {
    ("GET", "/healthz"): Row(200, 200),
    ("GET", "/readyz"): Row(200, 200),
    ("POST", "/v1/session"): Row(201, 201, {"name": "ada", "password": PASSWORD}),
}


class House:
    """Ada, who has written, Bob, who has not, and the API with accounts."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(f"sqlite:///{folder / 'journal.db'}", folder / "key")
        agent = Agent(WordClassifier(), Wordless(), Everything(), AsyncStore(self.store))  # type: ignore[arg-type]
        access = Access(AsyncStore(self.store))  # type: ignore[arg-type]
        ready = Readiness({"journal": lambda: agent.journal.settings("readiness")})
        self.app = create_app(agent, ready, access=access)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
        self.ada = self.store.add_account("ada", PASSWORD).person
        self.bob = self.store.add_account("bob", PASSWORD).person
        self.tokens = {name: self.store.sign_in(name, PASSWORD).token for name in ("ada", "bob")}
        entry = self.store.add(self.ada, f"{CANARY} sang", tags=[CANARY]).entry
        self.store.keep(self.ada, "import-map", "names", f"moods: {{}}\nactivities: {{{CANARY}: work}}\n")
        other = entry.model_copy(update={"id": str(uuid4()), "text": "taken in"})
        taken = self.store.take_in(self.ada, [other], format_name="csv", dry_run=False)
        key = self.store.make_key(self.ada, CANARY, "read")
        self.names = {"entry_id": entry.id, "key_id": key.id, "import_id": taken["import"], "part": "counts"}

    async def ask(self, method: str, path: str, row: Row, token: str | None) -> httpx.Response:
        """One request of the table, with the ids of Ada's things in it."""
        for name, value in self.names.items():
            path = path.replace(f"{{{name}}}", value)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if row.upload:
            headers["content-type"] = "text/csv"
            return await self.http.request(method, path + row.query, content=DAYLIO, headers=headers)
        body = json.loads(json.dumps(row.body).replace("{entry_id}", self.names["entry_id"])) if row.body else None
        return await self.http.request(method, path + row.query, json=body, headers=headers)

    def of_ada(self) -> dict[str, bytes]:
        """Everything of hers, to see whether somebody touched it."""
        with zipfile.ZipFile(io.BytesIO(self.store.export(self.ada))) as opened:
            return {name: opened.read(name) for name in opened.namelist() if name != "manifest.json"}


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64))  # a hundred houses are built
    built = House(tmp_path)
    yield built
    await built.http.aclose()
    built.store.close()


def test_every_route_of_the_app_has_its_row() -> None:
    assert sorted({*ROWS, *ANYBODY}) == ROUTES


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part.replace("/v1/", ""))
async def test_a_route_serves_its_owner_and_nobody_else(house: House, method: str, path: str) -> None:
    row, ada, bob = ROWS.get((method, path)), house.tokens["ada"], house.tokens["bob"]
    if row is None:
        answer = await house.ask(method, path, ANYBODY[method, path], None)
        assert answer.status_code == ANYBODY[method, path].owner and CANARY not in answer.text
        return
    before = house.of_ada()
    for nobody in (None, "", "dk_unknown", "ds_unknown", ada[:-1], "eyJhbGciOiJub25lIn0.e30."):
        refused = await house.ask(method, path, row, nobody)
        assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer", refused.text
        assert CANARY not in refused.text
    foreign = await house.ask(method, path, row, bob)
    assert foreign.status_code == row.other, foreign.text
    if path not in ("/v1/search",):  # which says nothing back of what was asked
        assert CANARY.encode() not in foreign.content
    assert house.of_ada() == before, "somebody else changed the journal"
    own = await house.ask(method, path, row, ada)
    assert own.status_code == row.owner, own.text


@pytest.mark.parametrize("scope", ["read", "write"])
@pytest.mark.parametrize(("method", "path"), sorted(ROWS), ids=lambda part: part.replace("/v1/", ""))
async def test_a_key_reaches_as_far_as_its_scope(house: House, method: str, path: str, scope: Scope) -> None:
    order = ["read", "write", "full"]
    token = house.store.make_key(house.ada, "k", scope).token
    answer = await house.ask(method, path, ROWS[method, path], token)
    enough = order.index(scope) >= order.index(needed(method, path))
    assert answer.status_code == (ROWS[method, path].owner if enough else 403), answer.text


async def test_signing_in_out_and_too_often(house: House) -> None:
    good = {"name": "ada", "password": PASSWORD}
    token = (await house.http.post("/v1/session", json=good)).json()["token"]
    headers = {"authorization": f"bearer {token}"}
    assert (await house.http.get("/v1/entries", headers=headers)).status_code == 200
    assert (await house.http.delete("/v1/session", headers=headers)).status_code == 204
    assert (await house.http.get("/v1/entries", headers=headers)).status_code == 401
    for _ in range(5):
        assert (await house.http.post("/v1/session", json=good | {"password": "wrong"})).status_code == 401
    waiting = await house.http.post("/v1/session", json=good)
    assert waiting.status_code == 429 and 0 < int(waiting.headers["retry-after"]) <= 30
    assert PASSWORD not in waiting.text


async def test_a_password_never_comes_back_in_an_error(house: House) -> None:
    answer = await house.http.post("/v1/session", json={"name": "", "password": PASSWORD, "more": 1})
    assert answer.status_code == 422 and PASSWORD not in answer.text
    long = await house.http.post("/v1/session", json={"name": "ada", "password": PASSWORD * 100})
    assert long.status_code == 422 and PASSWORD not in long.text


async def test_without_accounts_there_is_nothing_to_sign_in_to(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'journal.db'}", tmp_path / "key")
    agent = Agent(WordClassifier(), ScriptedModel(), OneItem(), AsyncStore(store))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(create_app(agent, Readiness({})), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        answer = await http.post("/v1/session", json={"name": "ada", "password": PASSWORD})
        assert answer.status_code == 404 and "no accounts" in answer.json()["detail"]
        assert (await http.get("/v1/entries")).status_code == 200
    store.close()
