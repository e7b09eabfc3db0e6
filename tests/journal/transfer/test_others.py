"""Health Auto Export, Day One, Markdown folders, CSV and FHIR: their quirks, and zips that mean harm."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fakes.drafts import read, write
from hypothesis import given
from hypothesis import strategies as st

from agent.domain import StateOfMind
from agent.errors import Invalid
from journal.transfer import dayone, fhir
from journal.transfer.draft import Draft, How
from journal.transfer.formats import detected
from journal.transfer.moments import moment
from journal.transfer.packed import folder
from journal.transfer.texts import as_html, plain

ROW: dict[str, Any] = {
    "id": "6b1f0c2e-0000-4000-8000-000000000001", "start": "2026-05-04 21:05:00 +0200",
    "end": "2026-05-04 21:05:00 +0200", "kind": "daily_mood", "valence": 0.45, "valenceClassification": "pleasant",
    "labels": ["Calm", "Grateful"], "associations": ["Self Care"],
}  # fmt: skip
MIND = StateOfMind(kind="daily_mood", valence=0.45, labels=("calm", "grateful"), associations=("self_care",))


def hae(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"data": {"metrics": [{"name": "steps", "data": [{"qty": 7}]}], "stateOfMind": rows}}).encode()


@pytest.mark.parametrize(
    "envelope",
    [{"data": {"stateOfMind": [ROW]}}, {"data": {"state_of_mind": [ROW]}}, {"stateOfMind": [ROW]}, [ROW],
     {"data": {"entries": [ROW]}}],
)  # fmt: skip
def test_health_auto_export_in_every_envelope(envelope: object) -> None:
    [draft], notes = read("hae", json.dumps(envelope).encode())
    assert notes == [] and draft.state_of_mind == MIND and draft.id == ROW["id"]
    assert draft.created_at.isoformat() == "2026-05-04T21:05:00+02:00"


def test_health_auto_export_without_state_of_mind_is_empty() -> None:
    assert read("hae", b'{"data":{}}') == ([], [])


@pytest.mark.parametrize(
    ("changes", "valence", "notes"),
    [
        ({"valenceClassification": "Slightly Pleasant", "valence": -0.2}, -0.2, 2),  # the class and the labels disagree
        ({"valenceClassification": 1}, 0.45, 0),  # a bare 1 may mean two things: the valence counts
        ({"valence": None, "valenceClassification": 6}, 0.5714, 0),
        ({"valence": None, "valenceClassification": "very_pleasant"}, 0.8571, 0),
        ({"kind": "Daily Mood", "labels": "Calm | Grateful"}, 0.45, 0),
        ({"kind": 2, "labels": [7, 15], "associations": [13]}, 0.45, 0),
    ],
)
def test_the_valence_decides_over_the_class(changes: dict[str, Any], valence: float, notes: int) -> None:
    [draft], said = read("hae", hae(ROW | changes | ({"labels": ["calm"]} if notes else {})))
    assert draft.state_of_mind and draft.state_of_mind.valence == valence
    assert draft.state_of_mind.kind == "daily_mood" and len(said) == min(notes, 1)


def test_a_number_that_could_be_a_sign_is_no_class() -> None:
    drafts, [note] = read("hae", hae(ROW | {"valence": None, "valenceClassification": 1}))
    assert drafts == [] and note.left_out


@pytest.mark.parametrize(
    ("stamp", "iso"),
    [
        ("2026-05-04 9:05:00\u202fPM +0200", "2026-05-04T21:05:00+02:00"),
        ("2026-05-04T21:05:00+02:00", "2026-05-04T21:05:00+02:00"),
        ("2026-05-04T21:05:00.000+0100", "2026-05-04T21:05:00+01:00"),
        ("2026-05-04T19:05:00Z", "2026-05-04T19:05:00+00:00"),
        (1777921500.0, "2026-05-04T19:05:00+00:00"),
        (1777921500000, "2026-05-04T19:05:00+00:00"),
        ("2026-05-04 21:05:00.250000 +0530", "2026-05-04T21:05:00.250000+05:30"),
    ],
)
def test_times_in_every_form_that_was_seen(stamp: object, iso: str) -> None:
    found = moment(stamp, UTC)
    assert found and found[0].isoformat() == iso and found[1] is False


@pytest.mark.parametrize("stamp", ["", "soon", "2026-02-30 21:05:00 +0200", "99999-01-01", True, None, "1" * 400])
def test_what_is_no_time(stamp: object) -> None:
    assert moment(stamp, UTC) is None


def test_a_time_of_the_gap_when_clocks_go_forward_is_some_time_of_that_night() -> None:
    found = moment("2026-03-29 02:30", ZoneInfo("Europe/Paris"))
    assert found and found[0].date().isoformat() == "2026-03-29" and found[1] is True


def test_the_csv_of_health_auto_export_with_its_extra_comma() -> None:
    data = (
        b"Start,End,Kind,Labels,Associations,Valence,Valence Classification\n"
        b"2026-05-04 21:05:00 +0200,2026-05-04 21:05:00 +0200,Daily Mood,Calm | Grateful,Self Care,0.45,Pleasant,\n"
    )
    assert detected(io.BytesIO(data)).name == "hae-csv"
    [draft], notes = read("hae-csv", data)
    assert notes == [] and draft.state_of_mind == MIND


def test_a_file_that_breaks_off_keeps_what_came_before_and_says_so() -> None:
    whole = hae(ROW, ROW | {"id": "2"})
    drafts, [note] = read("hae", whole[:-30])
    assert len(drafts) == 1 and note.left_out and "after 1 entries" in str(note)


DAY: dict[str, Any] = {
    "uuid": "00000000000000000000000000000A01", "creationDate": "2026-05-04T22:05:00Z",
    "modifiedDate": "2026-05-04T22:06:00Z", "timeZone": "Europe/Paris", "starred": True, "isAllDay": False,
    "text": "# Evening\n\nRain stopped\\. Quiet\\!\n![](dayone-moment://AB12)\nEnd\\-ed", "tags": ["tea"],
    "location": {},
}  # fmt: skip


def day_one(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"metadata": {"version": "1.0"}, "entries": entries}).encode()


def test_a_day_one_entry_stands_on_the_day_it_was_written_and_without_its_backslashes() -> None:
    [draft], notes = read("dayone", day_one(DAY | {"photos": [{"md5": "x"}]}))
    assert draft.created_at.isoformat() == "2026-05-05T00:05:00+02:00" and draft.zone == "Europe/Paris"
    assert draft.text == "# Evening\n\nRain stopped. Quiet!\nEnd-ed"
    assert draft.tags == ("tea",) and draft.extra["starred"] is True
    assert [note.found for note in notes] == ["1 pictures, films or recordings"]


@pytest.mark.parametrize("nodes", ["contents", "nodes"])
def test_a_state_of_mind_inside_the_rich_text_is_found(nodes: str) -> None:
    mood = {
        "type": "stateOfMind", "kind": "dailyMood", "valence": 0.45, "labels": ["calm", "grateful"],
        "valenceClassification": "veryPleasant", "associations": ["selfCare"],
    }  # fmt: skip
    rich = json.dumps({"meta": {}, nodes: [{"text": "Rain."}, {"embeddedObjects": [mood]}]})
    [draft], _ = read("dayone", day_one({k: v for k, v in DAY.items() if k != "text"} | {"richText": rich}))
    assert draft.state_of_mind == MIND and draft.text == "Rain."


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_day_ones_backslashes_come_and_go(text: str) -> None:
    assert dayone.unescaped(dayone.escaped(text)) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_survives_as_html(text: str) -> None:
    assert plain(as_html(text)) == text.replace("\r", "\r")


def test_day_one_zips_hold_journals_and_strange_entries_are_left_out() -> None:
    packed = folder({"Journal.json": day_one(DAY, {"uuid": "x"}), "photos/ab.jpeg": b"\xff"})
    assert detected(io.BytesIO(packed)).name == "dayone"
    drafts, notes = read("dayone", packed)
    assert len(drafts) == 1 and "entry 2: found 'no creationDate'" in str(notes[-1])


def test_markdown_of_other_people() -> None:
    packed = folder({
        "vault/2026-05-04 Rain.md": b"---\ntags: [tea, walk]\naliases: [x]\n---\nIt rained.\n",
        "vault/.obsidian/x.md": b"no", "vault/ideas.md": b"no date here",
        "vault/note.md": b"---\ndate: 2026-05-06 07:30\n---\nEarly.",
        "vault/bad.md": b"---\n[\n---\n", "vault/cp.md": b"\xff\xfe",
    })  # fmt: skip
    drafts, notes = read("markdown", packed, How(ZoneInfo("Europe/Paris")))
    assert [(d.created_at.isoformat(), d.text, d.tags) for d in drafts] == [
        ("2026-05-04T12:00:00+02:00", "It rained.\n", ("tea", "walk")),
        ("2026-05-06T07:30:00+02:00", "Early.", ()),
    ]
    assert drafts[0].extra == {"aliases": ["x"]} and all(d.assumed for d in drafts)
    assert [note.where for note in notes] == ["vault/bad.md", "vault/cp.md", "vault/ideas.md"]


def test_a_csv_of_anybodys_by_the_names_of_its_columns() -> None:
    data = b"Date,Time,Mood,Note,Activities\n2026-05-04,21:05,0.4,Rain,tea | walk\n2026-05-05,,9,Sun,\n"
    [first, second], [note] = read("csv", data, How(ZoneInfo("Europe/Paris")))
    assert first.state_of_mind == StateOfMind(valence=0.4) and first.tags == ("tea", "walk")
    assert second.text == "Sun" and second.state_of_mind is None and "a valence from -1 to 1" in str(note)


def test_no_cell_of_ours_starts_a_formula() -> None:
    bad = Draft.model_validate({"created_at": "2026-05-04T21:05:00Z", "text": "=1+1", "tags": ["@x"]})
    data = write("csv", bad).decode("utf-8-sig")
    assert ",'=1+1," in data and ",'@x," in data
    [back], _ = read("csv", data.encode())
    assert (back.text, back.tags) == ("=1+1", ("@x",))


def test_what_leaves_as_fhir_keeps_to_the_profile() -> None:
    drafts = [
        Draft.model_validate({"created_at": "2026-05-04T21:05:00+02:00", "state_of_mind": mind, "text": "private"})
        for mind in (MIND, StateOfMind(valence=-0.2))
    ]
    bundle = write("fhir", *drafts)
    assert b"private" not in fhir.checked(bundle) and b"display" not in bundle
    first = json.loads(bundle)["entry"][1]["resource"]
    assert list(fhir.faults(first)) == [] and len(first["component"]) == 5
    assert json.loads(bundle)["entry"][2]["resource"]["component"][4]["dataAbsentReason"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": None}, "status: found None"),
        ({"meta": {}}, "meta.profile"),
        ({"subject": None}, "subject: missing"),
        ({"effectiveDateTime": "2026-05-04T21:05:00"}, "a time with its offset"),
        ({"component": []}, "component kind: found 0, expected 1"),
    ],
)
def test_a_fault_in_an_observation_is_named(change: dict[str, Any], fault: str) -> None:
    draft = Draft.model_validate({"created_at": "2026-05-04T21:05:00+02:00", "state_of_mind": MIND})
    bundle = json.loads(write("fhir", draft))
    bundle["entry"][1]["resource"] |= change
    with pytest.raises(Invalid, match=fault):
        fhir.checked(json.dumps(bundle).encode())
    drafts, [note] = read("fhir", json.dumps(bundle).encode())
    assert drafts == [] and note.left_out


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", ["../2026-05-04.md", "/etc/2026-05-04.md", "a/../../x.md", "..\\x.md", "C:/x.md"])
def test_names_that_lead_out_of_the_folder_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="leads out of its folder"):
        read("markdown", zipped((name, b"x")))


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    with pytest.raises(Invalid, match="from almost none"):
        read("markdown", zipped(("2026-05-04.md", b"\0" * 30_000_000)))


def test_a_swarm_of_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journal.transfer.packed.MOST_FILES", 2)
    with pytest.raises(Invalid, match="holds 3 files"):
        read("markdown", zipped(("a.md", b""), ("b.md", b""), ("c.md", b"")))


@pytest.mark.parametrize("data", [b"", b"hello", b"{}", b"<html/>", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_what_is_in_no_known_format_asks_for_its_name(data: bytes) -> None:
    with pytest.raises(Invalid, match="was not recognised"):
        detected(io.BytesIO(data))


def test_deep_json_ends_in_words() -> None:
    with pytest.raises(Invalid):
        read("hae", b'{"data":{"stateOfMind":[' + b'{"a":' * 200_000)
