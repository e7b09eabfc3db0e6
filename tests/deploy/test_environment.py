"""deploy/environment.sh: a cluster's processes start quiet and with their secrets, or not at all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from serving.launcher import QUIET

SCRIPT = Path(__file__).parents[2] / "deploy" / "environment.sh"
LAPTOP = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "VLLM_HOST_IP", "HF_HUB_OFFLINE"}
"""What the launcher sets to keep a laptop to itself, and a cluster cannot have."""

SILENT = {
    "RAY_USAGE_STATS_ENABLED", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK", "VLLM_NO_USAGE_STATS",
    "LANGCHAIN_TRACING_V2", "LANGGRAPH_STRICT_MSGPACK",
}  # fmt: skip
"""What keeps a process from telling others about itself, and from reading more than it should."""

URL = "postgresql://discovery:x@db.internal/discovery"


def sourced(home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", **more}
    return subprocess.run(["sh", "-c", f". {SCRIPT} && env"], env=environment, capture_output=True, text=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    secrets = tmp_path / "discovery-secrets"
    secrets.mkdir()
    (secrets / "auth_token").write_text("not-a-real-token")
    (secrets / "journal.env").write_text(f"DISCOVERY_JOURNAL_URL={URL}\n")
    return tmp_path


def test_every_process_gets_token_database_and_quiet(home: Path) -> None:
    result = sourced(home)
    found = dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line)
    assert result.returncode == 0 and found["RAY_AUTH_MODE"] == "token"
    assert found["RAY_AUTH_TOKEN_PATH"] == f"{home}/discovery-secrets/auth_token"
    assert found["DISCOVERY_JOURNAL_URL"] == URL
    assert {name: found.get(name) for name in SILENT} == {name: QUIET[name] for name in SILENT}
    assert {name: found[name] for name in QUIET if name in found}.items() <= QUIET.items()
    assert not LAPTOP & set(found)


def test_no_token_no_cluster(home: Path) -> None:
    (home / "discovery-secrets" / "auth_token").write_text("")
    result = sourced(home)
    assert result.returncode != 0 and not result.stdout
    assert "auth_token is missing or empty" in result.stderr and "ray get-auth-token --generate" in result.stderr


def test_no_database_no_cluster(home: Path) -> None:
    (home / "discovery-secrets" / "journal.env").unlink()
    result = sourced(home)
    assert result.returncode != 0 and not result.stdout
    assert "DISCOVERY_JOURNAL_URL" in result.stderr and "journal.env" in result.stderr


def test_a_url_that_is_already_set_will_do(home: Path) -> None:
    (home / "discovery-secrets" / "journal.env").unlink()
    assert f"DISCOVERY_JOURNAL_URL={URL}" in sourced(home, DISCOVERY_JOURNAL_URL=URL).stdout.splitlines()
