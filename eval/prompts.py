"""Which prompt explains best? `python -m eval.prompts --prompts v1,v2 --models default --forms form,free --n 200`

Runs every prompt with every model and every setting over the same entries on Ray, and measures what passes the check
without a sentence replaced, faithfulness, length, reading ease, latency and tokens. Results are kept row by row:
a run that was killed goes on where it stopped. MLflow gets a parent run with one child a cell (`--track`).

The winner is named with a paired bootstrap interval of its pass rate against the next. `--promote` writes it into
`configs/local.yaml` only where the interval excludes zero and the crisis screen's suites hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track as progress

from agent import evidence
from agent.errors import ConfigError, DiscoveryError
from agent.prompts import version
from eval import record
from eval.cells import Case, Cell, Results, explained
from eval.explain import InProcess, entries
from eval.gate import safety_gate
from eval.report import svg
from eval.served import on_ray, served
from finetune.track import LOCAL

REPEATS = 5000
_FORMS = {"form": (True, False), "free": (False, False), "warm": (True, True)}
_CONFIG = Path("configs/local.yaml")


def matrix(prompts: Sequence[str], models: Sequence[str], forms: Sequence[str]) -> list[Cell]:
    """Every combination, models outermost: each is started once. Raises `ConfigError` for an unknown prompt or form."""
    for name in prompts:
        version(name)
    if unknown := sorted(set(forms) - set(_FORMS)):
        raise ConfigError(f"--forms: found {unknown[0]!r}, allowed are {sorted(_FORMS)}")
    return [Cell(prompt, model, *_FORMS[form]) for model in models for prompt in prompts for form in forms]


async def cases(texts: Sequence[str], classifier: InProcess) -> list[Case]:
    """The entries, read once for all cells."""
    found = []
    for number, text in enumerate(texts):
        [reading] = await classifier.read([text])
        found.append(Case(number, text, reading, await evidence.spans(text, reading, classifier)))
    return found


def run(
    cells: Sequence[Cell], these: Sequence[Case], folder: Path, at_once: int = 1
) -> dict[str, list[dict[str, Any]]]:
    """Fills what is missing of every cell, `at_once` entries side by side, and returns all rows by cell, in the order
    of the entries."""
    for model in dict.fromkeys(cell.model for cell in cells):
        mine = [cell for cell in cells if cell.model == model]
        if all(len(Results(folder, cell).rows()) >= len(these) for cell in mine):
            continue
        with served(model) as llm:
            asyncio.run(_fill(mine, these, folder, llm, at_once))
    wanted = {case.number for case in these}
    return {
        cell.name: [row for number, row in sorted(Results(folder, cell).rows().items()) if number in wanted]
        for cell in cells
    }


async def _fill(cells: Sequence[Cell], these: Sequence[Case], folder: Path, llm: Any, at_once: int) -> None:
    """All cells of one model in one event loop: connections to an endpoint belong to it."""
    for cell in cells:
        results = Results(folder, cell)
        done = results.rows()
        missing = iter(progress([c for c in these if c.number not in done], description=cell.name))
        await asyncio.gather(*(_work(cell, missing, results, llm) for _ in range(at_once)))


async def _work(cell: Cell, missing: Iterator[Case], results: Results, llm: Any) -> None:
    for case in missing:
        results.add(await explained(cell, case, llm))


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The figures of a cell. Seconds are those of entries that the model was asked about: some prompts leave calm ones
    to the evidence."""
    asked = [row for row in rows if row["tokens"]] or rows
    faithful = [row["faithfulness"] for row in rows if row["faithfulness"] is not None]
    return {
        "entries": len(rows),
        "asked": sum(bool(row["tokens"]) for row in rows),
        "pass_rate": round(statistics.fmean(row["passed"] for row in rows), 4),
        "faithfulness": round(statistics.fmean(faithful), 4) if faithful else 0.0,
        "words": round(statistics.fmean(row["words"] for row in rows), 1),
        "reading_ease": round(statistics.fmean(row["reading_ease"] for row in rows), 1),
        "first_s_p50": round(statistics.median(row["first_s"] or 0.0 for row in asked), 2),
        "seconds_p50": round(statistics.median(row["seconds"] for row in asked), 2),
        "tokens": round(statistics.fmean(row["tokens"] for row in rows), 1),
    }


def paired(first: Sequence[dict[str, Any]], second: Sequence[dict[str, Any]]) -> tuple[float, float, float]:
    """Difference of the pass rates of two cells, with its 95% interval, entries drawn again in pairs."""
    difference = np.asarray([float(a["passed"]) - float(b["passed"]) for a, b in zip(first, second, strict=True)])
    draws = np.random.default_rng(0).integers(0, len(difference), (REPEATS, len(difference)))
    low, high = np.percentile(difference[draws].mean(1), [2.5, 97.5])
    return float(difference.mean()), float(low), float(high)


