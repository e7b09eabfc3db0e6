"""`discovery models`: what there is, how two compare, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.terminal import complaint, discovery
from support.shelves import model

from reader.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(model(tmp_path / "models" / "emotion", "old", macro_f1=0.52))
    shelf.promote(shelf.put(model(tmp_path / "new", "new", macro_f1=0.56)))
    return shelf


def rows(shelf: Shelf, *words: str) -> list[dict[str, object]]:
    seen = discovery("models", *words, "--folder", str(shelf.shipped), "--json")
    assert seen.exit_code == 0, seen.stderr
    return [json.loads(line) for line in seen.stdout.splitlines()]


def test_list_compare_and_the_way_back(shelf: Shelf) -> None:
    assert [(r["version"], r["serves"], r["macro_f1"]) for r in rows(shelf)] == [
        ("old", False, 0.52),
        ("new", True, 0.56),
    ]
    first = rows(shelf, "compare", "old", "new")[0]
    assert first == {"what": "macro_f1", "first": 0.52, "second": 0.56}
    table = discovery("models", "compare", "old", "new", "--folder", str(shelf.shipped))
    assert "+0.0400" in table.stdout
    back = discovery("models", "rollback", "--folder", str(shelf.shipped))
    assert back.exit_code == 0 and "old serves from now on" in back.stdout and shelf.current() == shelf.shipped
    again = discovery("models", "rollback", "new", "--folder", str(shelf.shipped))
    assert again.exit_code == 0 and shelf.current() == shelf.root / "new"


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("compare", "old"), "needs two versions", 2),
        (("compare", "old", "x"), "There is no model x", 1),
        (("rollback", "new"), "is the model that serves", 2),
        (("delete",), "list, compare or rollback", 2),
    ],
)
def test_what_cannot_be_done_is_one_line(shelf: Shelf, words: tuple[str, ...], said: str, code: int) -> None:
    seen = discovery("models", *words, "--folder", str(shelf.shipped))
    assert said in complaint(seen, code)
