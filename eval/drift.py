"""Is what people write still what the model was judged on? `python -m eval.drift --metrics http://127.0.0.1:8000/metrics`

Label rates, confidence and length of live readings (counts from `/metrics`, no text) against those of a judged run,
as population stability index: the sum of (p - q) ln(p / q) over buckets. Below 0.1 is calm, above the threshold (0.25
by custom) is an alarm, and the exit code is 1. `--reference` writes the reference from the output of `eval.batch`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from agent.domain import EMOTIONS
from eval import judged
from eval.summary import Judgement, judge
from finetune import cluster
from finetune.dataset import DataError
from serving.watched import LENGTH_EDGES, SURE_EDGES, bucket

REFERENCE = Path("eval/data/reference.json")
ALARM = 0.25
LEAST = 200
"""Fewer live readings than this say nothing yet."""

_SMALLEST = 1e-4
"""Stands in for an empty bucket, so that the logarithm exists."""

Counts = dict[str, dict[str, float]]


def _full(names: Iterable[str], counts: Mapping[str, float]) -> dict[str, float]:
    return {name: float(counts.get(name, 0)) for name in names}


def _edges(edges: tuple[float, ...]) -> list[str]:
    return [*(str(edge) for edge in edges), "more"]


def shaped(labels: Mapping[str, float], sure: Mapping[str, float], words: Mapping[str, float], rows: float) -> Counts:
    """Raw counts with every bucket named, the empty ones too."""
    return {
        "rows": {"rows": float(rows)},
        "labels": _full(EMOTIONS, labels),
        "sure": _full(_edges(SURE_EDGES)[:-1], sure),
        "words": _full(_edges(LENGTH_EDGES), words),
    }


def of_run(judgement: Judgement) -> Counts:
    """What `/metrics` would hold after reading all rows of a judged run."""
    run, predicted = judgement.run, judgement.predicted
    strongest = np.where(predicted, run.probabilities, 0.0).max(1)
    sure: dict[str, float] = {}
    words: dict[str, float] = {}
    for text, probability in zip(run.texts, strongest, strict=True):
        for counts, name in ((sure, bucket(SURE_EDGES, probability)), (words, bucket(LENGTH_EDGES, len(text.split())))):
            counts[name] = counts.get(name, 0) + 1
    return shaped(dict(zip(EMOTIONS, predicted.sum(0).tolist(), strict=True)), sure, words, len(run.rows))


def of_metrics(page: str) -> Counts:
    """The counts in a Prometheus page of the gateway."""
    found: dict[str, dict[str, float]] = {"labels": {}, "sure": {}, "words": {}}
    rows = 0.0
    places = {"labels": "label", "sure": "up_to", "words": "up_to"}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            kind = sample.name.removeprefix("discovery_reading_").removesuffix("_total")
            if sample.name == "discovery_readings_total":
                rows = sample.value
            elif kind in places and sample.name.endswith("_total"):
                found[kind][sample.labels[places[kind]]] = sample.value
    return shaped(found["labels"], found["sure"], found["words"], rows)


def psi(live: Mapping[str, float], reference: Mapping[str, float]) -> float:
    """Population stability index between two histograms with the same buckets."""
    all_live, all_reference = sum(live.values()) or 1.0, sum(reference.values()) or 1.0
    total = 0.0
    for name, count in reference.items():
        p = max(live.get(name, 0.0) / all_live, _SMALLEST)
        q = max(count / all_reference, _SMALLEST)
        total += (p - q) * math.log(p / q)
    return total


def drift(live: Counts, reference: Counts, alarm: float = ALARM) -> dict[str, Any]:
    """PSI of each histogram and whether any of them is an alarm; too few readings say so instead."""
    rows = int(live["rows"]["rows"])
    if rows < LEAST:
        return {"readings": rows, "needed": LEAST, "alarm": False}
    found = {kind: round(psi(live[kind], reference[kind]), 4) for kind in ("labels", "sure", "words")}
    return {"readings": rows, "psi": found, "threshold": alarm, "alarm": max(found.values()) > alarm}


def read_reference(path: Path) -> Counts:
    """The reference. Raises `DataError` where it is missing or is not one."""
    try:
        counts: Counts = json.loads(path.read_text())["counts"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{path}: expected a reference, made by python -m eval.drift --reference RUN: {error}"
        ) from error
    return counts


def write_reference(run: Path, path: Path) -> None:
    """Makes the reference from the output folder of `eval.batch`."""
    told = json.loads((run / "report.json").read_text())
    judgement = judge(judged.load(run), Path(told["model"]["folder"]))
    path.write_text(json.dumps({"model": judgement.card.version, "counts": of_run(judgement)}, indent=1) + "\n")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metrics", default="http://127.0.0.1:8000/metrics", help="address of the gateway's metrics")
    parser.add_argument("--reference", type=Path, metavar="RUN", help="make the reference from this run of eval.batch")
    parser.add_argument("--alarm", type=float, default=ALARM)
    options = parser.parse_args()
    with cluster.one_line():
        if options.reference:
            write_reference(options.reference, REFERENCE)
            return
        try:
            page = httpx.get(options.metrics, timeout=10).raise_for_status().text
        except httpx.HTTPError as error:
            raise DataError(f"{options.metrics}: expected the metrics of a running gateway: {error}") from error
        told = drift(of_metrics(page), read_reference(REFERENCE), options.alarm)
    print(json.dumps(told, indent=1))
    sys.exit(1 if told["alarm"] else 0)


if __name__ == "__main__":
    main()
