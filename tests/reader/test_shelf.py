"""The shelf: whole models only, one step to change, one step back."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shelves import model

from agent.errors import ArtifactError, NotFound
from reader.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(model(tmp_path / "models" / "emotion", "old"))


def test_what_shipped_serves_until_another_is_promoted_and_again_after_going_back(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.current() == shelf.shipped and shelf.folders() == [shelf.shipped]
    for version in ("b", "c"):
        shelf.promote(shelf.put(model(tmp_path / version, version)))
    assert shelf.current() == shelf.root / "c" and shelf.served() == ["b", "c"]
    assert [f.name for f in shelf.folders()] == ["emotion", "b", "c"] and shelf.folder("old") == shelf.shipped
    assert shelf.roll_back() == "b" and shelf.current() == shelf.root / "b"
    assert shelf.roll_back() == "old" and shelf.current() == shelf.shipped
    with pytest.raises(NotFound, match="nothing to go back to"):
        shelf.roll_back()
    with pytest.raises(NotFound, match="There is no model x; there are old, b, c"):
        shelf.folder("x")


def test_an_altered_model_is_refused_and_nothing_changes(shelf: Shelf, tmp_path: Path) -> None:
    bad = model(tmp_path / "bad", "bad")
    (bad / "tokenizer.json").write_text("{}")
    with pytest.raises(ArtifactError, match=r"tokenizer\.json was altered"):
        shelf.put(bad)
    shelf.put(model(tmp_path / "b", "b"))
    (shelf.root / "b" / "model.onnx").write_bytes(b"half")
    with pytest.raises(ArtifactError, match=r"model\.onnx was altered"):
        shelf.promote("b")
    assert shelf.current() == shelf.shipped and sorted(p.name for p in shelf.root.iterdir()) == ["b"]


@pytest.mark.parametrize("version", ["../out", "", "a/b", ".hidden"])
def test_a_version_is_a_name_and_no_path(shelf: Shelf, tmp_path: Path, version: str) -> None:
    with pytest.raises(ArtifactError, match="expected a version"):
        shelf.put(model(tmp_path / "bad", version))


@pytest.mark.parametrize("content", ["{", '{"a": 1}', "[1]"])
def test_a_broken_list_is_refused_with_the_way_out(shelf: Shelf, content: str) -> None:
    shelf.root.mkdir()
    shelf.file.write_text(content)
    with pytest.raises(ArtifactError, match="Delete it to serve what shipped"):
        shelf.current()
