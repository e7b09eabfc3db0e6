"""Starts everything, waits until it is ready, and stops it without leaving a process or an open port behind."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
import yaml

from agent.config import LlmArgs, parse
from agent.errors import ConfigError
from serving.artifacts import cache_folder, data_folder
from serving.chat_process import chat_command, chat_environment
from serving.environment import HOOK, LOGICAL_CPUS, QUIET, ingress
from serving.exposure import expose
from serving.preflight import cores, preflight
from serving.web_build import prepare_web

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """A configuration file with the choices of the command line on top."""

    config: dict[str, Any]
    host: str
    port: int
    chat_port: int | None
    address: str | None = None
    multi_user: bool = False
    hosts: tuple[str, ...] = ()

    @property
    def api(self) -> str:
        """Where the API answers on this machine."""
        return f"http://{'127.0.0.1' if self.host in ('0.0.0.0', '::') else self.host}:{self.port}"


def plan(
    path: Path, *, port: int | None, chat_port: int | None, address: str | None = None, host: str | None = None,
    multi_user: bool = False,
) -> Plan:  # fmt: skip
    """Reads a Serve config file and checks the arguments of every application. Raises `ConfigError`."""
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        for application in config["applications"]:
            parse(application["args"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: cannot be used as a configuration ({type(error).__name__}: {error})") from error
    args, options = expose(config, host=host, multi_user=multi_user), config["http_options"]
    options["port"] = port or options.get("port", 8000)
    return Plan(config, options["host"], options["port"], chat_port, address, args.multi_user, args.hosts)


def check(p: Plan) -> None:
    """The preflight of a plan. Raises `NotReady`."""
    ports = [("api", p.port)] + ([("chat", p.chat_port)] if p.chat_port else [])
    local_llm = any(isinstance(parse(a["args"]), LlmArgs) for a in p.config["applications"])
    preflight(p.host, ports, [cache_folder(), data_folder()], local_llm=local_llm and not p.address)


def start_graph(p: Plan) -> None:
    """Ray, Serve and the first application, which holds the journal; returns when it was handed over, not when up."""
    environment = QUIET | (ingress(p.port) if not p.address else {})
    if not any(a["args"].get("model") for a in p.config["applications"]):
        environment["HF_HUB_OFFLINE"] = "1"  # the default models come with their wheels; a named one may be fetched
    os.environ.update(environment)
    logging.disable(
        logging.WARNING
    )  # of this process, whose only words to a person are `say`; replicas keep their logs
    import ray
    from ray import serve

    ray.init(
        address=p.address,
        namespace="discovery",
        include_dashboard=False if not p.address else None,
        num_cpus=None if p.address else max(LOGICAL_CPUS, cores()),
        object_store_memory=None if p.address else 200_000_000,
        log_to_driver=False,
        logging_level=logging.ERROR,
        runtime_env={"env_vars": environment} | (HOOK if not p.address else {}),
    )
    serve.start(
        proxy_location=p.config.get("proxy_location", "HeadOnly"),
        http_options=p.config["http_options"] | ({"port": _free_port(p.host)} if not p.address else {}),
        logging_config=p.config.get("logging_config"),
    )
    _hand_over(p, p.config["applications"][0])


def _free_port(host: str) -> int:
    """A port for Serve's own proxy, which nobody asks."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _hand_over(p: Plan, application: dict[str, Any]) -> None:
    from ray import serve

    from serving.app import build

    target = serve.RunTarget(
        target=build(application["args"]),
        name=application["name"],
        route_prefix=application.get("route_prefix", "/"),
        logging_config=p.config.get("logging_config"),
    )
    serve.run_many([target], wait_for_applications_running=False)


class Others(threading.Thread):
    """Hands over the other applications beside everything else: building the language model's imports all of vLLM.

    What fails here is told and costs nothing but itself: explanations then come from the evidence.
    """

    def __init__(self, p: Plan, say: Say) -> None:
        super().__init__(daemon=True)
        self._plan, self._say = p, say
        self.failed = False

    def run(self) -> None:
        """Called by `start`."""
        for application in self._plan.config["applications"][1:]:
            try:
                _hand_over(self._plan, application)
            except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the journal goes on
                self.failed = True
                self._say(f"The application {application['name']} could not be started: {error}")
                self._say("Everything else works; explanations are put together from your own words.")


