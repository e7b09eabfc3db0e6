"""`report` writes a page or a PDF that only its owner can read; `remind` keeps times and writes a calendar file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from fakes.api import scripted
from fakes.terminal import complaint, discovery

PAGE = b"<!doctype html><title>Figures</title><p id='x'>Figures</p><script>x.textContent += ' drawn'</script>"


def test_the_report_is_written_as_it_came(tmp_path: Path) -> None:
    file = tmp_path / "march.html"
    with scripted() as api:
        api.expect("GET", "/v1/report", PAGE, words="true")
        seen = discovery("report", str(file), "--words", api=api)
    assert seen.exit_code == 0 and file.read_bytes() == PAGE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "whoever has the file can read it" in seen.stdout


def test_a_pdf_is_printed_without_leaving_the_page_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "march.pdf"
    with scripted() as api:
        api.expect("GET", "/v1/report", PAGE)
        seen = discovery("report", str(file), api=api)
    assert seen.exit_code == 0, seen.stderr
    assert file.read_bytes()[:5] == b"%PDF-" and len(file.read_bytes()) > 1000
    assert [path.name for path in tmp_path.iterdir()] == ["march.pdf"]


def test_without_a_browser_it_says_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.cli_report.BROWSERS", ())
    with scripted() as api:
        said = complaint(discovery("report", str(tmp_path / "march.pdf"), api=api), 1)
        assert "A PDF needs Chromium or Chrome" in said and ".html" in said
        assert "ends in .html or .pdf" in complaint(discovery("report", str(tmp_path / "march.doc"), api=api), 2)


def test_reminders_are_kept_and_become_a_calendar_file(tmp_path: Path) -> None:
    file, kept = tmp_path / "reminders.ics", {"at": ["21:00"], "days": ["mon"]}
    with scripted() as api:
        api.expect("PUT", "/v1/reminders", kept, body={"at": ["21:00"], "days": ["mon"]})
        api.expect("GET", "/v1/reminders", kept)
        api.expect("GET", "/v1/reminders/calendar", b"BEGIN:VCALENDAR")
        seen = discovery("remind", str(file), "--at", "21:00", "--days", "mon", api=api)
    assert "You will be asked at 21:00 on mon." in seen.stdout and file.read_bytes() == b"BEGIN:VCALENDAR"
    with scripted() as api:
        api.expect("PUT", "/v1/reminders", {"at": [], "days": []}, body={"at": [], "days": []})
        assert "no reminders any more" in discovery("remind", "--off", api=api).stdout
        api.expect("GET", "/v1/reminders", {"at": [], "days": []})
        assert "--at 21:00" in complaint(discovery("remind", api=api), 2)
