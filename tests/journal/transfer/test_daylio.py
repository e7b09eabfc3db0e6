"""Daylio's CSV in its three headers, its quirks, the map that a person edits, and the backup."""

from __future__ import annotations

import base64
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fakes.drafts import read

from agent.domain import StateOfMind
from agent.errors import Invalid
from journal.transfer.draft import How
from journal.transfer.mapping import parsed, template
from journal.transfer.packed import folder

PARIS = How(zone=ZoneInfo("Europe/Paris"))
HEADER = "full_date,date,weekday,time,mood,activities,note_title,note\n"
ROW = '2026-05-04,May 4,Monday,9:05 PM,good,"walk | family","Evening","Rain stopped.<br>Said ""hello"" to Ana."\n'


def csv(rows: str, header: str = HEADER) -> bytes:
    return (header + rows).encode()


def test_the_row_of_the_documentation() -> None:
    [draft], notes = read("daylio", csv(ROW), PARIS)
    assert notes == [] and draft.assumed
    assert draft.created_at.isoformat() == "2026-05-04T21:05:00+02:00"
    assert draft.text == 'Evening\n\nRain stopped.\nSaid "hello" to Ana.'
    assert draft.state_of_mind == StateOfMind(valence=0.45, associations=("family",))
    assert draft.tags == ("walk",)


def test_columns_are_found_by_name_in_old_and_new_headers() -> None:
    new = csv(
        '2026-05-04,May 4,Sunday,21:05,awful,tea,"Sleep Quality: 7/10 points",,x\n',
        "full_date,date,weekday,time,mood,activities,scales,note_title,note\n",
    )
    [draft], _ = read("daylio", b"\xef\xbb\xbf" + new, PARIS)
    assert draft.extra["scales"] == "Sleep Quality: 7/10 points" and draft.state_of_mind
    assert draft.state_of_mind.valence == -0.9
    old = csv("2018,18 May,Friday,1:49 pm,meh,,slept\n", "year,date,weekday,time,mood,activities,note\n")
    [draft], _ = read("daylio", old, PARIS)
    assert draft.created_at.isoformat() == "2018-05-18T13:49:00+02:00"


def test_names_with_slashes_signs_and_quotes_stay_whole() -> None:
    rows = '2026-05-04,May 4,Monday,21:05,good,"TV/radio | #1, then | say ""no"" | \u2615  tea",,"a\nb"\n'
    [draft], _ = read("daylio", csv(rows), PARIS)
    assert draft.tags == ("TV/radio", "#1, then", 'say "no"', "\u2615 tea")
    assert draft.text == "a\nb"


def test_html_in_a_note_becomes_text_and_is_never_kept_as_html() -> None:
    rows = '2026-05-04,,,21:05,good,,,"<b>Up</b> &amp; out<ul><li>one</li><li>two</li></ul><script>x()</script>"\n'
    [draft], _ = read("daylio", csv(rows), PARIS)
    assert draft.text == "Up & out\n- one\n- two\n"


def test_broken_rows_are_named_with_what_was_found_and_expected() -> None:
    rows = "2026-05-04,,,21:05,good,,,x,surplus\n2026-13-04,,,21:05,good,,,x\n" + ROW
    drafts, notes = read("daylio", csv(rows), PARIS)
    assert len(drafts) == 1 and all(note.left_out for note in notes)
    assert [note.where for note in notes] == ["line 2", "line 3"]
    assert "as many cells as the header has" in str(notes[0]) and "'2026-13-04 21:05'" in str(notes[1])


def test_another_csv_is_refused_by_its_header() -> None:
    with pytest.raises(Invalid, match="found the columns 'a, b', expected time, mood, activities, note"):
        read("daylio", b"a,b\n1,2\n", PARIS)


def test_an_unknown_mood_is_asked_for_and_never_guessed() -> None:
    rows = '2026-05-04,,,21:05,serene,"family | tea",,x\n'
    [draft], [note] = read("daylio", csv(rows), PARIS)
    assert draft.state_of_mind is None and draft.tags == ("serene", "family", "tea")
    assert str(note) == "line 2: found 'serene', expected a mood that the map names; taken in without it."
    moods, activities = parsed("moods:\n  Serene: 0.6\nactivities:\n  tea: self_care\n")
    [draft], notes = read("daylio", csv(rows), How(PARIS.zone, moods, activities))
    assert notes == []
    assert draft.state_of_mind == StateOfMind(valence=0.6, associations=("family", "self_care"))


