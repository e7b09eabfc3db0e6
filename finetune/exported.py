"""What is told of an export: its figures, its plots (the run's curve, reliability), and the model as the challenger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from finetune import track
from finetune.train import TrainConfig

TOLD = ("macro_f1", "micro_f1", "macro_auc", "ece", "silent", "talks")
"""Figures of a split that go to MLflow."""


def told_figures(metrics: dict[str, Any]) -> dict[str, float]:
    """The card's figures as `split_figure`, and those of parity as `parity_graph_figure`."""
    splits = {name: row for name, row in metrics.items() if isinstance(row, dict) and "macro_f1" in row}
    found = {f"{name}_{key}": float(row[key]) for name, row in splits.items() for key in TOLD if key in row}
    graphs = {k: v for k, v in metrics.get("parity", {}).items() if isinstance(v, dict)}
    return found | {f"parity_{name}_{key}": float(v) for name, row in graphs.items() for key, v in row.items()}


def draw_curve(run: Path, target: Path) -> bool:
    """Loss by step and dev macro-F1 by step, from the run's own record; False where it has none."""
    lines = (run / "track.jsonl").read_text(encoding="utf-8").splitlines() if (run / "track.jsonl").is_file() else []
    noted = [line for line in map(json.loads, lines) if line["kind"] == "metrics"]

    def series(name: str) -> tuple[list[int], list[float]]:
        there = [(int(line["step"]), float(line["values"][name])) for line in noted if name in line["values"]]
        return [step for step, _ in there], [value for _, value in there]

    loss, score = series("loss"), series("dev_macro_f1")
    if not score[0]:
        return False
    figure, axes = _canvas()
    if loss[0]:
        axes.plot(*loss, color="#999", linewidth=1, label="loss")
    axes.set(xlabel="step", ylabel="loss of a step", title="Training")
    right = axes.twinx()
    right.plot(*score, "o-", color="#2a6f97", label="dev macro-F1")
    right.set_ylabel("dev macro-F1, one threshold of 0.3")
    figure.legend(loc="upper center", ncols=2, frameon=False)
    figure.savefig(target)
    return True


def draw_reliability(metrics: dict[str, Any], target: Path) -> None:
    """Mean probability against the share that was true, for every split of the card."""
    figure, axes = _canvas()
    axes.plot([0, 1], [0, 1], "--", color="#aaa")
    for name, row in metrics.items():
        if isinstance(row, dict) and (bins := row.get("reliability")):
            axes.plot([b["probability"] for b in bins], [b["true"] for b in bins], "o-", markersize=4, label=name)
    axes.set(xlabel="probability that was given", ylabel="share that was true", title="Reliability")
    axes.legend(frameon=False)
    figure.savefig(target)


def _canvas() -> tuple[Any, Any]:
    """A figure without a window, and its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def tell(config: TrainConfig, folder: Path, card: dict[str, Any], uri: str | None) -> list[Path]:
    """Draws the plots below `config.output`, adds them and the figures to the run's record, and offers the model;
    returns the plots. What MLflow does not take is said, and nothing else is lost."""
    plots = config.output / "plots"
    plots.mkdir(parents=True, exist_ok=True)
    drawn = [plots / "curve.png"] if draw_curve(config.output, plots / "curve.png") else []
    draw_reliability(card["metrics"], plots / "reliability.png")
    drawn.append(plots / "reliability.png")
    tracker = track.Tracker(config.output, uri)
    tracker.note("metrics", step=0, values=told_figures(card["metrics"]))
    for path in drawn:
        tracker.note("file", path=str(path), under="plots")
    if uri:
        track.offer(folder, uri, tracker.state()["run"])
    return drawn
