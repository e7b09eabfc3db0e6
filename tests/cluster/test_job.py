"""Training as a job of a running cluster: `ray job submit -- python -m finetune.train`, its logs and its exit code."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from finetune.cluster import QUIET
from finetune.train import TrainConfig
from tests.finetune.conftest import write_base, write_splits

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
TOKEN = secrets.token_hex(32)
"""Of this cluster alone: Ray's dashboard answers nobody without."""

FOLDER = tempfile.mkdtemp(prefix="ray-")
"""Short, for Ray's sockets, and apart, so that no other Ray of this machine takes this cluster for its own."""

RAY = [sys.executable, "-m", "ray.scripts.scripts"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment() -> dict[str, str]:
    own = {"PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    own |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN, "RAY_TMPDIR": FOLDER}
    return {k: v for k, v in os.environ.items() if k != "RAY_ADDRESS"} | QUIET | own


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A head with its dashboard, on loopback; ends with the test, by its own process group."""
    ports = {"port": free_port(), "dashboard-port": free_port(), "ray-client-server-port": free_port()}
    command = [
        *RAY, "start", "--head", "--block", "--num-cpus=2", "--node-ip-address=127.0.0.1",
        "--include-dashboard=true", "--dashboard-host=127.0.0.1", "--disable-usage-stats",
        "--object-store-memory=200000000", *(f"--{name}={value}" for name, value in ports.items()),
    ]  # fmt: skip
    log = tmp_path_factory.mktemp("head") / "log"
    with log.open("w") as out:
        head = subprocess.Popen(command, env=environment(), stdout=out, stderr=out, start_new_session=True)
    url = f"http://127.0.0.1:{ports['dashboard-port']}"
    try:
        for _ in range(300):
            assert head.poll() is None, log.read_text()
            try:
                if httpx.get(f"{url}/api/jobs/", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5).is_success:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.5)
        else:
            pytest.fail(log.read_text())
        yield url
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        head.wait(timeout=60)
        shutil.rmtree(FOLDER, ignore_errors=True)


def submit(url: str, *words: str) -> tuple[int, str]:
    """Submits a job, waits for it, and returns the exit code of `ray job submit` and all that was said."""
    command = [*RAY, "job", "submit", "--address", url, "--", "python", "-m", "finetune.train", *words]
    done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=400)
    return done.returncode, done.stdout + done.stderr


def test_a_run_as_a_job_and_one_that_fails(dashboard: str, tmp_path: Path) -> None:
    config = TrainConfig(
        goemotions=write_splits(tmp_path / "raw"), base=write_base(tmp_path), output=tmp_path / "run", epochs=1,
        batch=4, workers=1,
    )  # fmt: skip
    (tmp_path / "train.yaml").write_text(config.model_dump_json())
    code, said = submit(dashboard, "--config", str(tmp_path / "train.yaml"))
    assert code == 0 and "succeeded" in said, said
    assert "epoch 1/1" in said and f"weights: {tmp_path / 'run' / 'weights.pt'}" in said
    assert (tmp_path / "run" / "weights.pt").exists()

    broken = tmp_path / "raw" / "train.tsv"
    broken.write_text(broken.read_text() + "a text\t99\tx\n")
    (tmp_path / "broken.yaml").write_text(config.model_copy(update={"output": tmp_path / "b"}).model_dump_json())
    code, said = submit(dashboard, "--config", str(tmp_path / "broken.yaml"))
    assert code == 1 and "failed" in said
    assert "train.tsv:25: expected label ids 0..27, found [99]" in said and "exit code 2" in said
    assert "Traceback" not in said
