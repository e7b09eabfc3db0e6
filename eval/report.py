"""One report in three forms: `report.json` for programs, `report.html` (self-contained) for eyes, `report.md`."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2

from eval import against, summary
from eval.summary import Judgement
from finetune.dataset import DataError

_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_TEMPLATE = Path(__file__).with_name("report.html.j2")


def facts(ours: Judgement, theirs: Judgement | None = None) -> dict[str, Any]:
    """Everything a report says of a run, as plain JSON."""
    told: dict[str, Any] = {
        "model": {"folder": str(ours.folder), "version": ours.card.version},
        "overall": summary.overall(ours),
        "labels": summary.per_label(ours),
        "slices": summary.per_slice(ours),
        "reliability": summary.reliability(ours),
    }
    if theirs:
        if list(theirs.run.rows) != list(ours.run.rows):
            raise DataError(
                f"--against: expected the same {len(ours.run.rows)} rows, found {len(theirs.run.rows)} of another run"
            )
        told["against"] = {
            "version": theirs.card.version,
            **against.compare(ours.predicted, theirs.predicted, ours.run.labels),
        }
    return told


def write(folder: Path, told: dict[str, Any]) -> None:
    """All three forms, each in one step."""
    page = jinja2.Environment(autoescape=True).from_string(_TEMPLATE.read_text())
    charts = {name: draw(told) for name, draw in _CHARTS.items()}
    forms = {
        "report.json": json.dumps(told, indent=1) + "\n",
        "report.html": page.render(told=told, charts=charts, lines=lines(told), tables=tables(told)),
        "report.md": markdown(told),
    }
    for name, content in forms.items():
        (folder / f"{name}.new").write_text(content, encoding="utf-8")
        os.replace(folder / f"{name}.new", folder / name)


def lines(told: dict[str, Any]) -> str:
    """The run in a few lines, for a terminal."""
    row = told["overall"]
    text = [
        f"{told['model']['version']} on {told.get('source', '')}: {row['rows']:,} rows"
        f" ({told.get('broken_rows', 0)} broken), {told.get('rows_a_second', 0):,} rows/s",
        f"macro-F1 {row['macro_f1']} {row['macro_f1_interval_95']}, micro-F1 {row['micro_f1']}, ECE {row['ece']}, "
        f"silent {row['silent']}, talks where neutral {row['talks_where_neutral']}",
    ]
    for name, found in told.get("against", {}).items():
        if name != "version":
            text.append(f"{name} against {told['against']['version']}: {found['difference']:+} {found['interval_95']}")
    if "safety" in told:
        text.append(f"safety: {'held' if told['safety']['passed'] else 'BELOW ITS FLOORS'}")
    return "\n".join(text)


def markdown(told: dict[str, Any]) -> str:
    """The summary as Markdown: overall, slices, labels."""
    parts = [f"# Evaluation of {told['model']['version']}", lines(told).replace("\n", "\n\n")]
    for title, table in tables(told):
        columns = list(next(iter(table.values())))
        head = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
        rows = [f"| {name} | {' | '.join(str(row[c]) for c in columns)} |" for name, row in table.items()]
        parts += [f"## {title}", "\n".join(head + rows)]
    return "\n\n".join(parts) + "\n"


def tables(told: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The tables of a report with their titles; each is rows by name, every row with the same columns."""
    explained = [(f"Explanations: {name}", {"": row}) for name, row in told.get("explanations", {}).items()]
    rest = [("Suggestions", told.get("suggestions", {})), ("Slices", told["slices"]), ("Labels", told["labels"])]
    return [(title, table) for title, table in [*explained, *rest] if table]


def svg(draw: Callable[[Any], None], size: tuple[float, float]) -> str:
    """A drawing on one pair of axes, `size` in inches, as an SVG element that names no other host."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    draw(figure.subplots())
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    # What matplotlib says of the drawing names other hosts; a report names none.
    return _METADATA.sub("", out.getvalue()[out.getvalue().index("<svg") :])


def _labels_chart(told: dict[str, Any]) -> str:
    ranked = sorted(told["labels"].items(), key=lambda kv: kv[1]["f1"])

    def draw(axes: Any) -> None:
        axes.barh([k for k, _ in ranked], [v["f1"] for _, v in ranked], color="#5b7fa6")
        axes.set_xlim(0, 1)
        axes.set_xlabel("F1")

    return svg(draw, (7, 6.5))


def _reliability_chart(told: dict[str, Any]) -> str:
    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=1)
        axes.plot(
            [r["said"] for r in told["reliability"]], [r["true"] for r in told["reliability"]], "o-", color="#a65b5b"
        )
        axes.set_xlabel("probability said")
        axes.set_ylabel("share that was true")

    return svg(draw, (4.5, 4))


_CHARTS = {"F1 of every label": _labels_chart, "Reliability": _reliability_chart}
