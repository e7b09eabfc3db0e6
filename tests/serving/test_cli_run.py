"""`status` and `run`. Nothing is started here: `run` hands a plan to the launcher, or stops before that."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.api import scripted
from fakes.terminal import complaint, discovery

from serving import launcher

LIGHT = "applications: [{name: discovery, args: {application: discovery, llm: none}}]\n"


def test_status_of_a_machine_that_is_ready() -> None:
    with scripted() as api:
        api.expect("GET", "/readyz", {"status": "ready", "parts": {"journal": "ready", "llm": "ready"}})
        seen = discovery("status", api=api)
        assert seen.exit_code == 0
        assert seen.stdout.splitlines() == ["journal  ready", "llm      ready", f"Discovery at {api.url} is ready."]


@pytest.mark.parametrize(("status", "state"), [("starting", "starting"), ("degraded", "down")])
def test_status_fails_until_everything_is_ready_and_says_what_that_means(status: str, state: str) -> None:
    with scripted() as api:
        api.expect("GET", "/readyz", {"status": status, "parts": {"journal": "ready", "llm": state}}, status=503)
        seen = discovery("status", api=api)
    assert seen.exit_code == 1
    assert f"llm      {state}: explanations are put together from your own words until it is ready" in seen.stdout
    assert f"is {status}." in seen.stdout


def test_status_as_json_is_the_whole_report_with_the_same_exit_code() -> None:
    report = {"status": "starting", "parts": {"journal": "ready", "llm": "starting"}}
    with scripted() as api:
        api.expect("GET", "/readyz", report, status=503)
        seen = discovery("status", "--json", api=api)
    assert seen.exit_code == 1
    assert json.loads(seen.stdout) == report


@pytest.mark.parametrize("answer", [{"hello": "world"}, [1], {"status": "ready", "parts": "all"}])
def test_what_is_not_discovery_is_called_so(answer: object) -> None:
    with scripted() as api:
        api.expect("GET", "/readyz", answer)
        assert "is not Discovery" in complaint(discovery("status", api=api), 1)


class Started:
    """Stands in for the launcher's last step: keeps the plan, speaks once, ends well."""

    def __init__(self) -> None:
        self.plans: list[launcher.Plan] = []

    def __call__(self, plan: launcher.Plan, say: Callable[[str], None]) -> int:
        self.plans.append(plan)
        say("The API:     http://127.0.0.1:8000")
        return 0


@pytest.mark.parametrize(
    ("arguments", "port", "chat_port", "address"),
    [
        ([], 8000, 8080, None),
        (["--api-port", "8100", "--chat-port", "8180"], 8100, 8180, None),
        (["--no-chat", "--address", "auto"], 8000, None, "auto"),
        (["--config", "configs/local.yaml"], 8000, 8080, None),
    ],
)
def test_run_hands_the_plan_to_the_launcher(
    arguments: list[str], port: int, chat_port: int | None, address: str | None,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    started = Started()
    monkeypatch.setattr(launcher, "run", started)
    monkeypatch.chdir(tmp_path)  # the project's own configuration is found from anywhere
    seen = discovery("run", *arguments)
    assert (seen.exit_code, seen.stdout) == (0, "The API:     http://127.0.0.1:8000\n")
    [plan] = started.plans
    assert (plan.port, plan.chat_port, plan.address) == (port, chat_port, address)
    assert [application["name"] for application in plan.config["applications"]] == ["discovery", "llm"]


def test_run_names_a_wrong_configuration(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(LIGHT.replace("llm: none", "colour: red"))
    assert "colour" in complaint(discovery("run", "--config", str(file)), 2)
    file.write_text("applications: [")
    assert f"{file}: cannot be used as a configuration" in complaint(discovery("run", "--config", str(file)), 2)


def test_run_says_when_a_port_is_taken_and_which_option_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    file = tmp_path / "light.yaml"
    file.write_text(LIGHT)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = complaint(discovery("run", "--config", str(file), "--no-chat", "--api-port", str(port)), 1)
    assert said.startswith(f"Port {port} on 127.0.0.1 is taken, and the api needs it.")
    assert "--api-port" in discovery("run", "--help").stdout and "`discovery run --api-port N`" in said


def test_run_says_when_no_cluster_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(plan: launcher.Plan, say: Callable[[str], None]) -> int:
        raise ConnectionError("Could not find any running Ray instance")

    monkeypatch.setattr(launcher, "run", nobody)
    said = complaint(discovery("run", "--address", "10.0.0.9:6379"), 1)
    assert said.startswith("No Ray cluster answers at 10.0.0.9:6379. Start one with `ray start --head`")


def test_ray_is_imported_only_after_its_environment_is_set() -> None:
    """Ray reads its switches when it is imported: too early, and it listens on every interface of the machine."""
    code = """
import sys
from pathlib import Path
from serving import cli_run, launcher
def run(plan, say):
    assert 'ray' not in sys.modules, 'ray was imported before launcher.start_graph set its environment'
    return 0
launcher.run = run
sys.exit(cli_run.run(Path('configs/local.yaml'), api_port=8000, chat_port=8001, address=None))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
