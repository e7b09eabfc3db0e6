"""Tests of the data before anything learns from it (Great Expectations): `python -m finetune.quality`.

They ask for row counts, label ids, texts that are not empty, lengths, label rates, texts of one split that stand in
another, and openings that repeat like a template. Training refuses data that fails, naming the expectation and the
rows. The rows are held in memory here; a sample (`finetune.ingest --share`) answers for a set that is too large.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

from agent.domain import EMOTIONS
from finetune import cluster, dataset
from finetune.dataset import SPLITS, DataError, Rows

Bounds = tuple[float, float]
SHOWN = 5
_WORD = re.compile(r"[\w']+")


class DataRules(BaseModel):
    """What data must be like. Without `rows` and `label_rate` the rules fit a set of any size; unknown keys are
    refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: dict[str, tuple[int, int]] = {}
    label_rate: Bounds = (0.0, 1.0)
    characters: tuple[int, int] = (1, 20_000)
    labels_a_row: tuple[int, int] = (1, 28)
    opening_share: float = Field(1.0, gt=0, le=1)
    repeats: int = Field(1_000_000, ge=1)
    dev_in_test: float = Field(0.0, ge=0, le=1)


@dataclass(frozen=True)
class Outcome:
    """One expectation: its name with its bounds, whether it holds, what was found, and where."""

    table: str
    expectation: str
    holds: bool
    found: str
    where: tuple[str, ...]


def rules_of(path: Path | None) -> DataRules:
    """The rules of a file, or those for a set of any size."""
    return DataRules.model_validate(yaml.safe_load(path.read_text()) or {}) if path else DataRules()


def row_table(splits: dict[str, Rows]) -> pd.DataFrame:
    """One line a row: where it stands and what the expectations ask about."""
    where: dict[str, set[str]] = {}
    for name, rows in splits.items():
        for text in set(rows.texts):
            where.setdefault(text, set()).add(name)
    return pd.concat([_one_split(name, rows, where) for name, rows in splits.items()], ignore_index=True)


def _one_split(name: str, rows: Rows, where: dict[str, set[str]]) -> pd.DataFrame:
    openings = [" ".join(_WORD.findall(text.lower())[:4]) for text in rows.texts]
    opened, repeated = Counter(openings), Counter(rows.texts)
    # Short texts are their own opening ("thank you so much"): people do write those, so only longer ones count.
    longer = [len(_WORD.findall(text)) > 6 for text in rows.texts]
    return pd.DataFrame(
        {
            "row": [f"{name}:{number}" for number in range(1, len(rows) + 1)],
            "text": rows.texts,
            "characters": [len(text) for text in rows.texts],
            "labels_a_row": rows.labels.sum(1).astype(int),
            "label_values": [bool(((row == 0) | (row == 1)).all()) for row in rows.labels],
            "leaks_into": [",".join(_leaks(name, where[text])) for text in rows.texts],
            "dev_in_test": [name != "train" and {"dev", "test"} <= where[text] for text in rows.texts],
            "opening_share": [opened[o] / len(rows) if ok else 0.0 for o, ok in zip(openings, longer, strict=True)],
            "repeats": [repeated[text] for text in rows.texts],
        }
    )


def _leaks(name: str, splits: set[str]) -> list[str]:
    """The splits on the other side of the line between what is learned and what is judged."""
    others = splits - {name} if name == "train" else splits & {"train"}
    return sorted(others)


def count_table(splits: dict[str, Rows], rules: DataRules) -> pd.DataFrame:
    """One line a split that has a rule: by how many rows it is short or over, 0 where it is right."""
    lines = []
    for name, (low, high) in rules.rows.items():
        count = len(splits[name])
        lines.append(
            {"row": f"{name}: {count} rows, expected {low} to {high}", "off_by": min(count - low, high - count)}
        )
    return pd.DataFrame(lines, columns=["row", "off_by"])


def rate_table(splits: dict[str, Rows]) -> pd.DataFrame:
    """One line a split and label: the share of rows that carry it."""
    lines = [
        {"row": f"{name} {label}", "label_rate": float(rate)}
        for name, rows in splits.items()
        if len(rows)
        for label, rate in zip(EMOTIONS, rows.labels.mean(0), strict=True)
    ]
    return pd.DataFrame(lines)


