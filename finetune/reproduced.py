"""Does a new run give what ships? `python -m finetune.reproduced NEW SHIPPED`; exit code 1 with reasons if not.

Macro-F1 of the new folder has to lie within the 95% interval that the shipped card reports for every split that both
have. The thresholds, the data and the commit may differ; what a person gets from the model may not.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from agent.errors import ArtifactError
from finetune import cluster
from finetune.dataset import DataError
from reader.card import load_card


def outside(new: dict[str, Any], shipped: dict[str, Any]) -> tuple[list[str], list[str]]:
    """One line a split that both cards measured, and the lines of those outside the shipped card's interval."""
    told, wrong = [], []
    for name, row in shipped.items():
        other = new.get(name)
        if not (isinstance(row, dict) and "macro_f1_interval_95" in row and isinstance(other, dict)):
            continue
        low, high = row["macro_f1_interval_95"]
        line = f"{name}: macro-F1 {other['macro_f1']:.4f}, shipped {row['macro_f1']:.4f} ({low:.4f} to {high:.4f})"
        told.append(line)
        wrong += [] if low <= other["macro_f1"] <= high else [f"{line}: outside"]
    return told, wrong


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("new", type=Path)
    parser.add_argument("shipped", type=Path)
    options = parser.parse_args()
    with cluster.one_line():
        try:
            told, wrong = outside(load_card(options.new).metrics, load_card(options.shipped).metrics)
        except ArtifactError as error:
            raise DataError(str(error)) from error
        if not told:
            raise DataError(f"{options.new}: expected a split that {options.shipped} measured as well, found none")
    print("\n".join(wrong or told))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
