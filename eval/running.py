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
from eval.bench_peers import ends_with_me

STARTING_SECONDS = 600
STOPPING_SECONDS = 90


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
    """The product, once every part is ready; none of its processes is left afterwards. Raises `RuntimeError` when it
    ends before, or takes longer than `STARTING_SECONDS`."""
    with tempfile.TemporaryDirectory(prefix="discovery-bench-") as home:
        yield from _running(Path(home))


def _running(home: Path) -> Iterator[Running]:
    port = free_port()
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
            start_new_session=True,  # Ctrl-C reaches it once, from here
            preexec_fn=ends_with_me,
        )
    product = Running(f"http://127.0.0.1:{port}", process)
    try:
        while "all" not in product.ready:
            _look(product, began)
            if process.poll() is not None or time.monotonic() - began > STARTING_SECONDS:
                raise RuntimeError(f"the product did not start: {(home / 'run.log').read_text()[-500:]}")
        yield product
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs(family, timeout=STOPPING_SECONDS)
        for left in alive:
            left.kill()
    process.wait(timeout=20)


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
