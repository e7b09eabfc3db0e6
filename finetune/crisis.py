"""Makes the head of the crisis screen: `python -m finetune.crisis`. About 20 CPU minutes on one core.

Rows come from `eval/data/safety`, split dev. One network is trained for each group of `--folds` without these writers,
whose texts say what it is worth to people it has never read. What ships is the mean of these networks' weights after
one more, gentle pass over all rows. Its thresholds are settled on split other, with the graph that ships: of harmless
texts it may raise `CRISIS_ADDED` to crisis, and with the rules `CONCERN_BUDGET` may stand at concern or above.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from agent.domain import Level
from agent.screen.verdict import judge
from finetune.crisis_net import Lesson, Recipe, fresh, logits_of, mean, train
from finetune.crisis_rows import CLASSES, Texts, everyday, load, pieces
from reader.base import base_folder
from reader.crisis import CrisisHead, level_of, mixed
from reader.integrity import sha256_of
from reader.onnx_export import export_fp32, quantise

BASE = "sentence-transformers/all-MiniLM-L6-v2"
CRISIS_ADDED, CONCERN_BUDGET = 0.012, 0.135
MIX = 0.5
"""What the logit of outright risk counts for crisis, beside that of any risk. Of the shares that find as much outright
risk on split other, the one that takes the least implicit risk for it."""

GENTLE = 0.375
"""How fast the last pass learns, beside the passes before it."""

PIECE_WEIGHT = 0.4
FOLDS = ("other,tenth,twelfth", "seventh,ninth,eleventh")

Floats = NDArray[np.float32]
log = logging.getLogger("discovery.finetune")


def lesson(rows: Texts, usual: Sequence[str], recipe: Recipe, without: Sequence[str] = ()) -> Lesson:
    """What a head learns from: the rows of all writers but those `without`, one piece of every harmless text in
    several (each piece is harmless too), and everyday texts."""
    rng = np.random.default_rng(1)
    kept = np.flatnonzero(~np.isin(rows.writers, without))
    texts = [rows.texts[i] for i in kept]
    cut = [pieces(text) for text, number in zip(texts, rows.classes[kept], strict=True) if number == 0]
    parts = [found[int(rng.integers(len(found)))] for found in cut if len(found) > 1]
    classes = np.concatenate([rows.classes[kept], np.zeros(len(parts) + len(usual), np.int64)])
    weights = np.repeat([1.0, PIECE_WEIGHT, recipe.everyday_weight], [len(texts), len(parts), len(usual)])
    return Lesson([*texts, *parts, *usual], classes, weights.astype(np.float32))


class Held(NamedTuple):
    """What was said of texts whose writers were not learned from: scores (n, 2), class and the rules' level (0..2)."""

    scores: Floats
    classes: NDArray[np.int64]
    ruled: NDArray[np.int64]


def fold(
    rows: Texts, usual: Sequence[str], recipe: Recipe, base: Path, held: Sequence[str]
) -> tuple[Held, dict[str, torch.Tensor]]:
    """What a network that has not read the writers `held` says of them, and its weights."""
    mine = np.flatnonzero(np.isin(rows.writers, held))
    texts = [rows.texts[i] for i in mine]
    model = train(lesson(rows, usual, recipe, held), base, recipe)
    said = mixed(logits_of(model, Tokenizer.from_file(str(base / "tokenizer.json")), texts), MIX)
    return Held(said, rows.classes[mine], _ruled(texts)), model.state_dict()


def thresholds(held: Held) -> tuple[float, float]:
    """The lowest scores that keep within the budgets. For crisis the head answers for its own false alarms alone: those
    of the rules would leave it nothing."""
    harmless = held.classes == 0
    scores, ruled, total = held.scores[harmless], held.ruled[harmless], int(harmless.sum())
    crisis = _limit(scores[ruled < 2, 0], int(CRISIS_ADDED * (ruled < 2).sum()))
    raised = (ruled > 0) | (scores[:, 0] >= crisis)
    return crisis, _limit(scores[~raised, 1], int(CONCERN_BUDGET * total) - int(raised.sum()))


def _limit(scores: Floats, room: int) -> float:
    """A score that `room` of these pass: midway between the last that passes and the first that does not."""
    falling = np.sort(scores)[::-1]
    if room <= 0:
        return round(float(falling[0]) + 0.01, 4)
    return round(float(falling[room - 1] + falling[min(room, len(falling) - 1)]) / 2, 4)


