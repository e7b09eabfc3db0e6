"""The product without its language model. Its module sorts first: two Rays on one machine disturb each other."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import yaml
from support.product import start, stop

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
TEXT = "I miss my grandmother so much. I found her letters today and cried for an hour."


def test_an_entry_is_written_and_explained_while_the_model_cannot_be_had(tmp_path: Path) -> None:
    """The language model's folder is absent: everything else starts, and the evidence explains."""
    config = yaml.safe_load((ROOT / "configs" / "local.yaml").read_text())
    config["applications"][1]["args"]["model"] = str(tmp_path / "nothing-here")
    (tmp_path / "absent.yaml").write_text(yaml.safe_dump(config))
    alone = start(tmp_path, "--config", str(tmp_path / "absent.yaml"))
    try:
        alone.wait("journal", "classifier", "recommender")
        reply = httpx.post(f"{alone.api}/v1/entries", json={"text": TEXT}, timeout=60).json()
        assert reply["emotions"]["emotions"] and {s["source"] for s in reply["explanation"]} == {"evidence"}
        assert httpx.get(f"{alone.api}/readyz", timeout=30).status_code == 503
    finally:
        stop(alone)
