from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.domain import Correction
from agent.errors import Invalid
from journal.rows import EPOCH, checked_moment, checked_text, merged, micros


@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1, tzinfo=UTC), EPOCH, datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)]
)
def test_microseconds_are_exact_at_both_ends_of_time(moment: datetime) -> None:
    assert EPOCH + timedelta(microseconds=micros(moment)) == moment


def test_an_offset_with_seconds_keeps_its_moment() -> None:
    amsterdam = datetime(1900, 1, 1, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))  # local mean time
    kept = checked_moment("created_at", amsterdam)
    assert kept == amsterdam and datetime.fromisoformat(kept.isoformat()) == amsterdam
    assert kept.utcoffset() % timedelta(minutes=1) == timedelta()  # type: ignore[operator]


def test_the_whole_offset_of_a_place_is_kept() -> None:
    kathmandu = datetime(2026, 5, 4, 1, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert checked_moment("created_at", kathmandu).utcoffset() == timedelta(hours=5, minutes=45)


def test_a_text_may_be_held_to_another_length() -> None:
    assert checked_text("q", "x" * 5, longest=5) == "x" * 5
    with pytest.raises(Invalid, match="q: found 6 characters; at most 5"):
        checked_text("q", "x" * 6, longest=5)


def test_a_correction_is_laid_over_the_one_before() -> None:
    assert merged(None, Correction(valence=0.1)) == Correction(valence=0.1)
    assert merged(Correction(labels=("joy",)), Correction()) == Correction(labels=("joy",))
    assert merged(Correction(labels=("joy",), valence=0.1), Correction(valence=None)) == Correction(labels=("joy",))
