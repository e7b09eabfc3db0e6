"""One start of the real product, as a person starts it, shared by every end-to-end test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
READY_SECONDS = 420
"""Generous: the first start prepares the models, and continuous integration shares its cores."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Product:
    api: str
    chat: str
    process: subprocess.Popen[bytes]
    home: Path
    log: Path

    def wait(self, *parts: str, seconds: float = READY_SECONDS) -> float:
        """Seconds until these parts were ready."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            try:
                found = httpx.get(f"{self.api}/readyz", timeout=20).json()["parts"]
                if all(found.get(part) == "ready" for part in parts):
                    return time.monotonic() - began
            except (httpx.HTTPError, ValueError, KeyError):
                pass
            time.sleep(0.5)
        raise AssertionError(f"{parts} not ready after {seconds} s: {self.log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`discovery run` with an empty journal. The cache of prepared models is the user's own, as for a second start."""
    home = tmp_path_factory.mktemp("home")
    api, chat, log = free_port(), free_port(), home / "run.log"
    command = [Path(sys.executable).with_name("discovery"), "run", "--api-port", str(api), "--chat-port", str(chat)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=os.environ | {"XDG_DATA_HOME": str(home / "data")}
        )
    held = Product(f"http://127.0.0.1:{api}", f"http://127.0.0.1:{chat}", process, home, log)
    try:
        held.wait("journal")
        yield held
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
