"""Prompt experiments: the matrix, rows that outlive a killed run, intervals, and a promotion that has to be earned."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.domain import Emotion, Reading, Span
from agent.errors import ConfigError, Unavailable
from eval import prompts
from eval.cells import Case, Cell, Results, explained, faithfulness, reading_ease

TEXT = "Mum cried when I passed. I am so proud and I miss Dad."
READING = Reading(
    emotions=(Emotion(label="pride", probability=0.9), Emotion(label="sadness", probability=0.5)), model="m", windows=1
)
SPANS = (
    Span(label="pride", start=TEXT.index("so proud"), end=TEXT.index("so proud") + 8, drop=0.6),
    Span(label="sadness", start=TEXT.index("miss Dad"), end=TEXT.index("miss Dad") + 8, drop=0.3),
)
CASE = Case(0, TEXT, READING, SPANS)


class Scripted:
    """A model that says the same each time, or is not there."""

    def __init__(self, words: str | None) -> None:
        self.words, self.asked = words, 0

    async def stream(
        self, messages: Any, *, max_tokens: int, pattern: Any = None, attempt: int = 0
    ) -> AsyncIterator[str]:
        self.asked += 1
        if self.words is None:
            raise Unavailable("gone")
        for word in self.words.split(" "):
            yield word + " "


def test_the_matrix_holds_every_combination_and_refuses_an_unknown_prompt() -> None:
    cells = prompts.matrix(["v1", "v2"], ["default", "b"], ["form", "free"])
    assert len(cells) == len({cell.name for cell in cells}) == 8
    assert [cell.model for cell in cells] == ["default"] * 4 + ["b"] * 4
    warm = prompts.matrix(["v2"], ["default"], ["form", "warm"])
    assert [cell.name for cell in warm] == ["v2_default_form", "v2_default_warm"] and warm[1].form
    with pytest.raises(ConfigError, match="hot"):
        prompts.matrix(["v1"], ["default"], ["hot"])
    with pytest.raises(ConfigError, match="v9"):
        prompts.matrix(["v9"], ["default"], ["form"])


async def test_a_row_says_who_worded_it_and_how_much_of_the_evidence_it_quotes() -> None:
    gone = await explained(Cell("v2", "default", False), CASE, Scripted(None))
    assert not gone["passed"] and gone["tokens"] == 0 and gone["words"] > 5
    assert faithfulness('You say "so proud" and "miss Dad".', CASE) == pytest.approx((0.6 + 0.3) / 2 / 0.6)
    assert faithfulness("No quotation.", CASE) == 0.0
    assert faithfulness("Nothing to quote.", Case(0, TEXT, READING, ())) is None


def test_plain_words_are_easier_than_long_ones() -> None:
    assert reading_ease("The cat sat on the mat.") > 90 > reading_ease("Institutional considerations necessitate it.")


def test_a_killed_run_goes_on_after_the_last_whole_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell, model = Cell("v2", "default", False), Scripted(None)
    started: list[str] = []

    @contextmanager
    def there(name: str) -> Any:
        started.append(name)
        yield model

    monkeypatch.setattr(prompts, "served", there)
    these = [Case(n, TEXT, READING, SPANS) for n in range(3)]
    results = Results(tmp_path, cell)
    results.add(asyncio.run(explained(cell, these[0], model)))
    with results.path.open("a") as out:
        out.write('{"entry": 1, "sai')
    before = model.asked
    found = prompts.run([cell], these, tmp_path)
    assert [row["entry"] for row in found[cell.name]] == [0, 1, 2]
    assert model.asked - before == 2 * (before // 1) and started == ["default"]
    prompts.run([cell], these, tmp_path)
    assert started == ["default"], "nothing was missing, so no model is started"


def rows(passed: list[int], seconds: float = 1.0) -> list[dict[str, Any]]:
    return [
        {"entry": n, "passed": bool(p), "faithfulness": 1.0, "words": 30, "reading_ease": 70.0, "first_s": 0.2,
         "seconds": seconds, "tokens": 40}
        for n, p in enumerate(passed)
    ]  # fmt: skip


def test_the_winner_is_clear_only_where_the_interval_says_so() -> None:
    told = prompts.winner({"v2_a_form": rows([1] * 90 + [0] * 10), "v1_a_form": rows([1] * 50 + [0] * 50)})
    assert told["winner"] == "v2_a_form" and told["clear"] and told["interval_95"][0] > 0.2
    close = prompts.winner({"a": rows([1, 1, 1, 0]), "b": rows([1, 1, 0, 1], seconds=2.0)})
    assert close["winner"] == "a" and not close["clear"]


def test_a_promotion_changes_one_line_and_only_where_it_is_earned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "local.yaml"
    config.write_text(Path("configs/local.yaml").read_text())
    assert prompts.promote("v1", config) and not prompts.promote("v1", config)
    old, new = Path("configs/local.yaml").read_text().splitlines(), config.read_text().splitlines()
    assert len([line for line in new if line not in old]) == 1
    assert yaml.safe_load(config.read_text())["applications"][0]["args"]["prompt"] == "v1"
    assert "not promoted" in prompts._promoted({"clear": False, "winner": "v1_default_form"})
    monkeypatch.setattr(prompts, "safety_gate", lambda: {"passed": False})
    assert "safety suite" in prompts._promoted({"clear": True, "winner": "v1_default_form"})


def test_the_table_has_a_line_a_cell() -> None:
    text = prompts.table({"v1": rows([1, 0]), "v2": rows([1, 1])})
    assert text.count("\n") == 3 and "| v2 | 2 | 2 | 1.0 |" in text and json.dumps({}) not in text


def test_the_chart_names_its_figures_and_no_other_host() -> None:
    drawn = prompts.chart({"v1_a_form": rows([1, 0]), "v2_a_form": rows([1, 1])})
    assert (
        drawn.startswith("<svg") and drawn.count("pass_rate") and "http" not in drawn.replace("http://www.w3.org", "")
    )


async def test_a_warm_cell_never_takes_the_likeliest_words() -> None:
    tries: list[int] = []

    class Listening(Scripted):
        def stream(self, messages: Any, *, max_tokens: int, pattern: Any = None, attempt: int = 0) -> Any:
            tries.append(attempt)
            return super().stream(messages, max_tokens=max_tokens, pattern=pattern, attempt=attempt)

    await explained(Cell("v2", "default", True, True), CASE, Listening("Nonsense."))
    assert tries and min(tries) == 1
    tries.clear()
    await explained(Cell("v2", "default", True), CASE, Listening("Nonsense."))
    assert tries[0] == 0


def test_the_cells_of_a_model_share_a_loop_and_entries_go_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops: set[int] = set()
    busy, most = 0, 0

    class Slow(Scripted):
        async def stream(self, *_: Any, **__: Any) -> AsyncIterator[str]:
            nonlocal busy, most
            loops.add(id(asyncio.get_running_loop()))
            busy, most = busy + 1, max(most, busy + 1)
            await asyncio.sleep(0.02)
            busy -= 1
            yield "Nonsense."

    @contextmanager
    def there(name: str) -> Any:
        yield Slow("")

    monkeypatch.setattr(prompts, "served", there)
    cells = prompts.matrix(["v1", "v2"], ["http://127.0.0.1:1/v1#small"], ["form"])
    assert [cell.name for cell in cells] == ["v1_small_form", "v2_small_form"]
    found = prompts.run(cells, [Case(n, TEXT, READING, SPANS) for n in range(6)], tmp_path, at_once=3)
    assert len(loops) == 1 and most == 3
    assert all([row["entry"] for row in rows] == list(range(6)) for rows in found.values())


def test_seconds_are_those_of_entries_that_the_model_was_asked_about() -> None:
    calm = [row | {"tokens": 0, "seconds": 0.0, "first_s": None} for row in rows([0, 0, 0])]
    told = prompts.summary([*calm, *rows([1, 1], seconds=3.0)])
    assert (told["entries"], told["asked"], told["seconds_p50"], told["pass_rate"]) == (5, 2, 3.0, 0.4)
    assert prompts.summary(calm)["seconds_p50"] == 0.0
