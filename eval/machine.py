"""What a figure was measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil

FLAGS = ("avx2", "avx512_vnni", "avx512_bf16", "amx_int8")


def machine() -> str:
    """The machine in one line."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    name = next(
        (line.split(":")[1].strip() for line in info.splitlines() if "model name" in line), platform.processor()
    )
    flags = [f for f in FLAGS if f in info]
    memory = psutil.virtual_memory().total / 1e9
    return f"{psutil.cpu_count()} cores of {name} ({', '.join(flags)}), {memory:.0f} GB, {platform.system()}"


def load() -> float:
    """How many processes wanted to run, over the last minute: near 0 where nothing else is at work."""
    return os.getloadavg()[0]
