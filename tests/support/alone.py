"""The product without a network, from inside a network that holds loopback alone: `python -m support.alone FOLDER`.

The API over the real journal and the real emotion model, and the real chat with everything its page loads. Writes what
it saw as JSON on standard output.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from support.gateway_process import RealGateway, free_port

from serving.chat_process import chat_command, chat_environment
from serving.web_build import prepare_web

TEXT = "I miss my grandmother so much. I found her letters today and cried for an hour."
_ASKED = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


def outside() -> str:
    """What happens to somebody who asks for another machine."""
    try:
        socket.create_connection(("192.0.2.1", 443), 5).close()
    except OSError as error:
        return type(error).__name__ + f" {error.errno}"
    return "answered"


def used(url: str) -> dict[str, Any]:
    """An entry written, read, found, summed up and taken out."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        made = http.post("/v1/entries", json={"text": TEXT, "suggest": False}).json()
        return {
            "labels": [one["label"] for one in made["emotions"]["emotions"]],
            "explained": [one["source"] for one in made["explanation"]],
            "found": len(http.post("/v1/search", json={"q": "letters"}).json()["entries"]),
            "entries": http.get("/v1/insights").json()["counts"]["entries"],
            "report": len(http.get("/v1/report").content),
            "archive": len(http.get("/v1/export").content),
        }


def assets(url: str) -> dict[str, int]:
    """The page of the chat and all that it names, with the status of each."""
    deadline = time.monotonic() + 120
    while True:
        try:
            page = httpx.get(url, timeout=30, trust_env=False)
            break
        except httpx.HTTPError:
            assert time.monotonic() < deadline, "the chat did not start"
            time.sleep(0.2)
    named = {urljoin(url, one) for one in _ASKED.findall(page.text)} | {urljoin(url, "/public/elements/Page.jsx")}
    return {url: page.status_code} | {
        one: httpx.get(one, timeout=30, trust_env=False).status_code if one.startswith(url) else 0 for one in named
    }


def main(folder: Path) -> None:
    """Starts both, asks both, stops both."""
    gateway = RealGateway(folder).start_behind("env", "REAL_CLASSIFIER=1")
    port, root = free_port(), prepare_web(folder / "web")
    environment = chat_environment(root, folder / "chat-data", api=gateway.url)
    with (folder / "chat.log").open("wb") as log:
        chat = subprocess.Popen(chat_command(port=port), cwd=root, env=environment, stdout=log, stderr=log)
    try:
        seen = {"outside": outside(), "used": used(gateway.url), "assets": assets(f"http://127.0.0.1:{port}/")}
    finally:
        chat.kill()
        chat.wait(30)
        gateway.kill()
    print(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
