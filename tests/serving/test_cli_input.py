"""What the command line is given: days, texts, batches."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.terminal import clock

from agent.domain import MAX_TEXT
from agent.errors import Invalid
from serving.cli_input import MOST_BYTES, MOST_TEXTS, batches, checked, first_moment, last_moment, texts


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-11-01", utc(2026, 10, 31, 23), utc(2026, 11, 1, 23)),
        ("2026-07-01", utc(2026, 6, 30, 22), utc(2026, 7, 1, 22)),
        ("2026-10-25", utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)),  # 25 hours: the clock is put back
        ("2026-03-29", utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),  # 23 hours
        ("2024-12-31", utc(2024, 12, 30, 23), utc(2024, 12, 31, 23)),
    ],
)
def test_a_day_is_a_local_day_and_its_end_belongs_to_it(day: str, first: datetime, last: datetime) -> None:
    with clock("Europe/Berlin"):
        assert first_moment(day, "--from") == first
        assert last_moment(day, "--to") == last


def test_a_time_is_taken_as_it_is() -> None:
    with clock("Europe/Berlin"):
        assert last_moment("2026-11-01T18:30", "--to") == utc(2026, 11, 1, 17, 30)
    assert first_moment("2026-11-01T18:30+00:00", "--from") == utc(2026, 11, 1, 18, 30)
    assert first_moment(None, "--from") is None


@pytest.mark.parametrize("value", ["", "yesterday", "1.11.2026", "2026-02-30", "9999-12-31", "2026-11-01T25:00"])
def test_what_is_no_day_is_refused_by_name(value: str) -> None:
    with pytest.raises(Invalid, match=r"--to: found .*expected a day like 2026-11-01"):
        last_moment(value, "--to")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n\t", "found no words"),
        ("x" * (MAX_TEXT + 1), "found 20,001 characters, allowed are 20,000"),
        ("caf\udce9", "found bytes that are not UTF-8"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        checked(text, "text")


def test_a_file_holds_one_text_a_line_and_blank_lines_do_not_count(tmp_path: Path) -> None:
    file = tmp_path / "letters.txt"
    file.write_bytes("\ufefffirst\r\n\r\n  \nsecond \u2028 still second\nlast".encode())
    assert texts((), file) == ["first", "second \u2028 still second", "last"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found no words; write one text a line"),
        (b"\n \n", "found no words; write one text a line"),
        (b"good\nbad \xff\n", "line 2 holds byte 0xff, which is not UTF-8"),
        (b"good\n\n" + b"x" * 20_001, "line 3: found 20,001 characters"),
        ("sixteen".encode("utf-16"), "line 1 holds byte 0xff"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_line(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "letters.txt"
    file.write_bytes(content)
    with pytest.raises(Invalid, match=said) as refused:
        texts((), file)
    assert str(file) in str(refused.value)


def test_batches_keep_the_order_and_the_limits_of_the_api() -> None:
    short = [f"text {n}" for n in range(1100)]
    assert [len(batch) for batch in batches(short)] == [MOST_TEXTS, MOST_TEXTS, 76]
    assert [text for batch in batches(short) for text in batch] == short
    long = ["\U0001f9a6" * MAX_TEXT] * 9
    assert all(sum(len(ascii(text)) for text in batch) < MOST_BYTES for batch in batches(long))
    assert sum(map(len, batches(long))) == 9
    assert list(batches([])) == []
