"""Rows in, items out; a row that cannot be trusted names its line, its field, what was found and what is allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.domain import Item
from agent.errors import Invalid
from retrieval.catalog import BrokenRow, digest, load, main, read

Row = dict[str, object]


def written(folder: Path, *lines: object, name: str = "rows.jsonl") -> Path:
    file = folder / name
    file.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines), encoding="utf-8")
    return file


def test_a_file_is_read_in_order_and_blank_lines_are_nothing(tmp_path: Path, row: Row) -> None:
    file = written(tmp_path, row, "", {**row, "id": "second-one"}, "   ")
    assert [item.id for item in load(file)] == [row["id"], "second-one"]


def test_a_folder_is_read_file_by_file_in_order_of_name(tmp_path: Path, row: Row) -> None:
    written(tmp_path, {**row, "id": "from-b"}, name="b.jsonl")
    written(tmp_path, {**row, "id": "from-a"}, name="a.jsonl")
    (tmp_path / "notes.txt").write_text("not a catalogue")
    assert [item.id for item in load(tmp_path)] == ["from-a", "from-b"]


def test_a_line_separator_inside_a_description_does_not_end_the_row(tmp_path: Path, row: Row) -> None:
    text = "One line\u2028and another, in one and the same row."
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({**row, "description": text}, ensure_ascii=False), encoding="utf-8")
    assert load(file)[0].description == text


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"energy": 1.4}, "energy", ["1.4", "less than or equal to 1"]),
        ({"energy": "0.5"}, "energy", ['"0.5"', "number"]),
        ({"valence": float("nan")}, "valence", ["NaN"]),
        ({"kind": "book"}, "kind", ['"book"', "'game'", "'video'"]),
        ({"goals": ["calm", "sleep"]}, "goals.1", ['"sleep"', "'calm'"]),
        ({"warnings": ["self harm"]}, "warnings", ['"self harm"', "self-harm", "flashing lights"]),
        ({"url": "http://example.org"}, "url", ["http://example.org", "https"]),
        ({"minutes": 12.5}, "minutes", ["12.5", "integer"]),
        ({"description": "Too short."}, "description", ["at least 20"]),
        ({"id": "Not An Id"}, "id", ["Not An Id"]),
        ({"rating": 5}, "rating", ["5", "only id, title"]),
    ],
)
def test_a_broken_field_is_named_with_what_was_found_and_what_is_allowed(
    tmp_path: Path, row: Row, change: Row, field: str, words: list[str]
) -> None:
    file = written(tmp_path, row, {**row, "id": "second-one", **change})
    with pytest.raises(BrokenRow) as caught:
        load(file)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{file}:2: {field}: found ")
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("field", ["title", "valence", "licence"])
def test_a_missing_field_is_named(tmp_path: Path, row: Row, field: str) -> None:
    del row[field]
    with pytest.raises(BrokenRow, match=f':1: {field}: found "nothing"'):
        load(written(tmp_path, row))


@pytest.mark.parametrize("line", ['{"id": "half', "[1, 2]", "null", "not json at all"])
def test_a_line_that_is_no_row_is_named(tmp_path: Path, row: Row, line: str) -> None:
    with pytest.raises(BrokenRow, match=r"rows\.jsonl:2: row: found"):
        load(written(tmp_path, row, line))


def test_broken_utf8_is_a_broken_row(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'{"id": "\xff\xfe"}\n')
    with pytest.raises(BrokenRow, match=r":1: row"):
        load(file)


def test_an_id_that_another_row_has_is_refused_across_files(tmp_path: Path, row: Row) -> None:
    first = written(tmp_path, row, name="a.jsonl")
    second = written(tmp_path, {**row, "title": "Another"}, name="b.jsonl")
    with pytest.raises(BrokenRow) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(f"{second}:1: id:")
    assert f"{first}:1" in str(caught.value)


def test_a_long_find_is_cut_in_the_message(tmp_path: Path, row: Row) -> None:
    with pytest.raises(BrokenRow) as caught:
        load(written(tmp_path, {**row, "title": "x" * 5000}))
    assert len(str(caught.value)) < 500


def test_reading_on_collects_every_broken_row(tmp_path: Path, row: Row) -> None:
    file = written(tmp_path, {**row, "energy": 2}, row, {**row, "id": "b-b", "minutes": 0})
    items, broken = read(file)
    assert [item.id for item in items] == [row["id"]]
    assert [error.field for error in broken] == ["energy", "minutes"]


def test_nothing_there_and_nothing_inside_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="nothing there"):
        load(tmp_path / "absent.jsonl")
    with pytest.raises(Invalid, match="without any"):
        load(tmp_path)


def test_the_digest_knows_every_field_but_no_order(items: list[Item]) -> None:
    assert digest(items) == digest(items[::-1])
    changed = [items[0].model_copy(update={"minutes": items[0].minutes + 1}), *items[1:]]
    assert digest(changed) != digest(items)
    assert digest(items[1:]) != digest(items)


def test_the_command_prints_broken_rows_and_the_report(
    tmp_path: Path, row: Row, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", str(written(tmp_path, row, {**row, "id": "b-b", "energy": 3}))]) == 1
    out, err = capsys.readouterr()
    assert "rows.jsonl:2: energy" in err
    assert "items 1" in out and "shortfalls" in out
    assert main(["validate", str(tmp_path / "absent")]) == 1
    assert "nothing there" in capsys.readouterr().err
