"""What is not there is said in one sentence with a remedy."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from serving import preflight
from serving.preflight import NotReady


def test_a_taken_port_is_named_with_the_option_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NotReady, match=f"Port {port}.*--api-port"):
            preflight.check_ports("127.0.0.1", [("api", port)])


def test_a_free_port_passes() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    preflight.check_ports("127.0.0.1", [("api", port)])


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org"])
def test_nothing_listens_beyond_loopback(host: str) -> None:
    with pytest.raises(NotReady, match=host):
        preflight.check_loopback(host)


def test_too_little_memory_disk_and_cpu_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(preflight, "free_memory_gb", lambda: 3.2)
    with pytest.raises(NotReady, match=r"8 GB .* found 3\.2 GB"):
        preflight.check_memory()
    monkeypatch.setattr(preflight, "LEAST_DISK_GB", 1e9)
    with pytest.raises(NotReady, match="XDG_CACHE_HOME"):
        preflight.check_disk(tmp_path / "not" / "yet" / "there")
    monkeypatch.setattr(preflight, "_VECTOR_UNITS", frozenset({"none-such"}))
    with pytest.raises(NotReady, match="AVX2"):
        preflight.check_cpu()


def test_another_python_and_another_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight.sys, "version_info", (3, 12, 0))
    with pytest.raises(NotReady, match=r"Python 3\.11"):
        preflight.check_python()
    monkeypatch.setattr(preflight.sys, "platform", "darwin")
    with pytest.raises(NotReady, match=r"endpoint\.yaml"):
        preflight.check_system()