def check(splits: dict[str, Rows], rules: DataRules) -> list[Outcome]:
    """Every expectation with its outcome, in order."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    for name in ("great_expectations", "great_expectations.data_context"):
        logging.getLogger(name).setLevel(logging.ERROR)  # before the import: it tells what it registers
    import great_expectations as gx
    from great_expectations import expectations as gxe

    def between(column: str, bounds: tuple[float | None, float | None]) -> Any:
        return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=bounds[0], max_value=bounds[1])

    tables = {
        "counts": (count_table(splits, rules), [between("off_by", (0, None))]),
        "rows": (
            row_table(splits),
            [
                gxe.ExpectColumnValuesToNotMatchRegex(column="text", regex=r"^\s*$"),
                between("characters", rules.characters),
                gxe.ExpectColumnValuesToBeInSet(column="label_values", value_set=[True]),
                between("labels_a_row", rules.labels_a_row),
                gxe.ExpectColumnValuesToBeInSet(column="leaks_into", value_set=[""]),
                gxe.ExpectColumnValuesToBeInSet(column="dev_in_test", value_set=[False], mostly=1 - rules.dev_in_test),
                between("opening_share", (0, rules.opening_share)),
                between("repeats", (1, rules.repeats)),
            ],
        ),
        "rates": (rate_table(splits), [between("label_rate", rules.label_rate)]),
    }
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("discovery")
    return [one for name, (frame, asked) in tables.items() if len(frame) for one in _run(source, name, frame, asked)]


def _run(source: Any, name: str, frame: pd.DataFrame, asked: list[Any]) -> list[Outcome]:
    import great_expectations as gx

    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name=name, expectations=asked)
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": ["row"]}
    return [_outcome(name, frame, result) for result in batch.validate(suite, result_format=form).results]


def _outcome(table: str, frame: pd.DataFrame, result: Any) -> Outcome:
    config = result.expectation_config
    column = config.kwargs["column"]
    bounds = {k: v for k, v in config.kwargs.items() if k not in ("column", "batch_id")}
    if result.exception_info.get("raised_exception"):
        return Outcome(table, config.type, False, str(result.exception_info.get("exception_message")), ())
    rows = [hit["row"] for hit in result.result.get("unexpected_index_list") or []]
    values = dict(zip(frame["row"], frame[column], strict=True))
    where = tuple(f"{row} ({str(values[row])[:60]})" for row in rows)
    said = f"{len(rows)} of {len(frame)} rows unexpected" if rows else f"all {len(frame)} as expected"
    return Outcome(table, f"{config.type}({column}, {bounds})", bool(result.success), said, where)


def refuse(outcomes: list[Outcome]) -> None:
    """Raises `DataError` naming each expectation that does not hold, and its first rows."""
    failed = [o for o in outcomes if not o.holds]
    if failed:
        named = "; ".join(f"{o.expectation}: {o.found}: {', '.join(o.where[:SHOWN])}" for o in failed)
        raise DataError(f"the data tests failed, {len(failed)} of {len(outcomes)}: {named}")


def report(splits: dict[str, Rows], outcomes: list[Outcome]) -> str:
    """All outcomes as a page of Markdown."""
    counts = ", ".join(f"{name} {len(rows):,}" for name, rows in splits.items())
    bad = sum(not o.holds for o in outcomes)
    lines = [
        "# Data tests", "", f"Rows: {counts}. Data sha256: `{dataset.fingerprint(splits)}`.", "",
        f"{len(outcomes) - bad} of {len(outcomes)} expectations hold.", "",
        "| | expectation | found |", "|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {'holds' if o.holds else '**fails**'} | `{o.expectation}` | {o.found} |" for o in outcomes]
    for o in (o for o in outcomes if not o.holds):
        lines += ["", f"## {o.expectation}", "", *(f"- {where}" for where in o.where[:50])]
        lines += [f"- and {len(o.where) - 50} more"] if len(o.where) > 50 else []
    return "\n".join(lines) + "\n"


def passed_before(folder: Path, splits: dict[str, Rows], rules: DataRules) -> bool:
    """Whether `folder/data-test.json` says that this very data passed these very rules."""
    path = folder / "data-test.json"
    if not path.is_file():
        return False
    said = json.loads(path.read_text())
    return said == {"holds": True, "sha256": dataset.fingerprint(splits), "rules": json.loads(rules.model_dump_json())}


def main() -> None:
    """The command line: writes the report; exit code 1 where an expectation fails, 2 where data cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--data", type=Path, help="folder of the rows, in the place of the configured one")
    parser.add_argument("--report", type=Path, default=Path("runs/data-test.md"))
    options = parser.parse_args()
    from finetune.train import read_config

    with cluster.one_line():
        config = read_config(options.config)
        folder, rules = options.data or config.goemotions, rules_of(config.rules)
        splits = dataset.load(folder)
        outcomes = check(splits, rules)
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(report(splits, outcomes))
        verdict = {
            "holds": all(o.holds for o in outcomes), "sha256": dataset.fingerprint(splits),
            "rules": json.loads(rules.model_dump_json()),
        }  # fmt: skip
        options.report.with_name("data-test.json").write_text(json.dumps(verdict, indent=1) + "\n")
    for o in outcomes:
        print(f"{'holds' if o.holds else 'FAILS'}  {o.expectation}: {o.found}")
    print(f"report: {options.report}, {', '.join(f'{n} {len(splits[n]):,}' for n in SPLITS)} rows")
    raise SystemExit(0 if verdict["holds"] else 1)


if __name__ == "__main__":
    main()
