"""What this computer's processor can do, as far as the choice of number formats hangs on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CPUINFO = Path("/proc/cpuinfo")


def has_tiles(cpuinfo: Path = CPUINFO) -> bool:
    """Whether there are AMX tiles; False where that cannot be seen."""
    try:
        return "amx_tile" in cpuinfo.read_text(encoding="utf-8")
    except OSError:
        return False


def fitting(engine: dict[str, Any], *, tiles: bool) -> dict[str, Any]:
    """The arguments of vLLM's engine for the shipped int8 checkpoint on this processor.

    With AMX tiles, vLLM takes a kernel for int8 weights that knows bfloat16 and half alone: in float32 the engine
    starts, and dies of the first word ("int8_scaled_mm_with_quant: expect A to be bfloat16 or half"). Such a processor
    computes bfloat16 natively.
    """
    return {**engine, "dtype": "bfloat16"} if tiles and engine.get("dtype") == "float32" else dict(engine)
