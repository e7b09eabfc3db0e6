"""Without any network: in a network namespace with loopback alone, the product does what it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.gateway_process import ROOT
from support.namespaces import own


@pytest.mark.timeout(300)
def test_journal_model_and_chat_work_with_loopback_alone(tmp_path: Path) -> None:
    inside = f"ip link set lo up && exec {sys.executable} -m support.alone {tmp_path}"
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run(
        [*own("-rn"), "sh", "-c", inside], env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    seen = json.loads(ran.stdout.splitlines()[-1])
    assert seen["outside"].endswith(" 101"), "there was a way out"  # ENETUNREACH
    assert {"sadness", "grief"} & set(seen["used"]["labels"]) and seen["used"]["explained"]
    assert seen["used"]["found"] == seen["used"]["entries"] == 1
    assert seen["used"]["report"] > 1_000_000 and seen["used"]["archive"] > 500  # the report brings its own Plotly
    assert len(seen["assets"]) > 5 and set(seen["assets"].values()) == {200}, seen["assets"]
