"""How to start the chat as a process of its own: its folder, its environment and its command line."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

CHAT = Path(__file__).with_name("chat.py")
"""The module that Chainlit runs."""

QUIET = {
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "OTEL_SDK_DISABLED": "true",
    "TRACELOOP_TELEMETRY": "false",
}
"""Switches off whatever Chainlit's dependencies might want to tell their makers."""

FOREIGN = ("APP_", "CHAINLIT_", "DATABASE_URL", "DISCORD_", "LITERAL_", "SLACK_", "TEAMS_")
"""Beginnings of variables that would make Chainlit keep texts elsewhere, talk to other services or change its door."""

SECRET_BYTES = 48
"""Random bytes in the secret that signs the cookie."""


def chat_secret(folder: Path) -> str:
    """The secret that signs the chat's cookie, made in `folder` at the first start, readable by its owner only."""
    path = folder / "chat.secret"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.is_file() and len(kept := path.read_text().strip()) >= SECRET_BYTES:
        return kept
    made = secrets.token_hex(SECRET_BYTES)
    whole = folder / f".chat.secret.{os.getpid()}"
    # The mode is set at creation: there is no moment in which others could read it.
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(made)
    whole.replace(path)
    return made


def chat_environment(
    root: Path, data: Path, *, api: str = "http://127.0.0.1:8000", multi_user: bool = False, hosts: Sequence[str] = ()
) -> dict[str, str]:
    """The environment of the chat process. `root` comes from `prepare_web`, `data` is Discovery's data folder, `api`
    is where the gateway listens; with `multi_user` people sign in; `hosts` are names beside loopback."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)},
        **QUIET,
        "CHAINLIT_APP_ROOT": str(root),
        "CHAINLIT_AUTH_SECRET": chat_secret(data),
        "CHAINLIT_COOKIE_SAMESITE": "strict",
        "DISCOVERY_API": api,
        "DISCOVERY_MULTI_USER": "1" if multi_user else "",
        "DISCOVERY_HOSTS": ",".join(hosts),
        # The process may start in any folder; a `.env` there is not ours to read.
        "CHAINLIT_ENV_FILE": os.devnull,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(CHAT.parents[1]), os.environ.get("PYTHONPATH")))),
    }


def chat_command(*, host: str = "127.0.0.1", port: int = 8080) -> list[str]:
    """The command line of the chat process."""
    return [sys.executable, "-m", "chainlit", "run", str(CHAT), "--headless", "--host", host, "--port", str(port)]