def test_the_map_to_fill_in_is_a_map() -> None:
    text = template(["serene", 'a: "b"', "no"], ["tea", "#1"])
    assert parsed(text) == ({}, {})
    assert parsed(text.replace('"serene":', '"serene": 0.4')) == ({"serene": 0.4}, {})
    assert "work, weather" in text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("moods: {good: 2}", "moods, 'good': found '2', expected a number from -1 to 1"),
        ("moods: {good: true}", "expected a number"),
        ("activities: {tea: drinks}", "activities, 'tea': found 'drinks', expected one of community"),
        ("colours: {}", "expected the two keys moods and activities"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("moods: [", "line 2"),
        ("moods: " + "[" * 100_000, "deeper than 64"),
        ("x" * 300_000, "at most 200,000"),
    ],
)
def test_a_wrong_map_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(Invalid, match=complaint.replace("(", r"\(")) as refused:
        parsed(text)
    assert "\n" not in str(refused.value)


def backup(wrap: int = 0, **changes: Any) -> bytes:
    raw: dict[str, Any] = {
        "version": 15,
        "customMoods": [
            {"id": 6, "custom_name": "serene", "mood_group_id": 2, "predefined_name_id": -1},
            {"id": 1, "custom_name": "", "mood_group_id": 1, "predefined_name_id": 1},
        ],
        "tags": [{"id": 14, "name": "tea"}, {"id": 15, "name": "work"}],
        "dayEntries": [
            {"id": 1, "minute": 5, "hour": 21, "day": 4, "month": 4, "year": 2026, "datetime": 1777921500000,
             "timeZoneOffset": 7200000, "mood": 6, "note": "Rain stopped.<br>Quiet.", "note_title": "",
             "tags": [14, 15], "assets": []},
        ],
    }  # fmt: skip
    packed = base64.b64encode(json.dumps(raw | changes).encode())
    if wrap:
        packed = b"\r\n".join(packed[i : i + wrap] for i in range(0, len(packed), wrap))
    return folder({"assets/photos/2026/5/abc": b"\xff\xd8", "backup.daylio": packed})


@pytest.mark.parametrize("wrap", [0, 76])
def test_the_backup_knows_the_step_of_a_mood_of_ones_own_and_the_hour_it_was(wrap: int) -> None:
    [draft], notes = read("daylio-backup", backup(wrap))
    assert notes == []
    assert draft.state_of_mind == StateOfMind(valence=0.45, associations=("work",)), "the group decides, not the id"
    assert draft.created_at.isoformat() == "2026-05-04T21:05:00+02:00" and not draft.assumed
    assert (draft.text, draft.tags, draft.id) == ("Rain stopped.\nQuiet.", ("tea",), "1")


def test_a_map_wins_over_the_step_and_photos_are_told() -> None:
    entries = [{"id": 2, "datetime": 1777921500000, "timeZoneOffset": 0, "mood": 6, "assets": [1, 2], "tags": [99]}]
    [draft], [note] = read("daylio-backup", backup(dayEntries=entries), How(moods={"serene": 0.7}))
    assert draft.state_of_mind and draft.state_of_mind.valence == 0.7
    assert "2 photos or recordings" in str(note)


def test_broken_backups() -> None:
    with pytest.raises(Invalid, match="holds no backup"):
        read("daylio-backup", folder({"x": b""}))
    with pytest.raises(Invalid, match="not base64 of JSON"):
        read("daylio-backup", folder({"backup.daylio": b"%%%"}))
    with pytest.raises(Invalid, match="no dayEntries"):
        read("daylio-backup", folder({"backup.daylio": base64.b64encode(b"{}")}))
    drafts, [note] = read("daylio-backup", backup(dayEntries=[{"datetime": "noon"}]))
    assert drafts == [] and note.left_out and note.where == "entry 1"