def stop_graph(p: Plan) -> None:
    """Ends the gateway's application gracefully, then Ray if this process started it, and whatever is left of it.

    The language model holds nothing that could be lost, and may be in the middle of loading: it gets no grace.
    """
    import ray
    from ray import serve

    if not ray.is_initialized():
        return
    started = [] if p.address else psutil.Process().children(recursive=True)
    with contextlib.suppress(Exception):  # a cluster that is gone already cannot be asked politely
        serve.delete(p.config["applications"][0]["name"])
    ray.shutdown()
    _, alive = psutil.wait_procs(started, timeout=5)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def start_chat(p: Plan) -> subprocess.Popen[bytes]:
    """The chat as a process of its own, a client of the API."""
    root, logs = cache_folder() / "chat", cache_folder() / "chat.log"
    prepare_web(root)
    environment = chat_environment(root, data_folder(), api=p.api, multi_user=p.multi_user, hosts=p.hosts)
    with logs.open("wb") as out:
        return subprocess.Popen(
            chat_command(host=p.host, port=p.chat_port or 8080),
            env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=root,
        )  # fmt: skip


def readiness(api: str) -> dict[str, Any]:
    """What `/readyz` says, or nothing yet."""
    try:
        with urllib.request.urlopen(f"{api}/readyz", timeout=15) as answer:
            report: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            report = json.load(error)
        except ValueError:
            return {}
    except (OSError, ValueError):
        return {}
    return report


@dataclass
class Watch:
    """Tells of each part once, as it comes up. `began` is when the start began, on the monotonic clock."""

    api: str
    say: Say
    stopped: Callable[[], bool]
    began: float
    told: set[str] = field(default_factory=set)

    def look(self) -> dict[str, Any]:
        """The latest report, what is new in it told."""
        report = readiness(self.api)
        for part, state in report.get("parts", {}).items():
            if state == "ready" and part not in self.told:
                self.told.add(part)
                self.say(f"{part} ready after {time.monotonic() - self.began:.0f} s")
        return report

    def until(self, enough: Callable[[dict[str, Any]], bool], seconds: float = 600.0) -> bool:
        """Looks until `enough` of a report; False when somebody stops it or it takes longer than `seconds`."""
        end = time.monotonic() + seconds
        while not self.stopped() and time.monotonic() < end:
            if enough(self.look()):
                return True
            time.sleep(0.3)
        return False


class Stop:
    """Remembers that Ctrl-C or SIGTERM came; a second one is left to Python."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(number, signal.default_int_handler)

    def __call__(self) -> bool:
        """Whether somebody asked."""
        return self.asked


def run(p: Plan, say: Say) -> int:
    """Runs until Ctrl-C. Returns the exit code."""
    check(p)
    watch = Watch(p.api, say, Stop(), time.monotonic())
    chat: subprocess.Popen[bytes] | None = None
    say("Starting. The first time prepares the models, which takes a few minutes.")
    try:
        start_graph(p)
        others = Others(p, say)
        others.start()
        if watch.until(lambda report: report.get("parts", {}).get("journal") == "ready"):
            chat = _open_chat(p, say)
        watch.until(lambda report: report.get("status") == "ready" or others.failed)
        if not watch.stopped():
            say("Everything is ready. Stop with Ctrl-C." if not others.failed else "Stop with Ctrl-C.")
        while not watch.stopped():
            time.sleep(0.3)
            if chat and chat.poll() is not None:
                say(f"The chat ended by itself and is started again; its last words: {cache_folder() / 'chat.log'}")
                chat = start_chat(p)
    finally:
        say("Stopping.")
        if chat and chat.poll() is None:
            chat.terminate()
        stop_graph(p)
        if chat:
            chat.wait(timeout=15)
    return 0


def _open_chat(p: Plan, say: Say) -> subprocess.Popen[bytes] | None:
    chat = start_chat(p) if p.chat_port else None
    if chat:
        say(f"Write here:  http://{p.host}:{p.chat_port}")
    say(f"The API:     {p.api}")
    return chat
