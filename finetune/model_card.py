"""The model card in Markdown, made from `card.json` alone: `python -m finetune.model_card models/emotion`.

Every figure in it is one of the card, so that the two cannot part. The calibration plot is drawn beside it as SVG.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from agent.errors import ArtifactError
from reader.card import load_card

_SPLITS = {
    "dev": "GoEmotions dev",
    "test": "GoEmotions test",
    "test_fp32": "GoEmotions test, before int8",
    "journal_dev": "journal entries, dev",
    "journal_test": "journal entries, test",
}
_ROWS = {
    "macro_f1": "macro-F1, 28 labels",
    "macro_f1_interval_95": "95% interval (bootstrap over rows)",
    "micro_f1": "micro-F1",
    "macro_f1_ekman": "macro-F1, 7 Ekman groups",
    "macro_f1_sentiment": "macro-F1, 4 sentiments",
    "macro_auc": "macro-AUC",
    "ece": "calibration error (p >= 0.1)",
    "brier_skill_least": "Brier skill, lowest label",
    "silent": "emotional rows without an emotion",
    "talks": "neutral rows with an emotion",
    "rows": "rows",
}
_ABOUT = """\
# The emotion model of Discovery

Reads which of 28 emotions (those of GoEmotions) a short English text holds, with a calibrated probability for each. It
is all-MiniLM-L6-v2 (22.7M parameters) with one linear layer over the mean of its last states, fine-tuned whole,
exported to ONNX in int8. Long texts are read in windows of whole sentences, which are pooled.

Version `{version}`, from `{base_model}`. This page is made from `card.json` by `python -m finetune.model_card`.

## What it is for

Suggesting to the writer of a personal journal what they may be feeling, as a suggestion that they can correct. The
person's own words always win.

## What it must not be used for

- **Diagnosis or screening** of any illness, or judging whether somebody is at risk: Discovery's crisis screen does not
  rest on it.
- **Hiring, school, insurance, credit, policing**: any decision about a person.
- **Surveillance**: reading texts of people who have not asked for it. Inferring emotions at work or school is forbidden
  in the European Union (AI Act, article 5).
- Telling how a group, a people or a language feels: it has learned from English speakers on Reddit and from our own
  entries.

## Data and licences

| data | rows | licence |
|---|---|---|
| GoEmotions train, dev, test (Demszky et al., ACL 2020) | {goemotions} | CC BY 4.0 |
| journal entries written for Discovery (`finetune/data/`), labelled by `docs/labelling.md` | see there | Apache-2.0 |
| all-MiniLM-L6-v2, the base | - | Apache-2.0 |

Sha256 of the GoEmotions rows: `{sha256}`. Temperatures, biases, thresholds and pooling were chosen on dev rows; the
test rows were read once.
"""
_LIMITS = """\
## Limits

- English only. Slang, dialects and ways of writing that neither Reddit nor our writers use are read worse.
- Irony and things left unsaid are often missed; a joke about a bad day may be read as the bad day.
- Rare labels rest on few rows (grief: 6 in GoEmotions test), so their figures have wide intervals.
- GoEmotions was labelled by raters who read comments of strangers; they often disagree,
  and so does the model with them.
