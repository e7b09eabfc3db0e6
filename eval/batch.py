"""Is the model good enough to ship? `python -m eval.batch --config configs/eval.yaml` (or `make eval`).

Rows are read by Ray Data, go through a pool of readers, and become one `report.json`, one self-contained `report.html`
and one Markdown summary. Against a running cluster: `ray job submit -- python -m eval.batch --config ...`. A reader
that dies costs its block, which is read again; a row that cannot be read goes to `broken.jsonl` with its number.

Exit codes: 0, 1 where a safety suite falls below its floor, 2 for input that cannot be used.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from eval import judged, parts, record, report, sources
from eval.classifier import Reads
from eval.parts import Explaining
from eval.summary import Judgement, judge
from finetune import cluster
from finetune.dataset import DataError
from reader.card import load_card


class EvalConfig(BaseModel):
    """One evaluation; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Path = Path("models/emotion")
    source: str
    split: str = "test"
    output: Path = Path("runs/eval")
    workers: int = Field(1, ge=1)
    threads: int = Field(2, ge=1)
    batch: int = Field(2048, ge=1)
    safety: bool = True
    explanations: Explaining = Explaining()
    suggestions: Path | None = None
    track: str | None = None


def read_config(path: Path) -> EvalConfig:
    """The configuration of a run. Raises what `cluster.one_line` turns into one line."""
    return EvalConfig.model_validate(yaml.safe_load(path.read_text()))


def read(config: EvalConfig) -> judged.Sink:
    """Streams every row through the readers into `output`; how many rows were whole and how many broken."""
    load_card(config.model)  # refused here in one line, not by an actor in fifty
    rows = sources.stream(config.source, config.split)
    pool = rows.map_batches(
        Reads,  # type: ignore[arg-type]
        fn_constructor_args=(str(config.model.resolve()), config.threads),
        concurrency=config.workers,
        num_cpus=config.threads,
        batch_size=config.batch,
        batch_format="numpy",
    )
    sink = judged.Sink(config.output)
    sink.take(pool.iter_batches(batch_size=1024, batch_format="numpy"))
    if not sink.rows:
        raise DataError(f"{config.source}: no row could be read; {config.output / 'broken.jsonl'} says why of each")
    return sink


def evaluate(config: EvalConfig, against: Path | None = None) -> dict[str, Any]:
    """Reads, judges and reports. `against` is another model folder, or the output folder of another run."""
    began = time.monotonic()
    sink = read(config)
    elapsed = time.monotonic() - began
    run = judged.load(config.output)
    ours = judge(run, config.model)
    theirs = _other(config, against) if against else None
    told = report.facts(ours, theirs) | {
        "source": config.source,
        "broken_rows": sink.broken,
        "rows_a_second": round(sink.rows / elapsed, 1),
    }
    told["explanations"] = parts.explanations(run, config.model, config.explanations, config.output)
    told["suggestions"] = parts.suggestions(config.suggestions) if config.suggestions else {}
    if config.safety:
        told["safety"] = _safety()
    report.write(config.output, told)
    if config.track:
        record.evaluation(config.output, told, os.environ.get("MLFLOW_TRACKING_URI", config.track))
    return told


def _other(config: EvalConfig, against: Path) -> Judgement:
    if (against / "rows.parquet").is_file():
        told = json.loads((against / "report.json").read_text())
        return judge(judged.load(against), Path(told["model"]["folder"]))
    beside = config.model_copy(update={"model": against, "output": config.output / "against"})
    read(beside)
    return judge(judged.load(beside.output), against)


def _safety() -> dict[str, Any]:
    from eval.gate import safety_gate

    return safety_gate()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/eval.yaml"))
    parser.add_argument("--model", type=Path, help="another model folder than the configured one")
    parser.add_argument("--source", help="other rows than the configured ones")
    parser.add_argument("--output", type=Path, help="another folder for the report")
    parser.add_argument("--against", type=Path, help="a model folder, or the output of another run, to compare with")
    options = parser.parse_args()
    with cluster.one_line():
        named = {"model": options.model, "source": options.source, "output": options.output}
        config = read_config(options.config).model_copy(update={k: v for k, v in named.items() if v})
        with cluster.started(None if os.environ.get("RAY_ADDRESS") else config.workers * config.threads + 1):
            told = evaluate(config, options.against)
    print(report.lines(told))
    sys.exit(1 if told.get("safety", {}).get("passed") is False else 0)


if __name__ == "__main__":
    main()
