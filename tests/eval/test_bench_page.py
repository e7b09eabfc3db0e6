"""The page of benchmarks: what people wrote stays, and the README says nothing that the page does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eval import bench_page
from eval.bench import PARTS, SECTIONS
from eval.bench_page import BEGIN, END, Section
from eval.figures import Measured, repeated, sampled

ROOT = Path(__file__).parents[2]
RATIO = ("mine / theirs", "mine: rate", "theirs: rate", ">= 0.5 x")
SECTION = Section("Speed", ("mine", "theirs"), "How fast.", (RATIO,), ("mine: rate",))


def parts(machine: str = "a laptop", load: float = 0.1) -> dict[str, Measured]:
    mine = [
        repeated("mine: rate", "texts/s", [10.0, 12.0, 11.0], ">= 20", "mine"),
        sampled("mine: wait", "ms", [1.0, 2.0]),
    ]
    theirs = [repeated("theirs: rate", "texts/s", [44.0, 44.0], label="theirs", peer=True)]
    return {
        "mine": Measured("2026-01-01 10:00", "a laptop", 0.1, 5.0, tuple(mine)),
        "theirs": Measured("2026-01-01 10:05", machine, load, 5.0, tuple(theirs)),
    }  # fmt: skip


def test_figures_are_told_with_their_spread_their_peer_and_what_they_miss() -> None:
    page = bench_page.page([SECTION], parts())
    assert "| mine: rate | 11.0 texts/s | 10.0 to 12.0 (3 runs) | >= 20 (**missed**) |" in page
    assert "| mine: wait | 1.50 ms | 1.00 to 2.00 (95%, 2 samples) |  |" in page
    assert "| mine / theirs | 0.25 x | 0.23 to 0.27 (2 runs) | >= 0.5 x (**missed**) |" in page
    assert "Machine: a laptop." in page and "Measured 2026-01-01 10:00 to 2026-01-01 10:05 UTC." in page


def test_a_busy_machine_is_told_and_two_machines_are_never_compared() -> None:
    page = bench_page.page([SECTION], parts("a tower", load=7.0))
    assert "mine / theirs" not in page and "while other work ran (load 7.0), on a laptop and a tower." in page


def test_what_stands_around_the_marks_survives_and_a_chart_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for path in (tmp_path / "docs" / "benchmarks.md", tmp_path / "README.md"):
        path.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    for _ in range(2):
        bench_page.write(tmp_path, [SECTION], parts())
    page, readme = ((tmp_path / name).read_text() for name in ("docs/benchmarks.md", "README.md"))
    for text in (page, readme):
        assert text.startswith("before\n\n") and text.endswith("\n\nafter\n") and "old" not in text
    assert "| mine: rate |" in readme and "theirs" not in readme
    drawn = (tmp_path / "docs" / "benchmarks" / "mine.svg").read_text()
    assert "![Speed](benchmarks/mine.svg)" in page and drawn.startswith("<svg") and "xmlns=" in drawn


@pytest.mark.parametrize("text", ["nothing", f"{BEGIN}", f"{END}\n{BEGIN}", f"{BEGIN}\n{BEGIN}\n{END}"])
def test_a_page_without_its_marks_is_left_alone(text: str) -> None:
    with pytest.raises(ValueError, match="expected one line"):
        bench_page.between(text, "made")


def test_every_part_of_a_run_is_in_one_section() -> None:
    assert sorted(part for section in SECTIONS for part in section.parts) == sorted(PARTS)


def test_the_readme_repeats_the_page_word_for_word() -> None:
    page, readme = ((ROOT / name).read_text() for name in ("docs/benchmarks.md", "README.md"))
    made = readme[readme.index(BEGIN) : readme.index(END)]
    rows = re.findall(r"^\| .* \|$", made, re.MULTILINE)
    assert rows and all(row in page for row in rows)
