"""What one looks at before training and after: how often, with what, how long, how noisy, how confused, how sure.

The notebook `notebooks/emotions.ipynb` imports this and defines nothing. Shapes: `labels` and `probabilities` (n, 28).
"""

from __future__ import annotations

import io
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.domain import EMOTIONS
from finetune import dataset
from finetune.dataset import Rows
from finetune.train import read_config

ROOT = Path(__file__).parents[1]
Floats = NDArray[np.floating]


def rows(most: int | None = None) -> dict[str, Rows]:
    """The splits of `configs/train.yaml`, or of the folder in `DISCOVERY_ROWS`; the first `most` rows of each."""
    given = os.environ.get("DISCOVERY_ROWS")
    folder = Path(given) if given else read_config(ROOT / "configs/train.yaml").goemotions
    splits = dataset.load((ROOT / folder).resolve() if folder else None)
    return {name: one.take(np.arange(len(one))[:most]) for name, one in splits.items()}


def label_counts(found: Mapping[str, Rows]) -> list[tuple[str, list[int]]]:
    """Label, and its rows in every split; the most frequent in the first split first."""
    counts = {label: [int(one.labels[:, k].sum()) for one in found.values()] for k, label in enumerate(EMOTIONS)}
    return sorted(counts.items(), key=lambda item: -item[1][0])


def together(labels: Floats) -> Floats:
    """Of the rows with one label, the share that carries another as well, (28, 28); 0 on the diagonal."""
    both = labels.T @ labels
    share = both / np.maximum(np.diag(both)[:, None], 1)
    np.fill_diagonal(share, 0)
    return share


def words(texts: Sequence[str]) -> NDArray[np.int64]:
    """Words of each text, (n,)."""
    return np.asarray([len(text.split()) for text in texts], np.int64)


def contradicting(one: Rows) -> list[tuple[str, list[str]]]:
    """Texts that stand there with different labels, each with what was said of it: noise that can be seen."""
    said: dict[str, set[str]] = defaultdict(set)
    for text, row in zip(one.texts, one.labels, strict=True):
        said[text].add(", ".join(named(row)))
    return [(text, sorted(labels)) for text, labels in said.items() if len(labels) > 1]


def named(row: Floats) -> list[str]:
    """The labels of one row."""
    return [EMOTIONS[k] for k in np.flatnonzero(row > 0.5)]


def doubtful(
    one: Rows, probabilities: Floats, sure: float = 0.8, most: int = 10
) -> list[tuple[str, list[str], str, float]]:
    """Rows where the model is at least `sure` of a label that the raters did not give, the surest first: text, given
    labels, the label that was read, its probability. Either may be wrong; a person has to look."""
    apart = np.where(one.labels > 0.5, 0.0, probabilities)
    order = np.argsort(-apart.max(1), kind="stable")[:most]
    found = [(int(i), int(apart[i].argmax())) for i in order if apart[i].max() >= sure]
    return [(one.texts[i], named(one.labels[i]), EMOTIONS[k], round(float(apart[i, k]), 3)) for i, k in found]


def confusions(said: NDArray[np.bool_], labels: Floats, most: int = 10) -> list[tuple[str, str, int]]:
    """What was read (`said`, bool (n, 28)) where a true label was missed: true label, label that was read and is not
    true, rows."""
    truth = labels > 0.5
    counts = (truth & ~said).T.astype(int) @ (said & ~truth).astype(int)
    order = np.argsort(-counts, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(EMOTIONS)) for place in order]
    return [(EMOTIONS[i], EMOTIONS[j], int(counts[i, j])) for i, j in pairs if counts[i, j]]


@dataclass(frozen=True)
class Picture:
    """A drawing that a notebook shows."""

    png: bytes

    def _repr_png_(self) -> bytes:
        return self.png


def bars(names: Sequence[str], values: Sequence[float], title: str) -> Picture:
    """Horizontal bars, the first on top."""
    figure, axes = _canvas(6, 0.9 + 0.2 * len(names))
    axes.barh(range(len(names)), values, color="#2a6f97")
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.invert_yaxis()
    return _drawn(figure, axes, title)


def heat(values: Floats, title: str) -> Picture:
    """A table of all labels against all labels, (28, 28), as colours."""
    figure, axes = _canvas(7, 6.5)
    figure.colorbar(axes.imshow(values, cmap="Blues"), shrink=0.7)
    axes.set_xticks(range(len(EMOTIONS)), EMOTIONS, fontsize=6, rotation=90)
    axes.set_yticks(range(len(EMOTIONS)), EMOTIONS, fontsize=6)
    return _drawn(figure, axes, title)


def histogram(values: Mapping[str, NDArray[np.int64]], title: str) -> Picture:
    """Outlines of several distributions."""
    figure, axes = _canvas(6, 3.5)
    for name, one in values.items():
        axes.hist(one, bins=30, histtype="step", density=True, label=name)
    axes.legend(frameon=False)
    return _drawn(figure, axes, title)


def reliability(bins: Mapping[str, Sequence[Mapping[str, float]]], title: str) -> Picture:
    """Probabilities against what was true, for several sets of `finetune.slices.reliability`."""
    figure, axes = _canvas(4.5, 4.5)
    axes.plot([0, 1], [0, 1], "--", color="#aaa")
    for name, one in bins.items():
        axes.plot([b["probability"] for b in one], [b["true"] for b in one], "o-", markersize=4, label=name)
    axes.set(xlabel="probability that was given", ylabel="share that was true")
    axes.legend(frameon=False)
    return _drawn(figure, axes, title)


def _canvas(width: float, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=90, layout="constrained")
    return figure, figure.add_subplot()


def _drawn(figure: Any, axes: Any, title: str) -> Picture:
    axes.set_title(title, fontsize=10)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return Picture(out.getvalue())
