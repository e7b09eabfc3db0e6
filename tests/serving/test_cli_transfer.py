"""`import` shows before it takes, takes back what it took, and `export` writes any format."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api, scripted
from fakes.terminal import CARD, complaint, discovery

ARCHIVE = b"PK\x03\x04 everything"
PREVIEW: dict[str, Any] = {
    "format": "daylio", "title": "Daylio CSV", "certain": True, "caution": "The file names no time zone.",
    "entries": 14, "new": 12, "known": 2, "left_out": 1, "first_day": "2026-05-04", "last_day": "2026-05-18",
    "with_text": 13, "with_state": 10, "zone_assumed": 14, "notes_count": 1, "dry_run": True,
    "notes": ["line 4: found 'late', expected a time; left out."],
    "unmapped": {"moods": {"serene": 3}, "activities": {"tea": 2}},
}  # fmt: skip
DONE = PREVIEW | {"added": 12, "import": "abc", "unread": 0, "dry_run": False}


def file_of(folder: Path, content: bytes = ARCHIVE) -> Path:
    file = folder / "journal.zip"
    file.write_bytes(content)
    return file


def preview(api: Api, answer: dict[str, Any] = PREVIEW, **query: str) -> None:
    api.expect("POST", "/v1/import", answer, dry_run="true", **query)


def test_a_preview_comes_first_and_yes_takes_it_in(tmp_path: Path) -> None:
    with scripted() as api:
        preview(api)
        api.expect("POST", "/v1/import", DONE, body=ARCHIVE, headers={"content-type": "application/zip"})
        seen = discovery("import", str(file_of(tmp_path)), api=api, keys="yes\n")
    assert seen.exit_code == 0
    for words in (
        "Daylio CSV: 14 entries from 2026-05-04 to 2026-05-18.", "12 new, 2 already there, 1 left out",
        "line 4: found 'late', expected a time; left out.", "serene (3)", "14 entries without a time zone",
        "The file names no time zone.",
    ):  # fmt: skip
        assert words in seen.stderr
    assert seen.stdout == ("12 entries added, 2 already there.\nTo take it back: discovery import --undo abc\n")


def test_any_other_word_takes_nothing_in(tmp_path: Path) -> None:
    with scripted() as api:
        preview(api)
        seen = discovery("import", str(file_of(tmp_path)), api=api, keys="\n")
    assert seen.exit_code == 1 and seen.stderr.endswith("Nothing was taken in.\n")


def test_nothing_new_asks_nothing(tmp_path: Path) -> None:
    with scripted() as api:
        preview(api, PREVIEW | {"new": 0})
        seen = discovery("import", str(file_of(tmp_path)), api=api)
    assert seen.exit_code == 0 and "There is nothing new in it." in seen.stderr


def test_one_card_stands_in_the_preview_of_a_file_with_worrying_texts(tmp_path: Path) -> None:
    with scripted() as api:
        preview(api, PREVIEW | {"safety": {"level": "crisis", "card": CARD}})
        seen = discovery("import", str(file_of(tmp_path)), api=api, keys="no\n")
    assert seen.stderr.count("The Night Line") == 1


def test_a_map_is_checked_here_sent_and_used(tmp_path: Path) -> None:
    names = tmp_path / "names.yaml"
    names.write_text("moods: {serene: 0.6}\n")
    with scripted() as api:
        api.expect("PUT", "/v1/import/map", {"moods": 1, "activities": 0}, body={"yaml": names.read_text()})
        preview(api, format="daylio", zone="Europe/Vienna")
        api.expect("POST", "/v1/import", DONE, format="daylio", zone="Europe/Vienna", read="false")
        options = ["--map", str(names), "--format", "daylio", "--zone", "Europe/Vienna", "--no-read", "--yes"]
        assert discovery("import", str(file_of(tmp_path)), *options, api=api).exit_code == 0
    names.write_text("moods: {serene: 9}\n")
    with scripted() as api:
        said = complaint(discovery("import", str(file_of(tmp_path)), "--map", str(names), api=api), 2)
    assert "expected a number from -1 to 1" in said


def test_the_names_nobody_knows_become_a_map_to_fill_in(tmp_path: Path) -> None:
    names = tmp_path / "names.yaml"
    with scripted() as api:
        preview(api)
        seen = discovery("import", str(file_of(tmp_path)), "--write-map", str(names), api=api)
    assert seen.exit_code == 0 and "Nothing was taken in yet." in seen.stderr
    assert '"serene":' in names.read_text() and '"tea":' in names.read_text()


def test_a_folder_of_markdown_is_sent_as_one_zip(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "2026-05-04.md").write_text("Rain.")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    sent: list[bytes] = []
    with scripted() as api:
        preview(api, PREVIEW | {"new": 0}, format="markdown")
        take = api.take
        api.take = lambda *a: (sent.append(a[3]), take(*a))[1]  # type: ignore[method-assign]
        discovery("import", str(folder), api=api)
    assert zipfile.ZipFile(io.BytesIO(sent[0])).namelist() == ["sub/2026-05-04.md"]


def test_of_a_large_apple_style_export_only_state_of_mind_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.cli_transfer.LARGE", 1000)
    step = b'<Record type="HKQuantityTypeIdentifierStepCount" value="7"/>\n'
    mind = b'<StateOfMind valence="0.4" startDate="2026-05-04 21:05:00 +0100"/>\n'
    file = file_of(tmp_path, b"<HealthData>\n" + step * 100 + mind + b"</HealthData>")
    sent: list[bytes] = []
    with scripted() as api:
        preview(api, PREVIEW | {"new": 0}, format="apple")
        take = api.take
        api.take = lambda *a: (sent.append(a[3]), take(*a))[1]  # type: ignore[method-assign]
        assert discovery("import", str(file), api=api).exit_code == 0
    assert b"valence" in sent[0] and b"StepCount" not in sent[0]


def test_an_import_is_taken_back_by_its_id_or_as_the_last(tmp_path: Path) -> None:
    listed = {"imports": [{"id": "b", "format": "csv", "at": "2026-05-04T21:05:00+02:00", "entries": 3}]}
    with scripted() as api:
        api.expect("GET", "/v1/imports", listed)
        assert discovery("import", "--undo", "list", api=api).stdout == "b  2026-05-04T21:05  csv, 3 entries\n"
        api.expect("GET", "/v1/imports", listed)
        api.expect("DELETE", "/v1/imports/b", {"removed": 2, "kept": 1, "gone": 0})
        seen = discovery("import", "--undo", "last", api=api)
        assert seen.stdout == "2 entries removed.\n1 entry stayed, because you changed them since.\n"
        api.expect("GET", "/v1/imports", {"imports": []})
        assert "Nothing was taken in" in discovery("import", "--undo", "last", api=api).stdout


def test_a_refused_file_is_bad_use(tmp_path: Path) -> None:
    with scripted() as api:
        api.refuse("POST", "/v1/import", 422, "Cannot be used", "file: found no zip archive", field="file")
        api.steps[0].query = {"dry_run": "true"}
        assert "found no zip archive" in complaint(discovery("import", str(file_of(tmp_path)), api=api), 2)
        assert "found none; name the file" in complaint(discovery("import", api=api), 2)
        assert "cannot read" in complaint(discovery("import", str(tmp_path / "none.zip"), api=api), 2)


def test_only_what_was_shared_with_training_is_written(tmp_path: Path) -> None:
    file, line = tmp_path / "corrections.jsonl", b'{"text": "x", "labels": ["joy"]}\n'
    with scripted() as api:
        api.expect("GET", "/v1/corrections", line, answers={"discovery-entries": "1"})
        seen = discovery("export", str(file), "--corrections", api=api)
        assert seen.exit_code == 0 and "1 correction is in" in seen.stdout
        api.expect("GET", "/v1/corrections", b"")
        none = discovery("export", str(tmp_path / "none.jsonl"), "--corrections", api=api)
        both = discovery("export", str(tmp_path / "x"), "--corrections", "--format", "csv", api=api)
    assert file.read_bytes() == line and file.stat().st_mode & 0o077 == 0
    assert none.exit_code == 1 and "shared no correction" in none.stderr and not (tmp_path / "none.jsonl").exists()
    assert "leave --format out" in complaint(both, 2)


def test_export_in_another_format_says_what_stayed_behind(tmp_path: Path) -> None:
    file = tmp_path / "export.xml"
    with scripted() as api:
        api.expect("GET", "/v1/export", b"<HealthData/>", format="apple")
        seen = discovery("export", str(file), "--format", "apple", api=api)
        assert seen.exit_code == 0 and file.read_bytes() == b"<HealthData/>"
        assert "expected one of discovery, apple" in complaint(
            discovery("export", str(tmp_path / "x"), "--format", "diary", api=api), 2
        )
