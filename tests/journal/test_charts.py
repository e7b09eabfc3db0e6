"""Charts are valid figures of Plotly's, say in words what they show, and claim no cause; the report stands alone."""

from __future__ import annotations

import json
import random
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from fakes.browser import FLAGS
from playwright.sync_api import sync_playwright

from agent.affect import ASSOCIATIONS, STATE, STATE_LABELS
from agent.domain import Entry, StateOfMind
from agent.weekly import CAUSAL, composed
from journal.charts import charts
from journal.insights import Moment, review_week, summarise
from journal.report import page


def journal(count: int = 400, seed: int = 3) -> list[Entry]:
    chance, entries = random.Random(seed), []
    at = datetime(2025, 11, 1, 21, tzinfo=UTC)
    for number in range(count):
        at += timedelta(hours=chance.choice([6, 12, 24, 24, 48, 24 * 20 if number % 90 == 89 else 24]))
        label = chance.choice(STATE_LABELS)
        valence = max(-1.0, min(1.0, STATE[label].valence + chance.gauss(0, 0.2)))
        associations = tuple(chance.sample(ASSOCIATIONS, 2))
        mind = StateOfMind(valence=valence, labels=(label,), associations=associations)
        fields = {"id": str(number), "person": "ada", "text": "<script>alert(1)</script> & more", "created_at": at}
        entries.append(Entry.model_validate(fields | {"state_of_mind": mind, "tags": ("tea",) if number % 3 else ()}))
    return entries


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return summarise([Moment.of(entry) for entry in journal()])


def test_every_chart_is_a_figure_that_plotly_takes(figures: dict[str, Any]) -> None:
    drawn = charts(figures)
    names = [chart.name for chart in drawn]
    assert names[0] == "course" and {"weeks", "hours", "weekdays", "map", "together"} < set(names)
    assert sum(name.startswith("year-") for name in names) == 3
    for chart in drawn:
        go.Figure(chart.figure)  # refuses keys and values that Plotly does not know
        assert chart.title and chart.says.endswith(".")
        assert json.loads(json.dumps(chart.as_json(), allow_nan=False)) == chart.as_json()


def test_an_empty_journal_has_no_charts_and_a_report_all_the_same() -> None:
    nothing = summarise([])
    assert charts(nothing) == []
    assert b"0 entries on 0 days" in page(nothing)


def test_the_line_is_broken_where_nothing_was_written(figures: dict[str, Any]) -> None:
    line = charts(figures)[0].figure["data"][1]
    gaps = sum(day["gap"] for day in figures["valence"])
    assert gaps >= 2 and line["y"].count(None) == gaps and line["connectgaps"] is False


def test_no_wording_anywhere_speaks_of_causes(figures: dict[str, Any]) -> None:
    said = [text for chart in charts(figures) for text in (chart.title, chart.says)]
    said += [one["says"] for one in figures["associations"]]
    moments = [Moment.of(entry) for entry in journal()]
    for week in range(50):
        said += composed(review_week(moments, (datetime(2025, 11, 3) + timedelta(weeks=week)).date()))
    text = re.sub(r"<script>.*?</script>", "", page(figures).decode(), flags=re.DOTALL)
    said.append(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)))
    for words in said:
        assert not CAUSAL.search(words), CAUSAL.search(words)


def test_the_report_asks_nobody_for_anything_and_runs_nothing_of_the_entries(figures: dict[str, Any]) -> None:
    made = page(figures, journal(3)).decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in made and "<script>alert(1)" not in made
    head = made[: made.index("<script>")]
    assert "default-src 'none'" in head
    assert not re.search(r'(?:src|href)=["\']', head + made[made.rindex("</script>") :])
    assert "Entries, newest first" in made and "Entries, newest first" not in page(figures).decode()
    assert "Holm" in made and "never why" in made


def test_what_stands_in_a_script_cannot_end_it(figures: dict[str, Any]) -> None:
    wild = dict(figures) | {"emotions": {"</script><b>": 3}, "weeks": [
        {"week": "2026-05-04", "entries": 1, "shares": {"</script><img src=x>": 1.0}},
    ]}  # fmt: skip
    made = page(wild).decode()
    assert "</script><img" not in made and "</script><b>" not in made


TOUCHING = """() => [...document.querySelectorAll('figure')].flatMap((figure) => {
  const shown = [...figure.querySelectorAll('svg text')].map((text) => [text.textContent, text.getBoundingClientRect()])
    .filter(([words, box]) => words.trim() && box.width);
  const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const pairs = shown.flatMap(([one, a], n) =>
    shown.slice(n + 1).filter(([, b]) => touch(a, b)).map(([two]) => [one, two]));
  const edge = figure.getBoundingClientRect();
  const cut = shown.filter(([, box]) => box.left < edge.left || box.right > edge.right).map(([words]) => [words]);
  return [...pairs, ...cut].map((words) => [figure.querySelector('h2').textContent, ...words]);
})"""
"""Labels of charts that touch each other, and those that stick out of their sheet."""


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_no_label_touches_another_on_a_narrow_phone(figures: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "report.html").write_bytes(page(figures))
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        phone = opened.new_page(viewport={"width": 360, "height": 780})
        phone.goto(f"file://{tmp_path}/report.html", timeout=200_000)
        phone.wait_for_function("n => document.querySelectorAll('.main-svg').length >= n", arg=len(charts(figures)))
        assert phone.evaluate(TOUCHING) == []
        opened.close()
