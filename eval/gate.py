"""The crisis screen's suites as a gate: a model or a prompt does not ship while people would be missed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from agent.config import ROOT

COMMAND = (sys.executable, "-m", "eval.safety", "--floors")
_SECONDS = 900


def safety_gate(command: tuple[str, ...] = COMMAND) -> dict[str, Any]:
    """Runs the suites in a process of their own; `passed` is their exit code, `said` what they printed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False)
    return {"passed": done.returncode == 0, "said": (done.stdout + done.stderr).strip().splitlines()[-20:]}
