"""Every format is a round trip for what it can carry, says what it does not understand, and never takes half a file."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import UTC, timedelta

import pytest
from fakes.drafts import HOW, Carried, bare, drafts, only_mind, read, to_the_second, write
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from agent.errors import Invalid
from journal.transfer import daylio
from journal.transfer.draft import Draft
from journal.transfer.formats import FORMATS, detected
from journal.transfer.mapping import STEPS, NamedMap

NAMED = NamedMap()
FILES = [name for name, one in FORMATS.items() if one.read]
BOTH = [name for name, one in FORMATS.items() if one.read and one.write]


def _daylio(draft: Draft) -> Draft:
    """Five steps, minutes, one clock, and names that may stand for an association."""
    mind = draft.state_of_mind
    names = [*(a.replace("_", " ") for a in (mind.associations if mind else ())), *draft.tags]
    names = [name for one in names if (name := one.strip())]
    update: dict[str, object] = {"assumed": True, "id": None, "text": draft.text.strip()}
    update["created_at"] = draft.created_at.replace(second=0, microsecond=0, tzinfo=UTC)
    if mind:
        own, tags = daylio.felt("", "rad", STEPS[daylio.step(mind.valence) - 1], names, NAMED, [])
        update |= {"state_of_mind": own, "tags": tags}
    else:
        update |= {"tags": tuple(names)}
    return draft.model_copy(update=update)


def _backup(draft: Draft) -> Draft:
    known = _daylio(draft)
    whole = draft.created_at.replace(microsecond=draft.created_at.microsecond // 1000 * 1000)
    return known.model_copy(update={"assumed": False, "created_at": whole, "text": draft.text})


CARRIED: dict[str, Carried] = {
    "apple": lambda d: to_the_second(only_mind(d)),
    "hae": only_mind,
    "daylio": _daylio,
    "daylio-backup": _backup,
    "dayone": lambda d: to_the_second(d).model_copy(update={"created_at": to_the_second(d).created_at.astimezone(UTC)}),
    "markdown": lambda d: d,
    "csv": lambda d: d,
    "fhir": only_mind,
}


def same(found: list[Draft], expected: list[Draft], name: str) -> None:
    loose = {"id": None} if name in ("daylio-backup", "dayone") else {}
    loose |= {"assumed": False} if name == "dayone" else {}
    assert [bare(d).model_copy(update=loose) for d in found] == [bare(d).model_copy(update=loose) for d in expected]


def by_content(some: list[Draft]) -> list[Draft]:
    return sorted(some, key=lambda draft: repr(bare(draft)))


@pytest.mark.parametrize("name", BOTH)
@effort(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_drafts=st.lists(drafts, max_size=4))
def test_what_is_written_is_read_again(name: str, given_drafts: list[Draft]) -> None:
    kept = [d for d in given_drafts if d.state_of_mind or not FORMATS[name].own_only]
    found, _ = read(name, write(name, *given_drafts))
    expected = [CARRIED[name](d) for d in kept]
    if name == "markdown":  # files stand in the order of their names, which are local times
        found, expected = by_content(found), by_content(expected)
    same(found, expected, name)
    again, _ = read(name, write(name, *found))
    same(by_content(again), by_content(found), name)


@pytest.mark.parametrize("name", BOTH)
def test_an_empty_journal_makes_a_file_that_is_read_as_empty(name: str) -> None:
    assert read(name, write(name)) == ([], [])


@pytest.mark.parametrize("name", BOTH)
def test_its_own_files_are_recognised(name: str) -> None:
    [draft] = [Draft.model_validate({"text": "A day.", "created_at": "2026-05-04T21:05:00+02:00",
                                     "state_of_mind": {"valence": 0.45, "labels": ["calm"]}})]  # fmt: skip
    assert detected(io.BytesIO(write(name, draft))).name == name


@pytest.mark.parametrize("name", FILES)
@effort(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes_at_all_end_in_words_for_people(name: str, data: bytes) -> None:
    reader = FORMATS[name].read
    assert reader
    said: list[object] = []
    try:
        said += [one for one in reader(io.BytesIO(data), HOW) if not isinstance(one, Draft)]
    except Invalid as error:
        said.append(error)
    assert all("\n" not in str(one) and len(str(one)) < 400 for one in said)


@pytest.mark.parametrize("name", BOTH)
@effort(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_file_cut_short_or_altered_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = write(name, *data.draw(st.lists(drafts, min_size=1, max_size=3)))
    place = data.draw(st.integers(0, len(whole) - 1))
    altered = whole[:place] + data.draw(st.sampled_from([b"", b"\xff", b"<", b'"', b"\x00"]))
    altered += data.draw(st.sampled_from([b"", whole[place + 1 :]]))
    with suppress(Invalid):
        assert len(read(name, altered)[0]) <= 3


def test_a_day_stays_the_persons_own_wherever_they_were() -> None:
    evening = Draft.model_validate({"text": "Late.", "created_at": "2026-05-04T23:30:00-03:30"})
    for name in ("markdown", "csv", "daylio-backup"):
        [found], _ = read(name, write(name, evening))
        assert found.created_at.date().isoformat() == "2026-05-04", name
        assert found.created_at.utcoffset() == timedelta(hours=-3, minutes=-30), name


def test_every_format_that_nobody_has_seen_for_certain_says_so() -> None:
    for one in FORMATS.values():
        assert one.certain or one.caution, one.name
        assert one.title and one.suffix and one.media
    assert "compatible" in FORMATS["apple"].caution
