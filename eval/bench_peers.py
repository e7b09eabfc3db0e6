"""Peers: servers of others over the same model, each in an environment of its own in the cache folder."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from agent.config import ROOT
from serving.artifacts import cache_folder

PEERS = cache_folder() / "peers"
ENVIRONMENTS = {
    # LitServe needs another `mcp` than the product; the rest is what the classifier imports.
    "litserve": ("litserve==0.2.17", "onnxruntime", "tokenizers", "pydantic", "pyyaml", "numpy", "httpx"),
    # llama.cpp with its own server, built for AVX2.
    "llama": ("xllamacpp==2026.10.11549",),
}
STARTING_SECONDS = 120


def python(name: str) -> Path:
    """The interpreter of an environment, which is installed first where it is missing.

    Raises `subprocess.CalledProcessError` when it cannot be.
    """
    folder = PEERS / name
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [folder / "bin" / "python", "-m", "pip", "install", "-q", *ENVIRONMENTS[name]]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
        (folder / ".ready").touch()
    return folder / "bin" / "python"


def ends_with_me() -> None:
    """For a child before it starts: on Linux it is asked to stop when the process that measures is gone, however."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG


@contextmanager
def serving(command: Sequence[str | Path], ready: str) -> Iterator[None]:
    """A peer's server for as long as the block runs, once `ready` answers; none of its processes is left.

    Raises `RuntimeError` with its last words when it ends, or does not answer in time.
    """
    PEERS.mkdir(parents=True, exist_ok=True)
    log = PEERS / "last.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=ends_with_me,
        )  # fmt: skip
    try:
        end = time.monotonic() + STARTING_SECONDS
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} did not start: {log.read_text(errors='replace')[-500:]}")
            time.sleep(0.5)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # LitServe leaves its workers behind when it is asked politely
        process.wait(timeout=20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
