"""The index on disk: what was saved comes back, and nothing altered is ever parsed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agent.errors import ArtifactError
from retrieval import index

IDS = [f"item-{n}" for n in range(20)]
CATALOGUE = "c" * 64


def vectors(seed: int = 0, count: int = 20) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((count, 384)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index.save(tmp_path / "index", vectors(), IDS, catalogue=CATALOGUE, encoder="hashed")
    return tmp_path / "index"


@pytest.mark.parametrize("mapped", [False, True])
def test_what_was_saved_is_found_again(folder: Path, mapped: bool) -> None:
    loaded = index.load(folder, mapped=mapped)
    positions, cosines = loaded.search(vectors()[7], 5)
    assert len(loaded) == 20
    assert loaded.ids[positions[0]] == "item-7"
    assert cosines[0] == pytest.approx(1.0, abs=1e-5)
    assert list(cosines) == sorted(cosines, reverse=True)
    assert np.allclose(loaded.vectors(positions), vectors()[positions])
    assert loaded.vectors(np.array([], dtype=np.intp)).shape == (0, 384)


def test_more_than_there_is_gives_what_there_is(folder: Path) -> None:
    positions, _ = index.load(folder).search(vectors()[0], 500)
    assert sorted(positions) == list(range(20))


def test_a_query_of_the_wrong_size_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"found shape \(100,\), expected \(384,\)"):
        index.load(folder).search(np.ones(100, dtype=np.float32), 3)


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("stem", ["index", "ids"])
@pytest.mark.parametrize("harm", ["flip", "truncate", "remove"])
def test_a_damaged_file_is_found_by_its_hash(folder: Path, stem: str, harm: str, mapped: bool) -> None:
    (file,) = folder.glob(f"{stem}-*")
    content = bytearray(file.read_bytes())
    if harm == "remove":
        file.unlink()
    elif harm == "truncate":
        file.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    with pytest.raises(ArtifactError) as caught:
        index.load(folder, mapped=mapped)
    assert all(word in str(caught.value) for word in (file.name, "expected sha256", "found", index.REMEDY))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"format": 2}', '{"index": {"name": "../../etc/passwd"}}'],
)
def test_a_manifest_that_is_none_is_refused(folder: Path, content: str) -> None:
    (folder / index.MANIFEST).write_text(content)
    with pytest.raises(ArtifactError, match=r"manifest\.json: expected a manifest, found trouble"):
        index.load(folder)


def test_a_manifest_cannot_name_files_elsewhere(folder: Path) -> None:
    manifest = json.loads((folder / index.MANIFEST).read_text())
    manifest["ids"]["name"] = "../ids-0000000000000000.json"
    (folder / index.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=r"ids\.name"):
        index.load(folder)


def test_an_absent_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="found no such file"):
        index.load(tmp_path / "nowhere")


@pytest.mark.parametrize(("key", "value"), [("count", 19), ("dimension", 100)])
def test_a_manifest_that_contradicts_its_files_is_refused(folder: Path, key: str, value: int) -> None:
    manifest = json.loads((folder / index.MANIFEST).read_text())
    (folder / index.MANIFEST).write_text(json.dumps({**manifest, key: value}))
    with pytest.raises(ArtifactError, match=f"expected {value}, found"):
        index.load(folder)


@pytest.mark.parametrize(
    ("found", "ids", "words"),
    [
        (vectors().astype(np.float64), IDS, "float64"),
        (vectors(count=19), IDS, r"\(19, 384\)"),
        (vectors() * 1.5, IDS, "unit vectors only"),
        (np.full((20, 384), np.nan, dtype=np.float32), IDS, "unit vectors only"),
        (vectors()[:0], [], "at least 1"),
        (vectors(), ["same"] * 20, "no id twice"),
    ],
)
def test_vectors_that_are_none_are_not_saved(tmp_path: Path, found: np.ndarray, ids: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        index.save(tmp_path, found, ids, catalogue=CATALOGUE, encoder="hashed")
    assert list(tmp_path.iterdir()) == []


def test_saving_the_same_twice_gives_the_same_generation(folder: Path) -> None:
    before = index.read_manifest(folder).generation
    assert index.save(folder, vectors(), IDS, catalogue=CATALOGUE, encoder="hashed").generation == before
    changed = index.save(folder, vectors(1), IDS, catalogue=CATALOGUE, encoder="hashed")
    assert changed.generation != before


def test_a_reader_of_the_generation_before_still_finds_its_files(folder: Path) -> None:
    old = index.read_manifest(folder)
    index.save(folder, vectors(1), IDS, catalogue=CATALOGUE, encoder="hashed")
    assert (folder / old.index.name).is_file() and (folder / old.ids.name).is_file()
    index.save(folder, vectors(2), IDS[::-1], catalogue=CATALOGUE, encoder="hashed")
    assert not (folder / old.index.name).is_file()
    assert len(list(folder.glob("index-*"))) == 2
    assert not list(folder.glob(".new-*"))


def test_a_mapped_reader_outlives_a_rebuild(folder: Path) -> None:
    reader = index.load(folder, mapped=True)
    for seed in (1, 2):
        index.save(folder, vectors(seed), IDS, catalogue=CATALOGUE, encoder="hashed")
    positions, _ = reader.search(vectors()[3], 1)
    assert reader.ids[positions[0]] == "item-3"
