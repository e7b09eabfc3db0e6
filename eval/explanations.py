"""What the model that is served makes of real entries: how many explanations pass with no sentence replaced, why others
were refused, how long they took, and every one of them to be read.

`python -m eval.explanations journal=finetune/data/journal-dev.jsonl:100 goemotions=data/goemotions/dev.tsv:300` reads
the entries with the emotion model, finds their evidence, and lets the application `llm` on Ray, or an endpoint
(`--model http://host/v1#name`), explain them one after another, held to the prompt's form as in the product. Rows stand
in `OUTPUT/SET/*.jsonl`, and to be read in `OUTPUT/explanations.md`. A run that was killed goes on where it stopped;
entries that another emotion model has read are explained again.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from rich.progress import track as progress

from agent.errors import DiscoveryError
from agent.explain import found
from agent.ports import LanguageModel
from agent.prompts import version
from eval.cells import Case, Cell, Results, explained
from eval.explain import InProcess, entries
from eval.prompts import cases
from eval.served import on_ray, served

Rows = list[dict[str, Any]]


def asked(spec: str) -> tuple[str, Path, int]:
    """`NAME=FILE:COUNT` -> a name, a file, and how many entries are drawn from it. Raises `ValueError`."""
    name, _, rest = spec.partition("=")
    file, _, count = rest.rpartition(":")
    if not (name.isidentifier() and file and count.isdigit()):
        raise ValueError(f"found {spec!r}, expected NAME=FILE:COUNT")
    return name, Path(file), int(count)


def of_before(results: Results, these: Sequence[Case], reader: str) -> dict[int, dict[str, Any]]:
    """The rows that are there of these entries, read by this emotion model."""
    rows = results.rows()
    found_before = ((case, rows.get(case.number)) for case in these)
    return {c.number: row for c, row in found_before if row and (row["reader"], row["text"]) == (reader, c.text)}


async def fill(cell: Cell, these: Sequence[Case], results: Results, reader: str, llm: LanguageModel) -> None:
    """Explains the entries that have no row yet."""
    done = of_before(results, these, reader)
    for case in progress([c for c in these if c.number not in done], description=results.path.parent.name):
        read = [[e.label, e.probability, quotes] for e, quotes in found(case.text, case.reading, case.spans)]
        row = await explained(cell, case, llm)
        results.add({"reader": reader, "text": case.text, "read": read, "unsure": case.reading.unsure} | row)


def summary(rows: Rows) -> dict[str, Any]:
    """The figures of one set; times are those of entries that the model was asked about."""
    timed = [row for row in rows if row["first_s"] is not None]
    quoted = [row for row in rows if row["read"]]
    return {
        "entries": len(rows),
        "passed": round(statistics.fmean(row["passed"] for row in rows), 4),
        "second tries": sum(row["regenerated"] > 0 for row in rows),
        "with a feeling": len(quoted),
        "every feeling quoted": sum(all(quotes for _, _, quotes in row["read"]) for row in quoted),
        "words": round(statistics.fmean(row["words"] for row in rows), 1),
        "first_s_p50": round(statistics.median(row["first_s"] for row in timed), 2) if timed else None,
        "seconds_p50": round(statistics.median(row["seconds"] for row in timed), 2) if timed else None,
        "refused": dict(Counter(fault for row in rows for fault in row["faults"]).most_common()),
    }


def report(found_rows: Mapping[str, Rows]) -> str:
    """All sets as Markdown: the figures, then every entry with what was read and said."""
    parts = []
    for name, rows in found_rows.items():
        figures = "\n".join(f"- {key}: {value}" for key, value in summary(rows).items())
        parts.append(f"# {name}\n\n{figures}\n")
        parts += [_to_read(row) for row in rows]
    return "\n".join(parts)


def _to_read(row: Mapping[str, Any]) -> str:
    read = "; ".join(f"{label} {p:.2f}: {' | '.join(quotes) or '(no words)'}" for label, p, quotes in row["read"])
    mark = "" if row["passed"] else " **replaced**" if not row["faults"] else f" **{'; '.join(row['faults'])}**"
    nothing = "unsure" if row["unsure"] else "nothing strong"
    return f"## {row['entry']}{mark}\n\n> {' '.join(row['text'].split())}\n\n{read or nothing}\n\n{row['said']}\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=asked, metavar="NAME=FILE:COUNT")
    parser.add_argument("--prompt", default="v3")
    parser.add_argument("--model", default="default", help="default, a Hugging Face id, a folder, http://host/v1#name")
    parser.add_argument("--folder", type=Path, default=Path("models/emotion"), help="the emotion model")
    parser.add_argument("--output", type=Path, default=Path("runs/explanations"))
    options = parser.parse_args()
    cell = Cell(options.prompt, options.model, True)
    try:
        version(options.prompt)
        told = _run(cell, options.sets, InProcess(options.folder), options.output)
    except (DiscoveryError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    (options.output / "explanations.md").write_text(report(told), encoding="utf-8")
    for name, rows in told.items():
        print(name, summary(rows))


def _run(cell: Cell, sets: Sequence[tuple[str, Path, int]], reader: InProcess, output: Path) -> dict[str, Rows]:
    read = {name: asyncio.run(cases(entries([file], count), reader)) for name, file, count in sets}
    results = {name: Results(output / name, cell) for name in read}
    if any(len(of_before(results[name], these, reader.version)) < len(these) for name, these in read.items()):
        with nullcontext() if cell.model.startswith("http") else on_ray(), served(cell.model) as llm:
            asyncio.run(_fill_all(cell, read, results, reader.version, llm))
    return {
        name: [row for _, row in sorted(of_before(results[name], these, reader.version).items())]
        for name, these in read.items()
    }


async def _fill_all(
    cell: Cell, read: Mapping[str, Sequence[Case]], results: Mapping[str, Results], reader: str, llm: LanguageModel
) -> None:
    """All sets in one event loop: connections to an endpoint belong to it."""
    for name, these in read.items():
        await fill(cell, these, results[name], reader, llm)


if __name__ == "__main__":
    main()
