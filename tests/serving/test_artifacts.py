"""Model files: found, verified, prepared once and whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from agent.errors import ArtifactError
from serving.artifacts import Source, load_sources, locate, prepare

ROOT = Path(__file__).parents[2]


def source(folder: Path, content: bytes = b"weights") -> Source:
    folder.mkdir(exist_ok=True)
    (folder / "model.bin").write_bytes(content)
    return Source(folder=folder, files={"model.bin": hashlib.sha256(b"weights").hexdigest()})


def copy(origin: Path, target: Path) -> None:
    (target / "prepared.bin").write_bytes((origin / "model.bin").read_bytes()[::-1])


def test_an_altered_source_is_refused_with_both_hashes_and_a_remedy(tmp_path: Path) -> None:
    wrong = source(tmp_path / "a", b"other")
    with pytest.raises(ArtifactError) as caught:
        prepare("demo", wrong, copy, tmp_path / "cache")
    message = str(caught.value)
    assert hashlib.sha256(b"other").hexdigest() in message and wrong.files["model.bin"] in message
    assert "artifacts.yaml" in message
    assert not list((tmp_path / "cache").glob("*")) if (tmp_path / "cache").exists() else True


def test_a_missing_source_says_what_was_tried() -> None:
    with pytest.raises(ArtifactError, match="no_such_wheel"):
        locate("demo", Source(wheel="no_such_wheel", files={"x": "0"}))


def test_prepared_once_then_verified(tmp_path: Path) -> None:
    folder = prepare("demo", source(tmp_path / "a"), copy, tmp_path / "cache")

    def never(origin: Path, target: Path) -> None:
        raise AssertionError("prepared twice")

    assert prepare("demo", source(tmp_path / "a"), never, tmp_path / "cache") == folder
    (folder / "prepared.bin").write_bytes(b"flipped")
    with pytest.raises(ArtifactError, match="Delete the folder"):
        prepare("demo", source(tmp_path / "a"), never, tmp_path / "cache")


def test_a_broken_preparation_leaves_nothing(tmp_path: Path) -> None:
    def breaks(origin: Path, target: Path) -> None:
        (target / "half.bin").write_bytes(b"half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        prepare("demo", source(tmp_path / "a"), breaks, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_killed_preparation_is_not_taken_for_finished(tmp_path: Path) -> None:
    done = prepare("demo", source(tmp_path / "a"), copy, tmp_path / "cache")
    (done / "manifest.json").unlink()
    again = prepare("demo", source(tmp_path / "a"), copy, tmp_path / "cache")
    assert (again / "manifest.json").is_file()


def test_the_pinned_sources_are_the_installed_ones() -> None:
    for name, pinned in load_sources(ROOT / "configs" / "artifacts.yaml").items():
        folder = locate(name, pinned)
        assert all((folder / file).is_file() for file in pinned.files)
