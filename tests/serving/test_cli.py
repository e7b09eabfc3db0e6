"""The command line as a whole: its help, bad use, a server that is not there, and that it starts at once."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.api import scripted
from fakes.gateway import free_port
from fakes.terminal import complaint, discovery
from typer.main import get_command

from agent.domain import Goal
from serving.cli import app

ROOT = Path(__file__).parents[2]
COMMANDS = tuple(get_command(app).commands)  # type: ignore[attr-defined]
HEAVY = {"ray", "httpx", "pydantic", "rich", "asyncio", "torch", "numpy", "yaml"}


def test_help_is_told_without_importing_anything_heavy() -> None:
    code = "import sys\nfrom serving.cli import main\ntry: main()\nexcept SystemExit: print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "Commands:" in ran.stdout
    assert not HEAVY & set(ran.stdout.split())


def test_the_command_that_is_installed_is_this_one() -> None:
    ran = subprocess.run([Path(sys.executable).with_name("discovery"), "--help"], capture_output=True, text=True)
    assert ran.returncode == 0
    assert ran.stdout.startswith("Usage: discovery [OPTIONS] COMMAND")


def test_discovery_alone_shows_its_commands() -> None:
    seen = discovery()
    assert seen.exit_code == 0
    assert seen.stdout == discovery("--help").stdout


def test_every_command_of_the_contract_is_there() -> None:
    wanted = (
        "run status say history search show insights suggest feedback catalog classify export import "
        "report remind erase account key models backup restore keys consent"
    )
    assert set(COMMANDS) == set(wanted.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_is_a_sentence_with_an_example_that_parses(command: str) -> None:
    seen = discovery(command, "--help")
    assert seen.exit_code == 0
    assert re.search(r"^  [A-Z][^.]+\.$", seen.stdout, re.MULTILINE)
    [example] = re.findall(r"^  Example: (.*)$", seen.stdout, re.MULTILINE)
    words = shlex.split(example.split(" > ")[0])
    assert words[:2] == ["discovery", command]
    for option in (word for word in words if word.startswith("--")):
        assert option in seen.stdout
    [short] = [line for line in discovery("--help").stdout.splitlines() if line.startswith(f"  {command} ")]
    assert short.endswith("."), "the first sentence is cut"


@pytest.mark.parametrize("command", ["say", "suggest"])
def test_help_names_every_goal(command: str) -> None:
    words = re.findall(r"\w+", discovery(command, "--help").stdout)
    assert {str(goal) for goal in Goal} <= set(words)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described_with_an_example_in_the_docs(command: str) -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    assert f"\n## `discovery {command}" in page
    part = page.split(f"\n## `discovery {command}", 1)[1].split("\n## ")[0]
    assert f"$ discovery {command}" in part
    for option in set(re.findall(r"--[a-z-]+", discovery(command, "--help").stdout)) - {"--help"}:
        assert f"`{option}" in part or f"{option} " in part, f"{option} is not described"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("tell me", "No such command 'tell'"),
        ("--colour say x", "No such option: --colour"),
        ("say", "text: found none"),
        ("say '   '", "text: found no words"),
        ("say x --goal happy", "--goal: found 'happy', allowed are stay, lift, calm"),
        ("say '- milk and bread'", "Put -- before a text that begins with a dash"),
        ("search", "text: found none"),
        ("show", "Missing argument 'ID'"),
        ("show ''", "ID: found no words"),
        ("history --from lately", "--from: found 'lately', expected a day like 2026-11-01"),
        ("history --to 2026-13-01", "--to: found '2026-13-01'"),
        ("history --emotion sad", "--emotion: found 'sad', allowed are admiration"),
        ("history --limit 0", "found '0', allowed is a whole number from 1 to 100,000"),
        ("history --limit many", "'--limit': found 'many', allowed is a whole number"),
        ("insights --from 9999-99-99", "--from: found"),
        ("suggest", "--text: found neither --text nor --goal"),
        ("suggest --goal calm --kind book", "--kind: found 'book', allowed are game, film, series, video"),
        ("suggest --goal calm --limit 51", "found '51', allowed is a whole number from 1 to 50"),
        ("suggest --text ''", "--text: found no words"),
        ("suggest --goal calm --avoid spiders", "--avoid: found 'spiders', allowed are violence"),
        ("suggest --goal calm --path --calmer", "--calmer: found with --path"),
        ("feedback a-short-hike love", "VERDICT: found 'love', allowed are like, dislike, done, not_this"),
        ("feedback a-short-hike --reset", "--reset: found with an ID"),
        ("catalog import shop games.csv", "SOURCE: found 'shop', allowed are steam"),
        ("catalog import steam /nowhere.jsonl", "FILE: /nowhere.jsonl: there is no such file"),
        ("catalog import csv games.csv", "--map: a csv list needs a map"),
        ("catalog validate /nowhere", "/nowhere: found nothing there"),
        ("classify x --file y", "--file: found texts behind the command as well"),
        ("classify --file /nowhere/at/all.txt", "--file: cannot read /nowhere/at/all.txt: No such file or directory"),
        ("classify x --full", "--full: found without --json"),
        ("export", "Missing argument 'FILE'"),
        ("export /nowhere/at/all.zip", "FILE: there is no folder /nowhere/at"),
        ("export /tmp", "FILE: /tmp is a folder"),
        ("import /nowhere.zip", "FILE: cannot read /nowhere.zip: No such file or directory"),
        ("import a b", "Got unexpected extra argument(s) (b)"),
        ("run --config /nowhere.yaml", "/nowhere.yaml: cannot be used as a configuration"),
        ("run --api-port 70000", "found '70000', allowed is a whole number from 1 to 65,535"),
        ("--api ftp://x status", "--api: found 'ftp://x', expected an address like http://127.0.0.1:8000"),
        ("--api http://[ status", "--api: found 'http://['"),
        ("--api http://x:99999 status", "--api: found"),
        ("--api 'http://a b' status", "--api: found"),
        ("--api http:// status", "--api: found"),
    ],
)
def test_bad_use_is_one_line_and_exit_code_2(arguments: str, said: str) -> None:
    seen = discovery(*shlex.split(arguments))
    assert said in complaint(seen, 2)
    assert seen.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        "status", "status --json", "say 'It rained.'", "history", "search rain", "show abc", "insights",
        "suggest --goal calm", "classify rain", "classify rain --json", "export {new}", "import {old}", "erase --yes",
        "erase",
    ],
)  # fmt: skip
def test_a_server_that_is_not_there_is_one_sentence_with_the_remedy(arguments: str, tmp_path: Path) -> None:
    new, old = tmp_path / "new.zip", tmp_path / "old.zip"
    old.write_bytes(b"PK")
    url = f"http://127.0.0.1:{free_port()}"
    seen = discovery(*shlex.split(arguments.format(new=new, old=old)), api=url)
    assert complaint(seen, 1) == f"Discovery is not running at {url}: start it with `make run`."
    assert seen.stdout == ""
    assert not new.exists()


def test_the_address_comes_from_the_environment_and_the_option_wins() -> None:
    with scripted() as api:
        api.expect("GET", "/readyz", {"status": "ready", "parts": {}})
        api.expect("GET", "/readyz", {"status": "ready", "parts": {}})
        assert discovery("status", DISCOVERY_API=api.url).exit_code == 0
        assert discovery("status", api=api, DISCOVERY_API="http://127.0.0.1:1").exit_code == 0


def test_an_answer_that_nobody_expected_is_one_line_that_holds_no_words_of_it() -> None:
    with scripted() as api:
        api.expect("GET", "/v1/entries", {"pages": ["my secret"]}, limit="20")
        said = complaint(discovery("history", api=api), 1)
    assert said.startswith("This went wrong inside Discovery (KeyError). With DISCOVERY_TRACEBACK=1 set")


def test_the_trace_of_a_fault_is_there_for_those_who_ask() -> None:
    with scripted() as api:
        api.expect("GET", "/v1/entries", {"pages": []}, limit="20")
        with pytest.raises(AssertionError, match="KeyError"):
            discovery("history", api=api, DISCOVERY_TRACEBACK="1")
