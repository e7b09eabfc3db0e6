"""A product to measure: started by `discovery run` on free ports with an empty journal, and stopped afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from agent.config import ROOT


@dataclass
class Running:
    """Where the product answers, and when its parts were ready, in seconds after its start."""

    api: str
    process: subprocess.Popen[bytes]
    ready: dict[str, float] = field(default_factory=dict)

    def memory_gb(self) -> float:
        """Resident memory of all its processes; what they share is counted once (PSS)."""
        root = psutil.Process(self.process.pid)
        return sum(p.memory_full_info().pss for p in [root, *root.children(recursive=True)]) / 1e9


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[Running]:
    """The product, once every part is ready. Raises `RuntimeError` when it ends before."""
    home, port = Path(tempfile.mkdtemp(prefix="discovery-bench-")), free_port()
    command = [Path(sys.executable).with_name("discovery"), "run", "--api-port", str(port)]
    command += ["--chat-port", str(free_port())]
    began = time.monotonic()
    with (home / "run.log").open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"XDG_DATA_HOME": str(home / "data")},
        )
    product = Running(f"http://127.0.0.1:{port}", process)
    try:
        while len(product.ready) < 5:
            _look(product, began)
            if process.poll() is not None:
                raise RuntimeError(f"the product ended: {(home / 'run.log').read_text()[-500:]}")
        yield product
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)


def _look(product: Running, began: float) -> None:
    try:
        report = httpx.get(f"{product.api}/readyz", timeout=20).json()
    except (httpx.HTTPError, ValueError):
        report = {}
    states = report.get("parts", {}) | {"all": report.get("status", "")}
    for part, state in states.items():
        if state == "ready":
            product.ready.setdefault(part, time.monotonic() - began)
    time.sleep(0.25)
