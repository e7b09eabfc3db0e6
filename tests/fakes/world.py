"""The API over a real journal and a tiny classifier, in memory but for the journal's own file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from fakes.ports import FakePort, ScriptedModel, WordClassifier

from agent.conversation import Conversation
from agent.pipeline import Agent
from journal.store import Store
from serving.gateway import create_app
from serving.readiness import Readiness


class AsyncStore:
    """The real store behind the asynchronous port."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_"):
            raise AttributeError(method)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await asyncio.to_thread(getattr(self._store, method), *args, **kwargs)

        return call


class World:
    """One app and a client of it. `answers` are what the language model says; the recommender must not be asked."""

    def __init__(self, folder: Path, *answers: Any, router: Any = None, caller: Any = None, **store: Any) -> None:
        self.store = Store(f"sqlite:///{folder / 'journal.db'}", folder / "key", **store)
        self.model = ScriptedModel(*answers)
        self.classifier: Any = WordClassifier(sadness=["cried"], joy=["sang"])
        self.agent = Agent(
            classifier=self.classifier,
            llm=self.model,
            recommender=FakePort(),  # type: ignore[arg-type]
            journal=AsyncStore(self.store),  # type: ignore[arg-type]
        )
        talk = Conversation(self.agent, router, caller) if router else None
        app = create_app(self.agent, Readiness({}), talk=talk)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    async def close(self) -> None:
        await self.http.aclose()
        self.store.close()