def winner(found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The cell with the best pass rate, the faster one of equals, and how clear that is against the next."""

    def rank(name: str) -> tuple[float, float]:
        row = summary(found[name])
        return -row["pass_rate"], row["seconds_p50"]

    best, *rest = sorted(found, key=rank)
    if not rest:
        return {"winner": best, "next": None, "clear": False}
    difference, low, high = paired(found[best], found[rest[0]])
    interval = [round(low, 4), round(high, 4)]
    return {
        "winner": best,
        "next": rest[0],
        "difference": round(difference, 4),
        "interval_95": interval,
        "clear": low > 0,
    }


def table(found: dict[str, list[dict[str, Any]]]) -> str:
    """All cells as a Markdown table."""
    rows = {name: summary(cell) for name, cell in found.items()}
    columns = list(next(iter(rows.values())))
    lines = [f"| cell | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    return "\n".join(lines + [f"| {name} | {' | '.join(str(row[c]) for c in columns)} |" for name, row in rows.items()])


def promote(prompt: str, config: Path = _CONFIG) -> bool:
    """Writes `prompt: NAME` into the arguments of the application `discovery`; False where it stands there already."""
    lines = config.read_text().splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.strip() == "application: discovery")
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    wanted = f"{indent}prompt: {prompt}\n"
    old = next((i for i, line in enumerate(lines) if line.strip().startswith("prompt:")), None)
    if old is not None and lines[old] == wanted:
        return False
    if old is None:
        lines.insert(place + 1, wanted)
    else:
        lines[old] = wanted
    beside = config.with_suffix(".new")
    beside.write_text("".join(lines))
    os.replace(beside, config)
    return True


def chart(found: dict[str, list[dict[str, Any]]]) -> str:
    """Pass rate and faithfulness of every cell, best last, as SVG."""
    rows = sorted(((name, summary(cell)) for name, cell in found.items()), key=lambda row: row[1]["pass_rate"])

    def draw(axes: Any) -> None:
        places = np.arange(len(rows))
        for shift, figure, colour in ((0.2, "pass_rate", "#5b7fa6"), (-0.2, "faithfulness", "#a6895b")):
            axes.barh(places + shift, [row[figure] for _, row in rows], 0.38, color=colour, label=figure)
        axes.set_yticks(places, [name for name, _ in rows])
        axes.set_xlim(0, 1)
        axes.legend(loc="lower right")

    return svg(draw, (7, 1 + 0.6 * len(rows)))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", default="v1,v2")
    parser.add_argument("--models", default="default", help="default, a Hugging Face id, a folder, http://host/v1#name")
    parser.add_argument("--forms", default="form,free", help="held to the prompt's form, free, or warm (held, at 0.8)")
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=1, help="entries side by side: faster, with longer latencies")
    parser.add_argument("--entries", nargs="+", type=Path, default=[Path("finetune/data/journal-dev.jsonl")])
    parser.add_argument("--output", type=Path, default=Path("runs/prompts"))
    parser.add_argument("--track", action="store_true", help="log to MLflow")
    parser.add_argument("--promote", action="store_true")
    options = parser.parse_args()
    try:
        cells = matrix(options.prompts.split(","), options.models.split(","), options.forms.split(","))
        these = asyncio.run(cases(entries(options.entries, options.n), InProcess(Path("models/emotion"))))
        # An endpoint needs no cluster.
        with nullcontext() if all(cell.model.startswith("http") for cell in cells) else on_ray():
            found = run(cells, these, options.output, options.at_once)
    except (DiscoveryError, OSError, KeyError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    told = winner(found)
    (options.output / "report.md").write_text(f"{table(found)}\n\n```json\n{json.dumps(told, indent=1)}\n```\n")
    print(f"{table(found)}\n\n{json.dumps(told, indent=1)}")
    (options.output / "report.svg").write_text(chart(found))
    if options.track:
        figures = {name: summary(rows) for name, rows in found.items()}
        uri = os.environ.get("MLFLOW_TRACKING_URI", LOCAL)
        print(f"MLflow: run {record.experiment(options.output, cells, figures, told, uri)} at {uri}")
    if options.promote:
        print(_promoted(told))


def _promoted(told: dict[str, Any]) -> str:
    if not told["clear"]:
        return "not promoted: the interval against the next cell does not exclude zero"
    if not safety_gate()["passed"]:
        return "not promoted: a safety suite is below its floor"
    prompt = str(told["winner"]).split("_")[0]
    return f"promoted: {prompt}" if promote(prompt) else f"{prompt} is the prompt already"


if __name__ == "__main__":
    main()