def figures(held: Held, limits: tuple[float, float]) -> dict[str, float]:
    """What rules and head together do on writers the head has not read, as shares."""
    order = list(Level)
    said = np.array([order.index(level_of(row, limits)) for row in held.scores])
    levels, found = np.maximum(said, held.ruled), {}
    for name, number in CLASSES.items():
        for place, least in (("concern", 1), ("crisis", 2)):
            found[f"{name}_at_{place}"] = round(float(np.mean(levels[held.classes == number] >= least)), 4)
    return found


def write(folder: Path, state: dict[str, torch.Tensor], base: Path, card: dict[str, Any]) -> None:
    """The head's folder in one step: int8 graph, tokeniser, and the card that vouches for them."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".crisis-", dir=folder.parent))
    try:
        model = fresh(base)
        model.load_state_dict(state)
        export_fp32(model, scratch / "fp32.onnx")
        quantise(scratch / "fp32.onnx", scratch / "model.onnx")
        (scratch / "fp32.onnx").unlink()
        shutil.copyfile(base / "tokenizer.json", scratch / "tokenizer.json")
        card["files"] = {name: sha256_of(scratch / name) for name in ("model.onnx", "tokenizer.json")}
        (scratch / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
        CrisisHead(scratch)  # what was written can be read
        scratch.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def make(rows: Texts, usual: Sequence[str], recipe: Recipe, base: Path, folds: Sequence[str], out: Path) -> Any:
    """Trains the folds and the head that ships, writes the folder; returns the figures on held-out writers."""
    trained = [fold(rows, usual, recipe, base, names.split(",")) for names in folds]
    held = Held(*(np.concatenate(parts) for parts in zip(*(found for found, _ in trained), strict=True)))
    limits = thresholds(held)
    found = figures(held, limits)
    last = replace(recipe, epochs=1, lr=recipe.lr * GENTLE, lr_head=recipe.lr_head * GENTLE)
    model = train(lesson(rows, usual, last), base, last, mean([state for _, state in trained]))
    write(out, model.state_dict(), base, card_of(rows, usual, recipe, limits, {"held_out_writers": found}))
    return found


def settle(folder: Path, rows: Texts) -> dict[str, float]:
    """Chooses the thresholds of a finished head on `rows`, and writes them into its card; returns its figures there.

    The mean of several networks is more or less sure than each of them, so that their thresholds are not its own.
    """
    head = CrisisHead(folder)
    held = Held(head.scores(rows.texts), rows.classes, _ruled(rows.texts))
    limits = thresholds(held)
    found = figures(held, limits)
    card = head.card.model_copy(update={"thresholds": limits, "metrics": {**head.card.metrics, "settled_on": found}})
    beside = folder / "card.json.new"
    beside.write_text(json.dumps(card.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
    os.replace(beside, folder / "card.json")
    return found


def _ruled(texts: Sequence[str]) -> NDArray[np.int64]:
    """The rules' level of every text, 0 to 2."""
    order = list(Level)
    return np.array([order.index(judge(text).level) for text in texts], np.int64)


def card_of(
    rows: Texts, usual: Sequence[str], recipe: Recipe, limits: tuple[float, float], metrics: dict[str, Any]
) -> dict[str, Any]:
    """The card of a head, but for its files."""
    counts = {name: int((rows.classes == number).sum()) for name, number in CLASSES.items()}
    return {
        "kind": "crisis", "thresholds": limits, "mix": MIX, "base_model": BASE, "recipe": asdict(recipe),
        "data": counts | {"everyday": len(usual)}, "metrics": metrics,
    }  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Trains the head that ships and prints its figures on held-out writers."""
    parser = argparse.ArgumentParser(prog="python -m finetune.crisis", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("eval/data/safety"), help="the labelled rows")
    parser.add_argument("--everyday", type=Path, nargs="*", default=[Path("finetune/data/journal.jsonl")])
    parser.add_argument("--goemotions", type=Path, help="a folder of the GoEmotions TSV files, for everyday comments")
    parser.add_argument("--most", type=int, nargs=2, default=(1200, 1500), help="how many entries and comments")
    parser.add_argument("--folds", nargs="*", default=list(FOLDS), help="writers to leave out together, by commas")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--out", type=Path, default=Path("models/crisis"))
    given = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        rows, kept = load(given.data), load(given.data, "other")
        usual = everyday(given.everyday, given.goemotions, *given.most)
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    recipe = Recipe(epochs=given.epochs)
    found = make(rows, usual, recipe, base_folder(), given.folds, given.out)
    print(json.dumps({"held-out writers": found, "settled on": settle(given.out, kept)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
