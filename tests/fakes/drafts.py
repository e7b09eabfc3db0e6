"""Drafts for property tests, and what each format can carry of one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from agent.affect import ASSOCIATIONS, STATE_LABELS
from agent.domain import StateOfMind
from journal.transfer.draft import Draft, Found, How, Note
from journal.transfer.formats import FORMATS

HOW = How(zone=UTC)
ZONES = ("Europe/Paris", "Asia/Kolkata", "America/St_Johns", "UTC")

offsets = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
times = st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 31), timezones=offsets)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=30)
tags = st.lists(_WORDS, max_size=3, unique_by=str.casefold).map(tuple)
minds = st.builds(
    StateOfMind,
    kind=st.sampled_from(["momentary_emotion", "daily_mood"]),
    valence=st.floats(-1, 1).map(lambda v: v + 0.0),
    labels=st.lists(st.sampled_from(STATE_LABELS), max_size=3, unique=True).map(tuple),
    associations=st.lists(st.sampled_from(ASSOCIATIONS), max_size=3, unique=True).map(tuple),
)
drafts = st.builds(
    Draft,
    text=texts,
    created_at=times,
    state_of_mind=st.none() | minds,
    tags=tags,
    id=st.none() | st.uuids(version=4).map(str),
)


def read(name: str, data: bytes, how: How = HOW) -> tuple[list[Draft], list[Note]]:
    """Everything that a reader finds, drafts and notes apart."""
    reader = FORMATS[name].read
    assert reader is not None
    found: list[Found] = list(reader(io.BytesIO(data), how))
    return [d for d in found if isinstance(d, Draft)], [n for n in found if isinstance(n, Note)]


def write(name: str, *given: Draft) -> bytes:
    writer = FORMATS[name].write
    assert writer is not None
    return b"".join(writer(given))


def bare(draft: Draft) -> Draft:
    """A draft without the place in the file that it came from."""
    return draft.model_copy(update={"where": "", "extra": {}})


def to_the_second(draft: Draft) -> Draft:
    return draft.model_copy(update={"created_at": draft.created_at.replace(microsecond=0)})


def only_mind(draft: Draft) -> Draft:
    return draft.model_copy(update={"text": "", "tags": ()})


Carried = Callable[[Draft], Draft]