- Our own entries were written for the purpose. They are nearer to a journal than Reddit is, and still no real journals.
- A probability is about a label that a rater would give, not about what a person truly feels.
"""


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines) + "\n"


def _number(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(f"{v:.3f}" for v in value)
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _metrics(metrics: dict[str, Any]) -> str:
    there = {name: title for name, title in _SPLITS.items() if name in metrics}
    rows = [[title, *(_number(metrics[split].get(key)) for split in there)] for key, title in _ROWS.items()]
    return _table(["figure", *there.values()], rows)


def _labels(card: dict[str, Any]) -> str:
    sets = [name for name in ("test", "journal_test") if name in card["metrics"]]
    rows = [
        [label, f"{card['thresholds'][i]:.2f}", *(_number(card["metrics"][name]["f1"][label]) for name in sets)]
        for i, label in enumerate(card["labels"])
    ]
    return _table(["label", "threshold", *(f"F1, {_SPLITS[name]}" for name in sets)], rows)


def _slices(metrics: dict[str, Any]) -> str:
    rows = [
        [_SPLITS[split], name, str(row["rows"]), _number(row["micro_f1"]), _number(row["silent"])]
        for split in _SPLITS
        for name, row in metrics.get(split, {}).get("slices", {}).items()
    ]
    return _table(["rows of", "slice", "rows", "micro-F1", "silent"], rows)


def _parity(metrics: dict[str, Any]) -> str:
    """The graphs against the trained network; empty for a card from before it was measured."""
    graphs = {name: row for name, row in metrics.get("parity", {}).items() if isinstance(row, dict)}
    keys = ("most", "mean", "decided_otherwise", "macro_f1_difference", "micro_f1_difference")
    rows = [[name, *(f"{row[key]:.4f}" for key in keys)] for name, row in graphs.items()]
    return _table(["graph", "largest difference", "mean", "decided otherwise", "macro-F1", "micro-F1"], rows)


def _sureness(metrics: dict[str, Any]) -> str:
    keys = ("unsure_share", "right_where_sure", "right_where_unsure")
    rows = [
        [title, *(_number(metrics[split]["sureness"][key]) for key in keys)]
        for split, title in _SPLITS.items()
        if "sureness" in metrics.get(split, {})
    ]
    return _table(["rows of", "unsure", "right where sure", "right where unsure"], rows)


def plot(bins: list[dict[str, float]], title: str) -> str:
    """A reliability diagram, 320 x 320, as SVG: the dots should lie on the line; their area goes by the pairs."""
    most = max(b["pairs"] for b in bins)
    dots = "".join(
        f'<circle cx="{40 + 260 * b["probability"]:.1f}" cy="{280 - 260 * b["true"]:.1f}" '
        f'r="{2 + 8 * (b["pairs"] / most) ** 0.25:.1f}" fill="#2a6f97"/>'
        for b in bins
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" font-family="sans-serif" font-size="11">'
        f'<title>{title}</title><rect width="320" height="320" fill="white"/>'
        '<path d="M40 20V280H300" fill="none" stroke="#444"/>'
        '<path d="M40 280L300 20" stroke="#aaa" stroke-dasharray="4"/>'
        f'{dots}<text x="170" y="312" text-anchor="middle">probability that was given</text>'
        '<text x="14" y="150" text-anchor="middle" transform="rotate(-90 14 150)">share that was true</text>'
        '<text x="40" y="294">0</text><text x="294" y="294">1</text><text x="28" y="26">1</text></svg>\n'
    )


def markdown(card: dict[str, Any]) -> str:
    """The whole page."""
    metrics, rows = card["metrics"], card["data"]["rows"]
    about = _ABOUT.format(
        version=card["version"],
        base_model=card["base_model"],
        goemotions=", ".join(f"{rows[name]:,}" for name in ("train", "dev", "test")),
        sha256=card["data"]["sha256"],
    )
    sections = {
        "Figures": _metrics(metrics),
        "Every label": _labels(card),
        "Slices": _slices(metrics),
        "Sure and unsure": "A reading is unsure where no label passes its threshold, neutral included. Right: the most "
        "probable label is one of the true ones.\n\n" + _sureness(metrics),
        "Parity": "Probabilities of the exported graphs minus those of the trained network, on GoEmotions dev.\n\n"
        + _parity(metrics),
        "Calibration": "Over all (row, label) pairs of GoEmotions test.\n\n![reliability diagram](calibration.svg)\n",
    }
    return "\n".join([about, *(f"## {title}\n\n{body}" for title, body in sections.items()), _LIMITS])


def write(folder: Path) -> None:
    """Writes `README.md` and `calibration.svg` into a model folder. Raises `ArtifactError` where it is none."""
    load_card(folder)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    if "reliability" not in card["metrics"].get("test", {}):
        raise ArtifactError(f"{folder / 'card.json'}: expected metrics.test.reliability, found none. Export it again.")
    (folder / "README.md").write_text(markdown(card), encoding="utf-8")
    drawn = plot(card["metrics"]["test"]["reliability"], "Probabilities and what was true")
    (folder / "calibration.svg").write_text(drawn, encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
