"""The real product as a person starts it: `discovery run` on free ports, with an empty journal."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

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


def start(home: Path, *options: str, **environment: str) -> Product:
    """`discovery run` with its journal in `home`; the cache of models is the user's own, as on a second start."""
    api, chat, log = free_port(), free_port(), home / "run.log"
    command = [Path(sys.executable).with_name("discovery"), "run", "--api-port", str(api), "--chat-port", str(chat)]
    where = os.environ | {"XDG_DATA_HOME": str(home / "data")} | environment
    with log.open("wb") as out:
        process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=where)
    return Product(f"http://127.0.0.1:{api}", f"http://127.0.0.1:{chat}", process, home, log)


def stop(product: Product, seconds: float = 90) -> None:
    """Ctrl-C, and the end of every process it started."""
    if product.process.poll() is None:
        product.process.send_signal(signal.SIGINT)
        product.process.wait(timeout=seconds)
