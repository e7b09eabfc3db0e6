"""The gateway over the journal as a process of its own that can be killed: real HTTP, real store, a tiny classifier.

It is what Ray Serve runs, without Ray: `create_app` over a `JournalServer`, so that fifty kills take minutes.
`tests/e2e/test_acknowledged.py` kills under the real Serve.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import httpx
from fakes.ports import WordClassifier

from agent.domain import Reading

CYCLES = int(os.environ.get("DISCOVERY_CYCLES", "50"))
"""Kills in one test; `make soak` asks for a thousand."""

LEASE_SECONDS = 0.5
"""How long a killed turn keeps its key; a minute in the product, which no test wants to wait for."""

ROOT = Path(__file__).parents[2]


@cache
def children() -> Any:
    """Processes born of a server that has imported everything once, so that each is there in a moment."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "uvicorn", "support.warm"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = f"{ROOT}:{ROOT / 'tests'}"  # the server knows no other way to find our modules
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
    return context


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Silent:
    """A language model that is never there."""

    async def stream(self, messages: Any, **wishes: Any) -> AsyncIterator[str]:
        from agent.errors import Unavailable

        raise Unavailable("no model here")
        yield ""


class Fragile(WordClassifier):
    """One that breaks, as no code should, over a text that says so; the error repeats the text, as many do."""

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        if any("shatter" in text for text in texts):
            raise RuntimeError(f"cannot read {texts}")
        return await super().read(texts, full=full)


class InProcess:
    """The journal's deployment without its handle."""

    def __init__(self) -> None:
        self.server: Any = None

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_"):
            raise AttributeError(method)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self.server.call(method, *args, **kwargs)

        return call


@cache
def application() -> tuple[Any, InProcess]:
    """The app, and the place that its journal is put into. Made before a child is born, for it takes half a second."""
    from fakes.ports import FakePort

    from agent.pipeline import Agent
    from serving.gateway import create_app
    from serving.readiness import Readiness

    journal = InProcess()
    classifier: Any = Fragile(sadness=["cried"], joy=["sang"])
    if os.environ.get("REAL_CLASSIFIER"):
        from agent.config import ClassifierConfig
        from serving.classifier import LocalClassifier

        classifier = LocalClassifier(ClassifierConfig(threads=1))
    agent = Agent(
        classifier=classifier,
        llm=Silent(),
        recommender=FakePort(),  # type: ignore[arg-type]
        journal=journal,  # type: ignore[arg-type]
    )
    return create_app(agent, Readiness({"journal": lambda: agent.journal.settings("readiness")})), journal


def serve(folder: Path, port: int, log: Path | None = None) -> None:
    """Runs until it is killed."""
    import uvicorn

    from agent.config import JournalConfig
    from journal import idempotency
    from serving.journal import JournalServer

    if log is not None:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)  # everything that anybody might ever want to say
    idempotency.LEASE = timedelta(seconds=LEASE_SECONDS)
    app, journal = application()
    url = f"sqlite:///{folder}/data/journal.db"
    journal.server = JournalServer(JournalConfig(url=url, key_file=folder / "data" / "master.key"))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="info")


class RealGateway:
    """The process from outside. `start` may follow `kill`, on the same port, as a replica that is replaced."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "gateway.log"
        self._process: Any = None

    def start(self) -> RealGateway:
        self._process = children().Process(target=serve, args=(self.folder, self.port, self.log))
        self._process.start()
        return self._wait()

    def start_behind(self, *command: str) -> RealGateway:
        """The same as a program behind a command, such as one that gives it a disk of its own."""
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
        here = [sys.executable, "-m", "support.gateway_process", str(self.folder), str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([*command, *here], env=environment, stdout=log, stderr=log)
        return self._wait()

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def kill(self) -> None:
        """kill -9, and the end of it seen."""
        os.kill(self.pid, signal.SIGKILL)
        self._process.join(30) if hasattr(self._process, "join") else self._process.wait(30)

    def _wait(self) -> RealGateway:
        try:
            return self._until_it_listens()
        except BaseException:
            self.kill()  # nobody else will: whoever asked for it gets an error instead of a gateway
            raise

    def _until_it_listens(self) -> RealGateway:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return self
            except OSError:
                alive = self._process.is_alive() if hasattr(self._process, "is_alive") else self._process.poll() is None
                assert alive, self.log.read_text()[-3000:]
                time.sleep(0.01)
        raise AssertionError(f"the gateway did not listen: {self.log.read_text()[-3000:]}")

    def texts(self) -> list[str]:
        """Every text that is kept, oldest first, asked for page by page."""
        found: list[str] = []
        query: dict[str, Any] = {"limit": 200}
        while True:
            page = httpx.get(f"{self.url}/v1/entries", params=query, timeout=60, trust_env=False).json()
            found += [entry["text"] for entry in page["entries"]]
            if not page["cursor"]:
                return found[::-1]
            query["cursor"] = page["cursor"]


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
