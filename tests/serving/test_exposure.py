from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.config import ROOT
from agent.errors import ConfigError
from serving import launcher
from serving.exposure import beyond_loopback, expose


@pytest.mark.parametrize(
    ("host", "beyond"),
    [("127.0.0.1", False), ("127.8.8.8", False), ("::1", False), ("localhost", False), ("0.0.0.0", True),
     ("::", True), ("192.168.1.5", True), ("journal.example.org", True), ("localhost.example.org", True), ("", True)],
)  # fmt: skip
def test_what_can_be_reached_from_elsewhere(host: str, beyond: bool) -> None:
    assert beyond_loopback(host) is beyond


def config(**args: Any) -> dict[str, Any]:
    return {"applications": [{"name": "discovery", "args": {"application": "discovery", **args}}]}


@pytest.mark.parametrize("given", [{"http_options": {"host": "0.0.0.0"}}, {}])
def test_nobody_is_let_in_from_elsewhere_without_an_account(given: dict[str, Any]) -> None:
    host = None if given else "::"
    with pytest.raises(ConfigError, match=r"without accounts everybody there could read.*--multi-user"):
        expose(config() | given, host=host, multi_user=False)
    open_to_all = config() | given
    assert expose(open_to_all, host=host, multi_user=True).multi_user
    assert open_to_all["applications"][0]["args"]["multi_user"] is True
    assert expose(config(multi_user=True) | given, host=host, multi_user=False).multi_user


def test_the_launcher_refuses_before_anything_starts(tmp_path: Path) -> None:
    file = ROOT / "configs" / "local.yaml"
    with pytest.raises(ConfigError, match="can be reached from other machines"):
        launcher.plan(file, port=None, chat_port=None, host="0.0.0.0")
    plan = launcher.plan(file, port=9000, chat_port=None, host="0.0.0.0", multi_user=True)
    assert (plan.host, plan.api, plan.multi_user) == ("0.0.0.0", "http://127.0.0.1:9000", True)
    assert launcher.plan(file, port=None, chat_port=None).host == "127.0.0.1"
