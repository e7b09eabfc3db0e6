from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from agent.affect import ASSOCIATIONS, STATE_LABELS
from agent.domain import (
    EMOTIONS,
    Correction,
    Emotion,
    Entry,
    Explanation,
    Goal,
    HelpCard,
    HelpLine,
    Item,
    Level,
    Reading,
    Safety,
    Settings,
    Span,
    StateOfMind,
    Suggestion,
)
from agent.errors import Invalid
from agent.revision import Version
from journal.rows import Said, written_of
from journal.store import Store
from journal.transfer.archive import Bundle, pack, unpack

Open = Callable[..., Store]
NOON = datetime(2026, 5, 4, 12, tzinfo=timezone(timedelta(hours=2)))

labels = st.sampled_from(EMOTIONS)
chances = st.floats(0, 1)
valences = st.floats(-1, 1)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=offsets)
words = st.text(max_size=40)
readings = st.builds(
    Reading,
    emotions=st.lists(st.builds(Emotion, label=labels, probability=chances), max_size=4).map(tuple),
    unsure=st.booleans(),
    probabilities=st.dictionaries(labels, chances, max_size=28),
    model=words.filter(lambda text: "\0" not in text),
    windows=st.integers(1, 9),
)
minds = st.builds(
    StateOfMind,
    kind=st.sampled_from(["momentary_emotion", "daily_mood"]),
    valence=valences,
    labels=st.lists(st.sampled_from(STATE_LABELS), max_size=3).map(tuple),
    associations=st.lists(st.sampled_from(ASSOCIATIONS), max_size=3).map(tuple),
)
items = st.builds(
    Item, id=st.from_regex(r"[a-z0-9][a-z0-9-]{1,20}", fullmatch=True), title=words.filter(bool), kind=st.just("film"),
    year=st.integers(1880, 2100), url=st.just("https://example.org/a"), description=st.just("A description of ours."),
    genres=st.just(("drama",)), valence=valences, energy=chances, demand=chances, minutes=st.integers(1, 300),
    social=st.booleans(), free=st.booleans(), goals=st.just((Goal.CALM,)), licence=st.just("own"),
    source=st.just("own"),
)  # fmt: skip
cards = st.builds(
    HelpCard, region=st.just("GB"), message=words, lines=st.just((HelpLine(name="S", phone="116 123", sources=("x",)),))
)
corrections = st.builds(
    Correction,
    labels=st.none() | st.lists(labels, max_size=3).map(tuple),
    valence=st.none() | valences,
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    text = draw(st.text(max_size=200))
    ends = st.integers(1, len(text)) if text else st.nothing()
    spans = st.builds(Span, label=labels, start=st.just(0), end=ends, drop=valences)
    return Entry(
        id=str(UUID(bytes=draw(st.binary(min_size=16, max_size=16)), version=4)),
        person="",
        text=text,
        created_at=draw(times),
        goal=draw(st.none() | st.sampled_from(Goal)),
        state_of_mind=draw(st.none() | minds),
        safety=draw(st.none() | st.builds(Safety, level=st.sampled_from(Level), card=st.none() | cards)),
        reading=draw(st.none() | readings),
        evidence=draw(st.none() | (st.lists(spans, max_size=2).map(tuple) if text else st.just(()))),
        explanation=draw(
            st.none() | st.lists(st.builds(Explanation, text=words, source=st.just("model")), max_size=2).map(tuple)
        ),
        suggestions=draw(
            st.none()
            | st.lists(
                st.builds(
                    Suggestion, item=items, reason=words, score=valences, breakdown=st.dictionaries(words, valences)
                ),
                max_size=2,
            ).map(tuple)
        ),
        correction=draw(st.none() | corrections),
    )


DRAWERS = {
    "reminders": st.just({"times": {"at": ["08:30", "21:00"], "days": ["mon"]}}),
    "import-map": st.just({"names": "moods:\n  serene: 0.6\nactivities:\n"}),
    "care": st.just({"state": {"state": "asked", "level": "concern", "since": "2026-05-04T12:00:00Z"}}),
}


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    kept = draw(st.lists(entries(), max_size=4, unique_by=lambda e: e.id))
    history = [
        Version(entry_id=e.id, number=number, replaced_at=draw(times), was=written_of(draw(entries())))
        for e in kept
        for number in range(1, draw(st.integers(1, 3)))
    ]
    about = st.none() | st.sampled_from([e.id for e in kept]) if kept else st.none()
    said = st.builds(Said, item_id=words, verdict=st.sampled_from(["like", "dislike"]), at=times, entry_id=about)
    feedback = draw(st.lists(said, max_size=3, unique_by=lambda s: s.item_id))
    chosen = draw(st.none() | st.builds(Settings, region=st.none() | st.just("GB"), suggestions=st.booleans()))
    return Bundle(kept, history, feedback, chosen, draw(st.fixed_dictionaries({}, optional=DRAWERS)))


def taken(store: Store, person: str, archive: bytes) -> dict[str, int]:
    """What taking it in came to, which is what was said before."""
    before = store.import_archive(person, archive, dry_run=True)
    done = store.import_archive(person, archive)
    assert (done.pop("import") is not None) == bool(done["added"])
    assert before == done | {"import": None}
    return done


BROKEN_JSON = b'{"a":'


def content(archive: bytes) -> dict[str, Any]:
    """Everything that an archive says, whatever the order and the moment of export."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {n: opened.read(n) for n in opened.namelist() if n != "manifest.json"}


@effort(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(bundle=bundles())
def test_what_is_packed_is_unpacked(bundle: Bundle) -> None:
    assert unpack(pack(bundle, NOON)) == bundle


@effort(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(bundle=bundles())
def test_the_same_journal_afterwards(store: Store, bundle: Bundle) -> None:
    first, second = str(uuid4()), str(uuid4())
    count = len(bundle.entries)
    assert taken(store, first, pack(bundle, NOON)) == {"added": count, "known": 0}
    archive = store.export(first)
    assert taken(store, second, archive) == {"added": count, "known": 0}
    assert content(store.export(second)) == content(archive)
    for entry in bundle.entries:
        assert store.get(second, entry.id) == entry.model_copy(update={"person": second})
    assert store.verdicts(second) == {said.item_id: said.verdict for said in bundle.feedback}
    assert store.settings(second) == (bundle.settings or Settings())
    assert taken(store, second, archive) == {"added": 0, "known": count}
    assert content(store.export(second)) == content(archive)


def test_an_archive_reads_well_and_describes_itself(store: Store) -> None:
    mind = StateOfMind(valence=0.4, associations=("friends",))
    entry = store.add("ada", "We sang.\n\nLoudly.", goal=Goal.STAY, state_of_mind=mind, created_at=NOON).entry
    store.edit("ada", entry.id, correction=Correction(labels=("joy",)))
    store.add("ada", "Later.", created_at=NOON + timedelta(days=30))
    with zipfile.ZipFile(io.BytesIO(store.export("ada"))) as opened:
        names = opened.namelist()
        manifest = json.loads(opened.read("manifest.json"))
        page = opened.read("entries/2026-05.md").decode()
        history = json.loads(opened.read("history.json"))
        assert b'"ada"' not in opened.read("entries.json")
        for name, known in manifest["files"].items():
            assert hashlib.sha256(opened.read(name)).hexdigest() == known["sha256"]
    assert {"entries/2026-05.md", "entries/2026-06.md", "settings.json", "feedback.json", "drawers.json"} < set(names)
    assert manifest["format"] == "discovery-journal" and manifest["version"] == 2
    assert set(manifest["files"]) == set(names) - {"manifest.json"}
    assert page == (
        "# May 2026\n\n## 4 May 2026, 12:00\n\nWe sang.\n\nLoudly.\n\n"
        "*Felt: joy. Hoped for: stay. Valence: +0.40. About: friends.*\n"
    )
    assert len(history) == 1 and history[0]["was"]["correction"] is None


def test_an_empty_journal_travels_too(store: Store) -> None:
    assert taken(store, "bob", store.export("eve")) == {"added": 0, "known": 0}


def test_small_things_travel_and_what_is_there_wins(store: Store) -> None:
    at = {"at": ["21:00"], "days": []}
    store.keep("ada", "reminders", "times", at)
    store.keep("ada", "import-map", "names", "moods:\n  serene: 0.6\n")
    store.keep("ada", "notes", "first", "a thing that stays here")
    store.keep("bob", "import-map", "names", "moods:\n  grim: -0.6\n")
    store.import_archive("bob", store.export("ada"))
    assert store.kept("bob", "reminders") == {"times": at} and store.kept("bob", "notes") == {}
    assert store.kept("bob", "import-map") == {"names": "moods:\n  grim: -0.6\n"}


@pytest.mark.parametrize(
    "drawers",
    [
        {"unheard-of": {"": "moods: {}"}},
        {"reminders": {"times": {"at": ["25:00"], "days": []}}},
        {"reminders": {"times": "soon"}},
        {"reminders": {"else": {"at": [], "days": []}}},
        {"import-map": {"names": "moods: 3"}},
        {"import-map": {"names": 3}},
        {"care": {"state": {"state": "gone"}}},
        {"imports": {"x": {}}},
    ],
)
def test_a_small_thing_that_cannot_be_is_refused(store: Store, drawers: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="This cannot be taken in: drawers: "):
        store.import_archive("ada", pack(Bundle((), drawers=drawers), NOON))


def test_an_archive_of_the_first_version_is_read(store: Store) -> None:
    entry = store.add("ada", "from before").entry
    files = content(store.export("ada"))
    del files["drawers.json"]
    listed = {n: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for n, data in files.items()}
    manifest = {"format": "discovery-journal", "version": 1, "made_at": NOON.isoformat(), "files": listed}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in {**files, "manifest.json": json.dumps(manifest)}.items():
            archive.writestr(name, data)
    assert taken(store, "bob", packed.getvalue()) == {"added": 1, "known": 0}
    assert store.get("bob", entry.id).text == "from before"


def test_an_archive_is_taken_back_but_for_what_was_changed_since(store: Store) -> None:
    edited, untouched, fixed = (store.add("ada", text).entry for text in ("edited", "untouched", "fixed"))
    store.edit("ada", edited.id, text="edited before it left")
    store.feedback("ada", "chess", "like", entry_id=untouched.id)
    mine = store.add("bob", "bob's own").entry
    batch = store.import_archive("bob", store.export("ada"))["import"]
    assert [(one["id"], one["format"], one["entries"]) for one in store.imports("bob")] == [(batch, "discovery", 3)]
    store.edit("bob", fixed.id, correction=Correction(valence=0.5))
    assert store.undo_import("bob", batch) == {"removed": 2, "kept": 1, "gone": 0}
    assert {entry.id for entry in store.entries("bob")[0]} == {mine.id, fixed.id}
    assert len(store.entries("ada")[0]) == 3 and store.imports("bob") == []


def test_what_is_there_already_wins(store: Store) -> None:
    kept, gone = store.add("ada", "kept").entry, store.add("ada", "gone").entry
    store.feedback("ada", "chess", "like")
    store.save_settings("ada", Settings(region="GB"))
    archive = store.export("ada")
    store.edit("ada", kept.id, text="kept and changed")
    store.delete("ada", gone.id)
    store.feedback("ada", "chess", "dislike")
    store.save_settings("ada", Settings(region="IE"))
    assert taken(store, "ada", archive) == {"added": 1, "known": 1}
    assert {e.text for e in store.entries("ada")[0]} == {"kept and changed", "gone"}
    assert store.verdicts("ada") == {"chess": "dislike"} and store.settings("ada").region == "IE"
    assert [e.text for e in store.search("ada", "kept")] == ["kept and changed"]


def repack(archive: bytes, change: Callable[[dict[str, bytes]], None], *, resign: bool = True) -> bytes:
    """The archive with its files changed; `resign` mends the checksums, as a forger would."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change(files)
    if resign and "manifest.json" in files and files["manifest.json"] != BROKEN_JSON:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {
            n: {"sha256": hashlib.sha256(d).hexdigest(), "bytes": len(d)}
            for n, d in files.items()
            if n != "manifest.json"
        }
        files["manifest.json"] = json.dumps(manifest).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return packed.getvalue()


def in_entries(**fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        raw = json.loads(files["entries.json"])
        raw[0] |= fields
        files["entries.json"] = json.dumps(raw).encode()

    return change


def put(name: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: data})


def in_manifest(**fields: Any) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update(
        {"manifest.json": json.dumps(json.loads(files["manifest.json"]) | fields).encode()}
    )


def doubled(files: dict[str, bytes]) -> None:
    raw = json.loads(files["entries.json"])
    files["entries.json"] = json.dumps(raw + raw).encode()


BROKEN: list[tuple[Callable[[dict[str, bytes]], None], str]] = [
    (put("../../etc/passwd", b"x"), r"holds '../../etc/passwd', which no Discovery archive has"),
    (put("/etc/passwd", b"x"), "which no Discovery archive has"),
    (put("entries/../x.md", b"x"), "which no Discovery archive has"),
    (put("entries/2026-13.md", b"x"), "which no Discovery archive has"),
    (put("C:\\x", b"x"), "which no Discovery archive has"),
    (lambda files: files.clear(), "manifest.json is missing"),
    (lambda files: files.pop("manifest.json"), "manifest.json is missing"),
    (lambda files: files.pop("entries.json"), "entries.json is missing"),
    (in_manifest(version=3), r"version is 3, this Discovery reads versions up to 2"),
    (in_manifest(version=None), "version is None"),
    (in_manifest(format="other"), "format is 'other'"),
    (in_manifest(extra=1), "manifest.json: extra: Extra inputs"),
    (put("manifest.json", BROKEN_JSON), "manifest.json: .*Invalid JSON"),
    (put("entries.json", b"[" * 100_000), "entries.json: .*Invalid JSON"),
    (put("entries.json", b"{}"), "entries.json: .*valid array"),
    (put("entries.json", b'["a"]'), "entries.json: 0: "),
    (put("entries.json", b"\xff\xfe"), "entries.json: "),
    (put("settings.json", b'{"region": "narnia"}'), "settings.json: region: "),
    (put("feedback.json", b'[{"item_id": "a", "verdict": "x", "at": "2026-05-04T12:00:00Z"}]'), "0.verdict: "),
    (in_entries(id="1"), "entry 1: id is not a random UUID"),
    (in_entries(id=None), "entry 1: id: "),
    (in_entries(text="x" * 20_001), "entry 1: text: found 20,001 characters"),
    (in_entries(text=None), "entry 1: text: "),
    (in_entries(created_at="2026-05-04T12:00:00"), "entry 1: created_at: "),
    (in_entries(created_at="0001-01-01T00:00:00+14:00"), "entry 1: created_at: .*outside the years"),
    (in_entries(mood="x"), "entry 1: mood: Extra inputs"),
    (in_entries(goal="win"), "entry 1: goal: "),
    (in_entries(evidence=[{"label": "joy", "start": 0, "end": 99, "drop": 0.1}]), "evidence ends at 99, the text at 9"),
    (doubled, "two entries with the same id"),
    (put("history.json", json.dumps([{"entry_id": str(uuid4()), "number": 1, "replaced_at": "2026-05-04T12:00:00Z",
     "was": {"text": "x", "created_at": "2026-05-04T12:00:00Z"}}]).encode()), "of an entry that is not there"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), BROKEN, ids=[words[:30] for _, words in BROKEN])
def test_a_broken_archive_is_refused_and_nothing_is_kept(
    sqlite_store: Store, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    sqlite_store.add("ada", "good news")
    archive = repack(sqlite_store.export("ada"), change)
    with pytest.raises(Invalid, match=words) as refused:
        sqlite_store.import_archive("bob", archive)
    assert refused.value.field == "archive" and str(refused.value).startswith("archive: This cannot be taken in: ")
    assert "good news" not in str(refused.value)
    assert sqlite_store.entries("bob") == ([], None)


def test_every_altered_file_is_found_by_its_checksum(sqlite_store: Store) -> None:
    sqlite_store.add("ada", "x", created_at=NOON)
    archive = sqlite_store.export("ada")
    for name in content(archive):
        with pytest.raises(Invalid, match=rf"{name} was altered or damaged: expected sha256 .* found "):
            unpack(repack(archive, lambda files, name=name: files.update({name: files[name] + b" "}), resign=False))
    with pytest.raises(Invalid, match=r"'entries/1999-01.md' is not in manifest.json"):
        unpack(repack(archive, put("entries/1999-01.md", b"x"), resign=False))
    with pytest.raises(Invalid, match=r"'entries/2026-05.md' is missing"):
        unpack(repack(archive, lambda files: files.pop("entries/2026-05.md"), resign=False))


@pytest.mark.parametrize("junk", [b"", b"x", b"PK\x03\x04", b"\0" * 1000])
def test_what_is_no_zip_is_refused(junk: bytes) -> None:
    with pytest.raises(Invalid, match="cannot be opened as a zip"):
        unpack(junk)


def test_a_zip_cut_or_flipped_anywhere_is_refused_or_whole() -> None:
    whole = Bundle([Entry(id=str(uuid4()), person="", text="x", created_at=NOON)], [], [])
    archive = pack(whole, NOON)
    for position in range(0, len(archive), 7):
        with pytest.raises(Invalid):
            unpack(archive[:position])
        flipped = bytearray(archive)
        flipped[position] ^= 0x10
        with suppress(Invalid):
            assert unpack(bytes(flipped)) == whole  # a date or another field that carries nothing


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("entries.json", b"0" * 3_000_000)
    with pytest.raises(Invalid, match="unpacked it would have 3,000,000 bytes; at most 1,000,000"):
        unpack(bomb.getvalue(), most=1_000_000)


def test_a_listing_that_lies_about_sizes_gains_nothing() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("entries.json", b"0" * 3_000_000)
    raw = bytearray(bomb.getvalue())
    size = raw.rindex(b"PK\x01\x02") + 24  # the unpacked size in the listing
    raw[size : size + 4] = struct.pack("<I", 10)
    with pytest.raises(Invalid, match="damaged"):
        unpack(bytes(raw), most=1_000_000)


def test_locked_and_doubled_files_are_refused() -> None:
    archive = bytearray(pack(Bundle(()), NOON))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Invalid, match="locked with a password"):
        unpack(bytes(archive))
    doubled_names = io.BytesIO()
    with zipfile.ZipFile(doubled_names, "w") as out:
        out.writestr("entries.json", b"[]")
        with pytest.warns(UserWarning, match="Duplicate name"):
            out.writestr("entries.json", b"[]")
    with pytest.raises(Invalid, match="two files of the same name"):
        unpack(doubled_names.getvalue())


def test_times_are_those_of_the_archive(store: Store, tmp_path: Path) -> None:
    at = datetime(2020, 2, 29, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    entry = store.add("ada", "x", created_at=at).entry
    store.import_archive("bob", store.export("ada"))
    assert store.entries("bob", since=at, until=at + timedelta(microseconds=1))[0][0].id == entry.id
    found = store.get("bob", entry.id).created_at
    assert found == at.astimezone(UTC) and found.utcoffset() == at.utcoffset()
