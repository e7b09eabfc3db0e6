"""What a person gives of an entry beside its text, on SQLite and on Postgres: tags, place and day, changes, consent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from agent.domain import Correction, Emotion, Goal, Level, Reading, Safety, Settings, StateOfMind
from agent.errors import Invalid, NotFound
from agent.revision import Changes, SharedCorrection
from journal.store import Store
from tests.journal.test_store import PARTS

Open = Callable[..., Store]
NIGHT = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
READING = Reading(emotions=(Emotion(label="sadness", probability=0.8),), model="emotion-7")


@pytest.fixture
def night(open_store: Open) -> Store:
    """A journal whose clock stands at half past ten in the evening, UTC."""
    return open_store(clock=lambda: NIGHT)


@pytest.mark.parametrize(
    ("given", "usual", "day"),
    [
        ({}, None, date(2026, 3, 1)),
        ({"zone": "Europe/Vienna"}, None, date(2026, 3, 1)),
        ({"zone": "Asia/Tokyo"}, "Europe/Vienna", date(2026, 3, 2)),
        ({}, "Asia/Tokyo", date(2026, 3, 2)),
        ({"created_at": NIGHT}, "Asia/Tokyo", date(2026, 3, 2)),  # UTC says nothing of a place
        ({"created_at": NIGHT.astimezone(timezone(timedelta(hours=-5)))}, "Asia/Tokyo", date(2026, 3, 1)),
        ({"created_at": NIGHT.astimezone(timezone(timedelta(hours=9)))}, None, date(2026, 3, 2)),
    ],
)
def test_the_day_is_the_persons_own(night: Store, given: dict[str, Any], usual: str | None, day: date) -> None:
    night.save_settings("ada", Settings(zone=usual))
    entry = night.get("ada", night.add("ada", "late", **given).entry.id)
    assert entry.day == day and entry.created_at == NIGHT and entry.zone == given.get("zone")


def test_several_entries_a_day_each_keep_their_clock(night: Store) -> None:
    home = [night.add("ada", str(h), created_at=NIGHT - timedelta(hours=h), zone="America/New_York") for h in range(4)]
    assert {added.entry.day for added in home} == {date(2026, 3, 1)}
    assert [entry.text for entry in night.entries("ada")[0]] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("zone", ["Europe", "Nowhere/At_All", "../etc/passwd", "", "Europe/Vienna\n"])
def test_a_place_that_is_none_is_refused_and_nothing_is_stored(store: Store, zone: str) -> None:
    with pytest.raises(Invalid, match="zone"):
        store.add("ada", "x", zone=zone)
    entry = store.add("ada", "y").entry
    with pytest.raises((Invalid, ValueError), match="zone"):
        store.edit("ada", entry.id, changes=Changes(zone=zone))
    assert store.entries("ada")[0] == [entry]


def test_tags_are_kept_once_in_order_found_and_searched(store: Store) -> None:
    entry = store.add("ada", "a day", tags=["Garden", " mother ", "garden", "été"]).entry
    assert entry.tags == ("Garden", "mother", "été")
    store.add("ada", "another day", tags=["work"])
    for tag in ("garden", "GARDEN", " Garden "):
        assert store.entries("ada", tag=tag)[0] == [entry]
    assert store.entries("ada", tag="gard")[0] == []
    assert store.search("ada", "mother") == [entry] and store.search("ada", "ete") == [entry]
    assert store.edit("ada", entry.id, changes=Changes(tags=("sea",))).tags == ("sea",)
    assert store.entries("ada", tag="garden")[0] == [] and store.search("ada", "mother") == []
    for wrong in (["x" * 41], [" "], [f"t{n}" for n in range(51)]):
        with pytest.raises(Invalid, match="tags"):
            store.add("ada", "x", tags=wrong)


def test_a_changed_state_of_mind_counts_at_once(store: Store) -> None:
    entry = store.add("ada", "x", state_of_mind=StateOfMind(valence=-0.5, associations=("work",))).entry
    assert store.entries("ada", association="work")[0] == [entry]
    mind = StateOfMind(kind="daily_mood", valence=0.5, labels=("calm",), associations=("family",))
    changed = store.edit("ada", entry.id, changes=Changes(state_of_mind=mind, goal=Goal.STAY))
    assert (changed.state_of_mind, changed.goal) == (mind, Goal.STAY)
    assert store.entries("ada", association="work")[0] == [] and store.entries("ada", association="family")[0] != []
    assert store.edit("ada", entry.id, changes=Changes(state_of_mind=None)).state_of_mind is None
    assert store.entries("ada", association="family")[0] == []


def test_a_moved_entry_is_listed_where_it_went(night: Store) -> None:
    first, second = night.add("ada", "first").entry, night.add("ada", "second").entry
    moved = night.edit("ada", second.id, changes=Changes(created_at=NIGHT - timedelta(days=2), zone="Asia/Tokyo"))
    assert moved.day == date(2026, 2, 28) and moved.zone == "Asia/Tokyo"
    assert [e.id for e in night.entries("ada")[0]] == [first.id, second.id]
    assert night.entries("ada", since=NIGHT - timedelta(days=1))[0] == [first]
    back = night.edit("ada", second.id, changes=Changes(created_at=NIGHT))
    assert back.zone == "Asia/Tokyo" and back.day == date(2026, 3, 2)  # the place stays until another one is named


def test_the_history_holds_each_version_with_all_that_was_given(store: Store) -> None:
    entry = store.add("ada", "one", tags=["a"]).entry
    store.edit("ada", entry.id, text="two", changes=Changes(tags=("b",)))
    store.edit("ada", entry.id, correction=Correction(labels=("joy",)))
    store.edit("ada", entry.id, changes=Changes(tags=("b",)))  # changes nothing, so nothing is kept
    was = [(v.number, v.was.text, v.was.tags, v.was.correction) for v in store.history("ada", entry.id)]
    assert was == [(1, "one", ("a",), None), (2, "two", ("b",), None)]
    for person, entry_id in (("bob", entry.id), ("ada", str(uuid4())), ("ada", "x")):
        with pytest.raises(NotFound):
            store.history(person, entry_id)
    store.delete("ada", entry.id)
    with pytest.raises(NotFound):
        store.history("ada", entry.id)


def test_a_correction_wins_wherever_labels_count(store: Store) -> None:
    entry = store.add("ada", "the sun came out").entry
    store.attach("ada", entry.id, "reading", READING)
    corrected = store.edit("ada", entry.id, correction=Correction(labels=("relief", "joy")))
    assert corrected.labels == ("relief", "joy") and corrected.reading == READING
    assert [(e.label, e.probability) for e in corrected.felt] == [("relief", 1.0), ("joy", 1.0)]
    assert store.entries("ada", emotion="sadness")[0] == [] and store.entries("ada", emotion="joy")[0] == [corrected]
    assert store.insights("ada")["emotions"] == {"relief": 1, "joy": 1}
    assert b"Felt: relief, joy" in _month_page(store.export("ada"))


def _month_page(archive: bytes) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return b"".join(opened.read(name) for name in opened.namelist() if name.endswith(".md"))


def test_what_was_done_with_suggestions_stands_beneath_its_entry(store: Store) -> None:
    one, two = store.add("ada", "one").entry, store.add("ada", "two").entry
    for entry in (one, two):
        store.attach("ada", entry.id, "suggestions", PARTS["suggestions"])
    store.feedback("ada", "a-short-hike", "like", entry_id=one.id)
    store.feedback("ada", "a-short-hike", "done", entry_id=two.id)
    store.feedback("ada", "a-short-hike", "not_this", entry_id=two.id)
    assert store.get("ada", one.id).verdicts == {"a-short-hike": "like"}
    assert store.get("ada", two.id).verdicts == {"a-short-hike": "not_this"}
    assert store.verdicts("ada") == {"a-short-hike": "not_this"}
    store.delete("ada", two.id)
    assert store.verdicts("ada") == {"a-short-hike": "not_this"}  # the taste stays, the page does not
    assert store.get("ada", one.id).verdicts == {"a-short-hike": "like"}


# Consent


def corrected(store: Store, text: str, *, share: bool | None = None, level: Level = Level.NONE) -> str:
    entry = store.add("ada", text).entry
    store.attach("ada", entry.id, "safety", Safety(level=level))
    store.attach("ada", entry.id, "reading", READING)
    store.edit("ada", entry.id, correction=Correction(labels=("joy",), valence=0.5), changes=Changes(share=share))
    return entry.id


def test_nothing_is_shared_unless_the_person_says_so(store: Store) -> None:
    corrected(store, "kept to myself")
    assert store.settings("ada").share_corrections is False
    assert store.consented_corrections("ada") == [] and store.consented_corrections("nobody") == []


def test_what_is_shared_is_what_was_corrected_with_its_first_reading(store: Store) -> None:
    shared = corrected(store, "yes, take this", share=True)
    corrected(store, "not this one")
    store.add("ada", "never corrected")
    expected = SharedCorrection(text="yes, take this", labels=("joy",), valence=0.5, reading=READING, model="emotion-7")
    assert store.consented_corrections("ada") == [expected] and store.consented_corrections("bob") == []
    store.edit("ada", shared, changes=Changes(share=False))  # and the word can be taken back
    assert store.consented_corrections("ada") == []


def test_the_word_for_all_leaves_out_what_was_held_back_and_every_crisis(store: Store) -> None:
    corrected(store, "fine")
    corrected(store, "held back", share=False)
    corrected(store, "the worst night", level=Level.CRISIS)
    store.save_settings("ada", Settings(share_corrections=True))
    assert [one.text for one in store.consented_corrections("ada")] == ["fine"]


# Drawers


def test_a_drawer_keeps_small_things_by_name(open_store: Open) -> None:
    store = open_store()
    assert store.kept("ada", "reminders") == {}
    store.keep("ada", "reminders", "evening", {"at": "21:00", "days": [1, 2]})
    store.keep("ada", "reminders", "morning", None)
    store.keep("ada", "reminders", "evening", {"at": "20:00"})
    store.keep("ada", "thread", "evening", ["another drawer"])
    store.close()
    again = open_store()
    assert again.kept("ada", "reminders") == {"evening": {"at": "20:00"}, "morning": None}
    assert again.kept("bob", "reminders") == {}
    again.drop("ada", "reminders", "morning")
    again.drop("ada", "reminders", "never there")
    assert again.kept("ada", "reminders") == {"evening": {"at": "20:00"}}
    again.drop("ada", "reminders")
    assert again.kept("ada", "reminders") == {} and again.kept("ada", "thread") == {"evening": ["another drawer"]}
    again.erase("ada")
    assert again.kept("ada", "thread") == {}


@pytest.mark.parametrize(
    ("drawer", "name", "value", "complaint"),
    [
        ("Reminders", "x", 1, "drawer: found 'Reminders'"),
        ("", "x", 1, "drawer: found"),
        ("ok", "x" * 201, 1, "name: found 201"),
        ("ok", "\ud800", 1, "name: .*surrogate"),
        ("ok", "x", {1, 2}, "value: this is not plain JSON"),
        ("ok", "x", float("nan"), "value: this is not plain JSON"),
        ("ok", "x", "\udfff", "value: .*surrogate"),
        ("ok", "x", "y" * 1_000_001, r"value: found 1,000,010 bytes"),
    ],
)
def test_what_cannot_be_put_in_a_drawer(store: Store, drawer: str, name: str, value: Any, complaint: str) -> None:
    with pytest.raises(Invalid, match=complaint):
        store.keep("ada", drawer, name, value)
    assert store.kept("ada", "ok") == {}
