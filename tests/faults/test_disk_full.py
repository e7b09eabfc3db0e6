"""A disk that is really full, by a file system of two megabytes and by a limit of the system on the size of files."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.gateway_process import RealGateway
from support.namespaces import own

CRISIS = "I am going to kill myself tonight."


class Disk:
    """A gateway whose disk can be given room again."""

    def __init__(self, gateway: RealGateway) -> None:
        self.gateway = gateway
        self.http = httpx.Client(base_url=gateway.url, timeout=30, trust_env=False)

    def write(self, text: str, key: str) -> httpx.Response:
        return self.http.post(
            "/v1/entries", json={"text": text, "suggest": False},
            headers={"Idempotency-Key": key, "Accept-Language": "en-US"},
        )  # fmt: skip

    def make_room(self) -> None:
        raise NotImplementedError


class Small(Disk):
    """A file system of its own, with a ballast that can be taken away."""

    def __init__(self, folder: Path) -> None:
        disk = folder / "data"
        disk.mkdir(mode=0o700)
        mount = (
            f"mount -t tmpfs -o size=2m,mode=0700 tmpfs '{disk}' && "
            f"head -c 1000000 /dev/zero > '{disk}/ballast' && exec \"$@\""
        )
        super().__init__(RealGateway(folder).start_behind(*own("-rm"), "sh", "-c", mount, "sh"))

    def make_room(self) -> None:
        Path(f"/proc/{self.gateway.pid}/root{self.gateway.folder}/data/ballast").unlink()


class Limited(Disk):
    """The system lets the process write no file beyond 700 kB."""

    def __init__(self, folder: Path) -> None:
        super().__init__(RealGateway(folder).start())
        _, self._hard = resource.prlimit(self.gateway.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.gateway.pid, resource.RLIMIT_FSIZE, (700_000, self._hard))

    def make_room(self) -> None:
        resource.prlimit(self.gateway.pid, resource.RLIMIT_FSIZE, (self._hard, self._hard))


@pytest.fixture(params=[Limited, Small])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    made: Disk = request.param(tmp_path)
    yield made
    made.http.close()
    made.gateway.kill()


def test_a_full_disk_says_so_keeps_what_it_has_and_recovers(disk: Disk) -> None:
    kept = 0
    while (answer := disk.write(f"{kept} cried " * 1500, f"k{kept}")).status_code == 201:
        kept += 1
        assert kept < 500, "the disk never filled up"
    refused = answer.json()
    assert answer.status_code == 507 and kept > 3
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no room left" in refused["detail"] and "Nothing was stored" in refused["detail"]
    assert disk.write(f"{kept} cried " * 1500, f"k{kept}").status_code == 507  # and so is the next one
    # What is there can be read, found and summed up.
    texts = disk.gateway.texts()
    assert [text.split()[0] for text in texts] == [str(n) for n in range(kept)]
    assert disk.http.post("/v1/search", json={"q": "cried"}).json()["entries"]
    assert disk.http.get("/v1/insights").status_code == 200
    # Somebody in danger gets the card although nothing can be stored.
    danger = disk.write(CRISIS * 200, "danger")
    assert danger.status_code == 507 and danger.json()["safety"]["level"] == "crisis"
    assert any(line["phone"] == "988" for line in danger.json()["safety"]["card"]["lines"])
    assert disk.http.post("/v1/classify", json={"texts": [CRISIS]}).json()["results"][0]["safety"] == "crisis"
    disk.make_room()
    # The same key, which was refused, is free; nothing of it had been half stored.
    again = disk.write(f"{kept} cried " * 1500, f"k{kept}")
    assert again.status_code == 201 and "idempotent-replayed" not in again.headers
    assert len(disk.gateway.texts()) == kept + 1
