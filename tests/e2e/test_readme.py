"""The README's own commands, run as they stand there against the real product."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.product import Product

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def commands() -> list[str]:
    """Every command of the README's shell blocks, but the two `make` words that start what is running here."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.strip()]
    return [line for line in lines if not line.startswith("make ")]


def test_there_are_commands_and_make_knows_its_words() -> None:
    assert len(commands()) >= 6
    assert {"run", "test", "bench", "docs"} <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def test_the_commands_of_the_readme_work(product: Product, tmp_path: Path) -> None:
    product.wait("journal", "classifier", "recommender")
    binary = Path(sys.executable).with_name("discovery")
    for command in commands():
        line = command.replace(".venv/bin/discovery", str(binary)).replace("http://127.0.0.1:8000", product.api)
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
            env=os.environ | {"DISCOVERY_API": product.api},
        )  # fmt: skip
        # `status` says with 1 that the language model is still loading; everything else has to work at once.
        allowed = (0, 1) if command.split()[1] == "status" else (0,)
        assert done.returncode in allowed, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
