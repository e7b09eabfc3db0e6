"""The page of benchmarks: figures as tables and charts between two marks, and what people wrote around them kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.figures import Figure, Measured, over
from eval.report import svg

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
GREY, OURS, PEER = "#7a7f87", "#5b7fa6", "#b9a27c"
BUSY = 0.5
"""A load above it, before a run began, is told: something else was at work."""

HEAD = """Written by `make bench`. One run stands behind each figure: the median of several repeats with the least and
the most of them, or, where it says 95%, a quantile (of grades: the mean) of single samples with its bootstrapped 95%
interval. Peers run on the same machine in the same run. Latencies in an open loop count from when a request was due."""


@dataclass(frozen=True)
class Section:
    """One heading of the page: the parts of a run that it shows, how they were measured, its ratios (what, ours, peer,
    what was asked for), and which of its figures the README repeats."""

    title: str
    parts: tuple[str, ...]
    told: str
    ratios: tuple[tuple[str, str, str, str], ...] = ()
    front: tuple[str, ...] = ()


def shown(figure: Figure) -> tuple[str, str]:
    """A figure and its spread, in words."""
    spread = ""
    if figure.n > 1:
        of = f"{figure.n} {figure.how}" if figure.how == "runs" else f"95%, {figure.n} {figure.how}"
        spread = f"{_number(figure.low)} to {_number(figure.high)} ({of})"
    return f"{_number(figure.value)} {figure.unit}".rstrip(), spread


def _number(value: float) -> str:
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def row(figure: Figure) -> str:
    """One line of a table."""
    value, spread = shown(figure)
    missed = " (**missed**)" if figure.missed else ""
    return f"| {figure.what} | {value} | {spread} | {figure.asked}{missed} |"


def figures(section: Section, parts: Mapping[str, Measured]) -> list[Figure]:
    """All figures of a section, its ratios at the end; a ratio of two machines is none."""
    here = [parts[name] for name in section.parts if name in parts]
    found = {f.what: f for part in here for f in part.figures}
    ratios = []
    if len({part.machine for part in here}) == 1:
        for what, ours, peer, asked in section.ratios:
            sides = [_named(found, start) for start in (ours, peer)]
            if sides[0] and sides[1]:
                ratios.append(over(what, sides[0], sides[1], asked))
    return [*found.values(), *ratios]


def _named(found: Mapping[str, Figure], start: str) -> Figure | None:
    return next((f for what, f in found.items() if what.startswith(start)), None)


def page(sections: Sequence[Section], parts: Mapping[str, Measured]) -> str:
    """The part of the page that a run writes, in Markdown."""
    machines = sorted({part.machine for part in parts.values()})
    told = [HEAD, *[f"Machine: {machine}." for machine in machines]]
    for section in sections:
        here = [parts[name] for name in section.parts if name in parts]
        if here:
            told += [f"### {section.title}", f"{section.told} {_stamp(here, machines)}"]
            told += [table(figures(section, parts))]
            if any(f.label for f in figures(section, parts)):
                told.append(f"![{section.title}](benchmarks/{name(section)}.svg)")
    return "\n\n".join(told)


def _stamp(here: Sequence[Measured], machines: Sequence[str]) -> str:
    when = sorted({part.when for part in here})
    span = when[0] if len(when) == 1 else f"{when[0]} to {when[-1]}"
    load = max(part.load for part in here)
    busy = f", while other work ran (load {load:.1f})" if load > BUSY else ""
    where = f", on {' and '.join(sorted({part.machine for part in here}))}" if len(machines) > 1 else ""
    return f"Measured {span} UTC{busy}{where}."


def table(rows: Sequence[Figure]) -> str:
    """Figures as a Markdown table."""
    return "\n".join(["| what | measured | spread | asked for |", "|---|---|---|---|", *map(row, rows)])


def front(sections: Sequence[Section], parts: Mapping[str, Measured]) -> str:
    """What the README repeats: the same lines, fewer of them."""
    found = {f.what: f for section in sections for f in figures(section, parts)}
    wanted = [_named(found, start) for section in sections for start in section.front]
    return table([figure for figure in wanted if figure])


def name(section: Section) -> str:
    """The file name of a section's chart."""
    return section.parts[0].replace(" ", "-")


def chart(section: Section, parts: Mapping[str, Measured]) -> str | None:
    """The labelled figures of a section as bars with their spread, ours in blue."""
    bars = [f for f in figures(section, parts) if f.label][::-1]
    if not bars:
        return None

    def draw(axes: Any) -> None:
        places = range(len(bars))
        around = [[max(f.value - f.low, 0) for f in bars], [max(f.high - f.value, 0) for f in bars]]
        colours = [PEER if f.peer else OURS for f in bars]
        axes.barh(places, [f.value for f in bars], xerr=around, color=colours, ecolor=GREY, height=0.6, capsize=3)
        for place, bar in zip(places, bars, strict=True):
            axes.text(bar.high, place, f"  {_number(bar.value)}", va="center", color=GREY)
        axes.set_yticks(list(places), [f.label for f in bars])
        axes.set_xlim(0, 1.15 * max(f.high for f in bars))
        axes.set_xlabel(bars[0].unit, color=GREY)
        axes.tick_params(colors=GREY)
        for side, line in axes.spines.items():
            line.set_visible(side in ("left", "bottom"))
            line.set_color(GREY)

    return svg(draw, (7, 0.9 + 0.45 * len(bars)))


def between(text: str, made: str) -> str:
    """`text` with `made` between the two marks; the rest is kept. Raises `ValueError` where one is missing."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"expected one line {BEGIN} and after it one line {END}")
    return f"{text[: text.index(BEGIN)]}{BEGIN}\n{made}\n{text[text.index(END) :]}"


def write(root: Path, sections: Sequence[Section], parts: Mapping[str, Measured]) -> None:
    """Writes `docs/benchmarks.md`, its charts, and the figures of `README.md` under `root`."""
    for path, made in ((root / "docs" / "benchmarks.md", page), (root / "README.md", front)):
        path.write_text(between(path.read_text("utf-8"), made(sections, parts)), "utf-8")
    folder = root / "docs" / "benchmarks"
    folder.mkdir(exist_ok=True)
    for section in sections:
        if drawn := chart(section, parts):
            (folder / f"{name(section)}.svg").write_text(drawn + "\n", "utf-8")
