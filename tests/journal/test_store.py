"""The contract of the journal, on SQLite and on Postgres."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from agent.domain import (
    MAX_TEXT,
    Correction,
    Emotion,
    Entry,
    Explanation,
    Goal,
    HelpCard,
    HelpLine,
    Idempotency,
    Item,
    Level,
    Reading,
    Safety,
    Settings,
    Span,
    StateOfMind,
    Suggestion,
)
from agent.errors import Conflict, Invalid, KeyReused, NotFound
from agent.ports import Journal
from journal.store import Store

Open = Callable[..., Store]

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
READING = Reading(
    emotions=(Emotion(label="joy", probability=0.9), Emotion(label="relief", probability=0.4)),
    probabilities={"joy": 0.9, "relief": 0.4, "neutral": 0.1},
    model="emotion-1",
)
SAFETY = Safety(
    level=Level.CONCERN,
    card=HelpCard(
        region="GB", message="You are not alone.", lines=(HelpLine(name="S", phone="116 123", sources=("x",)),)
    ),
)
ITEM = Item(
    id="a-short-hike", title="A Short Hike", kind="game", year=2019, url="https://example.org/hike",
    description="A small bird walks up a mountain.", genres=("walking",), valence=0.6, energy=0.3, demand=0.2,
    minutes=90, social=False, free=False, licence="own", source="own",
)  # fmt: skip
PARTS = {
    "safety": SAFETY,
    "reading": READING,
    "evidence": (Span(label="joy", start=0, end=3, drop=0.4),),
    "explanation": (Explanation(text="You wrote “sun”.", source="evidence"),),
    "suggestions": (Suggestion(item=ITEM, reason="Because.", score=0.5, breakdown={"meaning": 0.5}),),
}


def promise(key: str = "k", body: str = "a") -> Idempotency:
    return Idempotency(key=key, body=body * 64)


def joy(label: str) -> Reading:
    return Reading(emotions=(Emotion(label=label, probability=0.8),), probabilities={label: 0.8})


def ascii_name(text: str) -> str:
    return ascii(text)[:20]


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_the_store_speaks_the_whole_port() -> None:
    for name, method in inspect.getmembers(Journal, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(Store, name)) == inspect.signature(method), name


# Adding and reading


def test_an_entry_comes_back_whole_after_reopening(open_store: Open) -> None:
    first = open_store()
    mind = StateOfMind(valence=-0.25, labels=("sad", "drained"), associations=("work",))
    at = datetime(2026, 5, 4, 23, 30, 1, 234567, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    added = first.add("ada", "the sun came out", goal=Goal.CALM, state_of_mind=mind, created_at=at)
    assert added.state == "new" and UUID(added.entry.id).version == 4
    for part, value in PARTS.items():
        first.attach("ada", added.entry.id, part, value)  # type: ignore[arg-type]
    first.close()
    found = open_store().get("ada", added.entry.id)
    assert found == added.entry.model_copy(update=PARTS)
    assert found.created_at == at and found.created_at.utcoffset() == at.utcoffset()
    assert found.goal is Goal.CALM and found.state_of_mind == mind


def test_a_new_entry_gets_the_time_of_the_clock(open_store: Open) -> None:
    store = open_store(clock=Clock())
    assert store.add("ada", "now").entry.created_at == NOON
    assert open_store().add("ada", "now").entry.created_at.tzinfo is not None


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text())
def test_every_valid_text_comes_back_byte_for_byte(store: Store, text: str) -> None:
    entry = store.add("ada", text).entry
    assert store.get("ada", entry.id).text.encode() == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "\0", "a\0b", "\u202eright to left", "👩‍👩‍👧‍👦", "\ufeffmark", "\uffff", "\u2028"),
        *("e" + "\u0301" * 19_999, "🂡" * MAX_TEXT),
    ],
    ids=ascii_name,
)
def test_ugly_texts_come_back_byte_for_byte(store: Store, text: str) -> None:
    entry = store.add("ada", text).entry
    assert store.get("ada", entry.id).text == text
    assert store.entries("ada")[0] == [entry]


@pytest.mark.parametrize("text", ["\ud83d", "a\udc00b", "\ude00\ud83d"])
def test_half_a_character_is_refused_by_name(store: Store, text: str) -> None:
    with pytest.raises(Invalid, match=r"text: character \d is half of a surrogate pair \(U\+D") as refused:
        store.add("ada", text)
    assert refused.value.field == "text"
    entry = store.add("ada", "fine").entry
    with pytest.raises(Invalid, match="text: "):
        store.edit("ada", entry.id, text=text)
    with pytest.raises(Invalid, match="q: "):
        store.search("ada", text)
    assert store.entries("ada")[0] == [entry]


def test_a_text_that_is_too_long_is_refused_with_both_numbers(store: Store) -> None:
    with pytest.raises(Invalid, match=r"text: found 20,001 characters; at most 20,000"):
        store.add("ada", "x" * (MAX_TEXT + 1))


@pytest.mark.parametrize("at", [datetime(2026, 5, 4), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))])
def test_a_time_without_zone_or_out_of_the_world_is_refused(store: Store, at: datetime) -> None:
    with pytest.raises(Invalid, match="created_at: "):
        store.add("ada", "x", created_at=at)
    assert store.entries("ada") == ([], None)


def test_the_oldest_and_the_newest_times_are_kept(store: Store) -> None:
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]
    for at in ends:
        store.add("ada", "x", created_at=at)
    assert [e.created_at for e in store.entries("ada", limit=1)[0]] == ends[1:]
    assert [e.created_at for e in store.entries("ada")[0]] == ends[::-1]


@pytest.mark.parametrize("broken", ["", "1", "x" * 36, "{}", "\0", "\ud800", str(uuid4()).upper(), str(UUID(int=1))])
def test_a_broken_id_is_not_found(store: Store, broken: str) -> None:
    store.add("ada", "x")
    for use in (
        lambda: store.get("ada", broken),
        lambda: store.delete("ada", broken),
        lambda: store.edit("ada", broken, text="y"),
        lambda: store.attach("ada", broken, "reading", READING),
        lambda: store.feedback("ada", "chess", "like", entry_id=broken),
    ):
        with pytest.raises(NotFound, match="no such entry"):
            use()
    assert store.verdicts("ada") == {}


@pytest.mark.parametrize("person", ["", "a\0", "\ud800", "x" * 201])
def test_a_person_that_cannot_be_is_refused(store: Store, person: str) -> None:
    with pytest.raises(Invalid, match="person: "):
        store.add(person, "x")
    with pytest.raises(Invalid, match="person: "):
        store.entries(person)


def test_a_stranger_has_an_empty_journal_and_leaves_no_row(store: Store) -> None:
    assert store.entries("eve") == ([], None) and store.search("eve", "x") == [] and store.verdicts("eve") == {}
    assert store.settings("eve") == Settings() and store.insights("eve")["counts"]["entries"] == 0
    store.finish("eve", "k", whole=True)
    store.erase("eve")
    with pytest.raises(NotFound):
        store.delete("eve", str(uuid4()))


# Parts


def test_a_part_of_another_shape_or_name_is_refused(store: Store) -> None:
    entry = store.add("ada", "x").entry
    for part, value in (("reading", "joy"), ("evidence", READING), ("safety", None), ("mood", 1)):
        with pytest.raises(Invalid) as refused:
            store.attach("ada", entry.id, part, value)  # type: ignore[arg-type]
        assert refused.value.field in {part, "part"}
    assert store.get("ada", entry.id) == entry


def test_a_part_that_comes_again_replaces_the_first(store: Store) -> None:
    entry = store.add("ada", "x").entry
    store.attach("ada", entry.id, "reading", READING)
    store.attach("ada", entry.id, "reading", joy("grief"))
    assert store.get("ada", entry.id).labels == ("grief",)
    assert store.insights("ada")["emotions"] == {"grief": 1}


# Lists


def test_pages_go_back_in_time_without_repeat_or_gap(store: Store) -> None:
    days = [0, 3, 1, 1, 1, 4, 2]  # three of the same moment
    ids = {store.add("ada", str(n), created_at=NOON + timedelta(days=d)).entry.id for n, d in enumerate(days)}
    seen: list[Entry] = []
    page, cursor = store.entries("ada", limit=2)
    while True:
        seen += page
        if cursor is None:
            break
        store.add("ada", "written meanwhile", created_at=NOON + timedelta(days=9))
        page, cursor = store.entries("ada", limit=2, cursor=cursor)
    assert {e.id for e in seen} == ids and len(seen) == len(ids)
    assert [e.created_at for e in seen] == sorted((e.created_at for e in seen), reverse=True)


def test_a_last_page_that_is_exactly_full_has_no_next(store: Store) -> None:
    for _ in range(4):
        store.add("ada", "x")
    _, cursor = store.entries("ada", limit=2)
    page, end = store.entries("ada", limit=2, cursor=cursor)
    assert len(page) == 2 and end is None


def test_since_is_in_and_until_is_out(store: Store) -> None:
    for hour in range(4):
        store.add("ada", str(hour), created_at=NOON + timedelta(hours=hour))
    hours = {"since": NOON + timedelta(hours=1), "until": NOON + timedelta(hours=3)}
    assert [e.text for e in store.entries("ada", **hours)[0]] == ["2", "1"]
    assert store.insights("ada", **hours)["counts"] == {
        "entries": 2, "days": 1, "own": 0, "named": 0,
    }  # fmt: skip
    elsewhere = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-8)))
    assert [e.text for e in store.entries("ada", since=elsewhere, until=hours["until"])[0]] == ["2", "1"]
    for name in hours:
        with pytest.raises(Invalid, match=f"{name}: .* has no time zone"):
            store.entries("ada", **{name: datetime(2026, 5, 4)})
        with pytest.raises(Invalid, match=f"{name}: .* has no time zone"):
            store.insights("ada", **{name: datetime(2026, 5, 4)})


def test_the_correction_decides_what_an_entry_is_listed_under(store: Store) -> None:
    read, corrected = (store.add("ada", "x").entry for _ in range(2))
    for entry in (read, corrected):
        store.attach("ada", entry.id, "reading", joy("anger"))
    store.edit("ada", corrected.id, correction=Correction(labels=("pride",)))
    assert [e.id for e in store.entries("ada", emotion="anger")[0]] == [read.id]
    assert [e.id for e in store.entries("ada", emotion="pride")[0]] == [corrected.id]
    assert store.entries("ada", emotion="no such thing") == ([], None)
    store.edit("ada", corrected.id, correction=Correction(labels=()))
    assert store.entries("ada", emotion="pride")[0] == []


@pytest.mark.parametrize("cursor", ["", "x", "YQ", "é", "\ud800", "MSAx", "A" * 5000])
def test_a_broken_cursor_is_refused(store: Store, cursor: str) -> None:
    for person in ("ada", "eve"):
        with pytest.raises(Invalid, match="cursor: this is not a cursor"):
            store.entries(person, cursor=cursor)
        store.add("ada", "x")


@pytest.mark.parametrize("limit", [0, -1, 501, 10**30])
def test_a_limit_out_of_range_is_refused(store: Store, limit: int) -> None:
    with pytest.raises(Invalid, match=r"limit: found .* allowed are 1 to 500"):
        store.entries("ada", limit=limit)
    with pytest.raises(Invalid, match="limit: found"):
        store.search("ada", "x", limit=limit)


# Editing and deleting


def test_a_new_text_drops_what_was_computed_and_keeps_the_correction(store: Store) -> None:
    entry = store.add("ada", "the sun came out", goal=Goal.LIFT).entry
    for part, value in PARTS.items():
        store.attach("ada", entry.id, part, value)  # type: ignore[arg-type]
    fixed = Correction(labels=("calm",))
    assert store.edit("ada", entry.id, correction=fixed).reading == READING
    edited = store.edit("ada", entry.id, text="the rain came back")
    assert edited == entry.model_copy(update={"text": "the rain came back", "correction": fixed})
    assert store.get("ada", entry.id) == edited
    assert store.search("ada", "sun") == [] and store.search("ada", "rain") == [edited]


def test_a_correction_changes_only_what_it_names(store: Store) -> None:
    entry = store.add("ada", "x").entry
    store.edit("ada", entry.id, correction=Correction(labels=("joy",)))
    both = store.edit("ada", entry.id, correction=Correction(valence=-0.5))
    assert both.correction == Correction(labels=("joy",), valence=-0.5)
    assert store.edit("ada", entry.id, correction=Correction(labels=None)).correction == Correction(valence=-0.5)


def test_the_same_text_again_drops_nothing(store: Store) -> None:
    entry = store.add("ada", "x").entry
    store.attach("ada", entry.id, "reading", READING)
    assert store.edit("ada", entry.id, text="x").reading == READING


def test_deleted_is_deleted(store: Store) -> None:
    kept, gone = store.add("ada", "kept").entry, store.add("ada", "gone", idempotency=promise()).entry
    store.attach("ada", gone.id, "reading", READING)
    store.edit("ada", gone.id, text="gone too")
    assert len(store.entries("ada")[0]) == 2
    store.delete("ada", gone.id)
    assert store.entries("ada") == ([kept], None) and store.search("ada", "gone") == []
    for use in (lambda: store.get("ada", gone.id), lambda: store.delete("ada", gone.id)):
        with pytest.raises(NotFound):
            use()
    assert store.add("ada", "gone", idempotency=promise()).state == "new"  # its key went with it


# Idempotency


def test_a_key_that_still_runs_conflicts_until_it_is_finished(store: Store) -> None:
    first = store.add("ada", "x", idempotency=promise())
    with pytest.raises(Conflict, match="still running"):
        store.add("ada", "x", idempotency=promise())
    store.attach("ada", first.entry.id, "reading", READING)
    store.finish("ada", "k", whole=True)
    again = store.add("ada", "x", idempotency=promise())
    assert again.state == "stored" and again.entry == first.entry.model_copy(update={"reading": READING})
    assert len(store.entries("ada")[0]) == 1


def test_a_released_key_is_resumed_with_its_parts_and_then_runs_again(store: Store) -> None:
    first = store.add("ada", "x", idempotency=promise())
    store.attach("ada", first.entry.id, "reading", READING)
    store.finish("ada", "k", whole=False)
    again = store.add("ada", "x", idempotency=promise())
    assert (again.state, again.entry.id, again.entry.reading) == ("resumed", first.entry.id, READING)
    with pytest.raises(Conflict):
        store.add("ada", "x", idempotency=promise())


def test_a_turn_that_fell_silent_can_be_resumed_after_a_minute(open_store: Open) -> None:
    clock = Clock()
    store = open_store(clock=clock)
    entry = store.add("ada", "x", idempotency=promise()).entry
    clock.now += timedelta(seconds=50)
    store.attach("ada", entry.id, "reading", READING)  # a sign of life
    clock.now += timedelta(seconds=59)
    with pytest.raises(Conflict):
        store.add("ada", "x", idempotency=promise())
    clock.now += timedelta(seconds=1)
    assert store.add("ada", "x", idempotency=promise()).state == "resumed"


def test_another_body_is_told_from_the_same_one(store: Store) -> None:
    store.add("ada", "x", idempotency=promise())
    for _ in range(2):
        with pytest.raises(KeyReused, match="another request"):
            store.add("ada", "y", idempotency=promise(body="b"))
        store.finish("ada", "k", whole=True)
    assert len(store.entries("ada")[0]) == 1


def test_a_key_belongs_to_its_person_and_outlives_a_restart(open_store: Open) -> None:
    first = open_store()
    entry = first.add("ada", "x", idempotency=promise()).entry
    assert first.add("bob", "x", idempotency=promise()).state == "new"
    first.finish("ada", "k", whole=True)
    first.close()
    assert open_store().add("ada", "x", idempotency=promise()).entry == entry


# Feedback and settings


def test_a_later_verdict_replaces_the_earlier(store: Store) -> None:
    entry = store.add("ada", "x").entry
    store.feedback("ada", "chess", "like", entry_id=entry.id)
    store.feedback("ada", "tetris", "done")
    store.feedback("ada", "chess", "not_this")
    assert store.verdicts("ada") == {"chess": "not_this", "tetris": "done"}
    with pytest.raises(Invalid, match="verdict: "):
        store.feedback("ada", "chess", "meh")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        store.feedback("ada", "chess", "like", entry_id=str(uuid4()))


def test_settings_are_kept(open_store: Open) -> None:
    chosen = Settings(region="GB", suggestions=False)
    store = open_store()
    store.save_settings("ada", chosen)
    store.close()
    again = open_store()
    assert again.settings("ada") == chosen and again.settings("bob") == Settings()


# Two people, many threads, two processes


def test_two_people_never_see_one_another(store: Store) -> None:
    ada, bob = store.add("ada", "mine alone").entry, store.add("bob", "something else").entry
    store.feedback("ada", "chess", "like")
    store.save_settings("ada", Settings(region="GB"))
    for use in (
        lambda: store.get("bob", ada.id),
        lambda: store.edit("bob", ada.id, text="taken"),
        lambda: store.attach("bob", ada.id, "reading", READING),
        lambda: store.delete("bob", ada.id),
        lambda: store.feedback("bob", "chess", "like", entry_id=ada.id),
    ):
        with pytest.raises(NotFound):
            use()
    assert store.entries("bob")[0] == [bob] and store.search("bob", "mine") == []
    assert store.verdicts("bob") == {} and store.settings("bob") == Settings()
    assert store.insights("bob")["counts"]["entries"] == 1
    store.erase("bob")
    assert store.entries("ada")[0] == [ada] and store.verdicts("ada") == {"chess": "like"}


def test_erased_is_erased_and_the_name_is_free_again(store: Store) -> None:
    for word in ("one", "two"):
        store.add("ada", word, idempotency=promise(word))
    store.feedback("ada", "chess", "like")
    store.save_settings("ada", Settings(region="GB"))
    assert len(store.search("ada", "one")) == 1  # it stands in memory as well
    store.erase("ada")
    assert store.entries("ada") == ([], None) and store.verdicts("ada") == {} and store.settings("ada") == Settings()
    fresh = store.add("ada", "three", idempotency=promise("one"))
    assert fresh.state == "new" and store.entries("ada")[0] == [fresh.entry] and store.search("ada", "one") == []


def test_threads_write_and_read_at_once(store: Store) -> None:
    ids: list[str] = []
    faults: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(6):
                entry = store.add("ada", f"entry {number} {turn}").entry
                store.attach("ada", entry.id, "reading", joy("joy"))
                assert store.get("ada", entry.id).labels == ("joy",)
                assert entry.id in {e.id for e in store.entries("ada", limit=100)[0]}
                ids.append(entry.id)
        except BaseException as fault:  # noqa: BLE001 (it belongs to the thread that asserts)
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [] and len(set(ids)) == 36
    assert {e.id for e in store.entries("ada", limit=100)[0]} == set(ids)
    assert store.insights("ada")["emotions"] == {"joy": 36}


def test_one_key_from_many_threads_makes_one_entry(store: Store) -> None:
    outcomes: list[str] = []

    def post() -> None:
        try:
            outcomes.append(store.add("ada", "x", idempotency=promise()).state)
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["new"]
    assert len(store.entries("ada")[0]) == 1


def test_a_second_store_sees_what_the_first_one_does(open_store: Open) -> None:
    here, there = open_store(), open_store()
    entry, other = here.add("ada", "sun").entry, here.add("ada", "moon").entry
    assert {e.id for e in there.entries("ada")[0]} == {entry.id, other.id}
    here.edit("ada", entry.id, text="rain")
    here.attach("ada", entry.id, "reading", joy("joy"))
    assert [e.id for e in there.search("ada", "rain")] == [entry.id] and there.search("ada", "sun") == []
    assert there.insights("ada")["emotions"] == {"joy": 1}
    here.delete("ada", other.id)
    assert [e.id for e in there.entries("ada")[0]] == [entry.id]
    here.erase("ada")
    fresh = here.add("ada", "snow").entry
    assert there.entries("ada")[0] == [fresh] and there.search("ada", "rain") == []
