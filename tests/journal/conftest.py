"""A journal on SQLite, and the same journal on a real Postgres server of our own, started and stopped by the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from journal.store import Store

Open = Callable[..., Store]


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3].split(".")[0]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail(
            "No Postgres server is installed, so the journal is untested on it. "
            "Run: apt-get update && apt-get install -y postgresql"
        )
    return found[-1].parent if found else Path(str(on_path)).parent


def _unprivileged() -> dict[str, Any]:
    """Postgres refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"Postgres did not come up in 30 s: {log.read_text()}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[tuple[str, Path]]:
    """URL and data folder of a private server on loopback. Not under pytest's own folder, which only root may enter."""
    binaries, run_as = _binaries(), _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="discovery-postgres-"))
    if run_as:
        os.chown(folder, run_as["user"], run_as["group"])
    data, port, log = folder / "data", _free_port(), folder / "log"
    initdb = [binaries / "initdb", "-D", data, "-U", "discovery", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **run_as)
    listen = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    command = [binaries / "postgres", "-D", data, "-p", str(port), *listen]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, **run_as)
    try:
        url = f"postgresql://discovery@127.0.0.1:{port}/postgres"
        _wait(server, url, log)
        yield url, data
    finally:
        server.send_signal(2)  # SIGINT: end the connections, then stop in order
        server.wait(30)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: a file, or a schema of its own on the server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/journal.db"
    server, _ = request.getfixturevalue("postgres")
    schema = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE SCHEMA {schema}")
    return f"{server}?options=-csearch_path%3D{schema}"


@pytest.fixture
def open_store(url: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the journal, as often as a test likes, with whatever arguments."""
    opened: list[Store] = []

    def open_it(**arguments: Any) -> Store:
        opened.append(Store(url, tmp_path / "keys" / "master.key", **arguments))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """A journal in `tmp_path/data/journal.db` for what only SQLite has to prove."""
    store = Store(f"sqlite:///{tmp_path}/data/journal.db", tmp_path / "keys" / "master.key")
    yield store
    store.close()
