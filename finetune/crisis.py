"""Trains the head of the crisis screen: `python -m finetune.crisis`. About a minute; no GPU, no torch.

Rows come from `eval/data/safety`, split dev only. The layer for crisis learns outright risk against harmless texts, the
one for concern any risk against harmless texts; entries and comments of every day stand beside the harmless ones with
less weight, so that ordinary writing stays far from the thresholds. These are chosen on five held-out folds: the share
of harmless dev texts that the head may raise is `CRISIS_BUDGET` and `CONCERN_BUDGET`, beside what the rules raise.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from reader.crisis import BUCKETS, WIDTH, CrisisHead, buckets, level_of, pieces
from reader.encoder import Encoder
from reader.integrity import sha256_of

FILES = ("explicit.jsonl", "implicit.jsonl", "negatives.jsonl", "other.jsonl", "more.jsonl")
CLASSES = {"explicit": 2, "implicit": 1, "negative": 0}
CRISIS_BUDGET, CONCERN_BUDGET = 0.010, 0.075
C = 10.0
EVERYDAY_WEIGHT = 0.3
FOLDS = 5

FLOATS = NDArray[np.float32]
Embed = Callable[[Sequence[str]], FLOATS]


class Texts(NamedTuple):
    """Texts with their class: 2 outright risk, 1 implicit risk, 0 harmless."""

    texts: list[str]
    classes: NDArray[np.int64]


def load(folder: Path, split: str = "dev") -> Texts:
    """The rows of one split of all files. Raises `KeyError` for an unknown class."""
    rows = [json.loads(line) for name in FILES for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["split"] == split]
    return Texts([row["text"] for row in rows], np.array([CLASSES[row["class"]] for row in rows]))


def everyday(parts: Sequence[Path], comments: Path | None, most: int) -> list[str]:
    """Journal entries of our own and, where the folder is there, the first comments of the GoEmotions train split."""
    texts = [json.loads(line)["text"] for path in parts for line in path.read_text(encoding="utf-8").splitlines()]
    if comments:
        lines = (comments / "train.tsv").read_text(encoding="utf-8").splitlines()
        texts += [line.split("\t")[0] for line in lines[:most]]
    return texts


def features(texts: Sequence[str], embed: Embed) -> sparse.csr_matrix:
    """What the layer sees: the vector and the hashed runs of words, (n, 384 + BUCKETS)."""
    places = [buckets(text) for text in texts]
    ends = np.cumsum([0, *(len(place) for place in places)])
    values = np.concatenate([np.full(len(p), 1 / np.sqrt(max(1, len(p))), np.float32) for p in places])
    words = sparse.csr_matrix((values, np.concatenate(places), ends), shape=(len(texts), BUCKETS))
    return sparse.hstack([sparse.csr_matrix(embed(texts)), words]).tocsr()


def fit(seen: sparse.csr_matrix, classes: NDArray[np.int64], usual: sparse.csr_matrix) -> dict[str, FLOATS]:
    """The tensors of a head: two logistic regressions, for crisis and for concern."""
    rows = []
    for keep, lowest in ((classes != 1, 2), (classes >= 0, 1)):
        x = sparse.vstack([seen[np.flatnonzero(keep)], usual]).tocsr()
        y = np.concatenate([classes[keep] >= lowest, np.zeros(usual.shape[0], bool)])
        weight = np.concatenate([np.ones(int(keep.sum())), np.full(usual.shape[0], EVERYDAY_WEIGHT)])
        model = LogisticRegression(C=C, solver="liblinear").fit(x, y, sample_weight=weight)
        rows.append((model.coef_[0].astype(np.float32), np.float32(model.intercept_[0])))
    return {
        "vector": np.stack([coefficients[:WIDTH] for coefficients, _ in rows]),
        "words": np.stack([coefficients[WIDTH:] for coefficients, _ in rows]),
        "bias": np.array([bias for _, bias in rows], np.float32),
    }


class Seen(NamedTuple):
    """Texts and their pieces as features, made once: `owner` is the text of each piece."""

    whole: sparse.csr_matrix
    parts: sparse.csr_matrix
    owner: NDArray[np.int64]


def look(texts: Sequence[str], embed: Embed) -> Seen:
    """The features of texts and of the pieces of those that have several."""
    cut = [(number, piece) for number, text in enumerate(texts) if len(found := pieces(text)) > 1 for piece in found]
    owner = np.array([number for number, _ in cut], dtype=np.int64)
    return Seen(features(texts, embed), features([piece for _, piece in cut], embed), owner)


def scores(tensors: dict[str, FLOATS], seen: Seen, wanted: NDArray[np.intp]) -> FLOATS:
    """What a head of these tensors would say of the texts at `wanted`, (n, 2): as `reader.crisis` pools it."""
    weights = np.concatenate([tensors["vector"], tensors["words"]], axis=1).T
    whole = seen.whole @ weights + tensors["bias"]
    parts = seen.parts @ weights + tensors["bias"]
    best = np.full_like(whole, -np.inf)
    np.maximum.at(best, seen.owner, parts)
    pooled: FLOATS = np.where(np.isfinite(best), (whole + best) / 2, whole)
    return pooled[wanted]


def folds(rows: Texts, seen: Seen, usual: sparse.csr_matrix) -> FLOATS:
    """Scores of every row by a head that has not seen it, (n, 2)."""
    out = np.zeros((len(rows.texts), 2), np.float32)
    cut = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for known, unknown in cut.split(np.zeros(len(rows.texts)), rows.classes):
        tensors = fit(*_learned(seen, rows.classes, known), usual)
        out[unknown] = scores(tensors, seen, unknown)
    return out


def _learned(
    seen: Seen, classes: NDArray[np.int64], known: NDArray[np.intp]
) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """What is learned from: the texts, and every piece of a harmless text, for each of them is harmless too."""
    harmless = np.isin(seen.owner, known[classes[known] == 0])
    rows = sparse.vstack([seen.whole[known], seen.parts[np.flatnonzero(harmless)]]).tocsr()
    return rows, np.concatenate([classes[known], np.zeros(int(harmless.sum()), np.int64)])


def thresholds(held_out: FLOATS, classes: NDArray[np.int64]) -> tuple[float, float]:
    """The logits that the budgeted share of harmless texts passes."""
    harmless = held_out[classes == 0]
    budgets = (CRISIS_BUDGET, CONCERN_BUDGET)
    crisis, concern = (float(np.quantile(harmless[:, n], 1 - budget)) for n, budget in enumerate(budgets))
    return crisis, concern


def figures(held_out: FLOATS, classes: NDArray[np.int64], limits: tuple[float, float]) -> dict[str, float]:
    """What the head alone does on held-out rows, as shares."""
    levels = np.array([["none", "concern", "crisis"].index(level_of(row, limits).value) for row in held_out])
    return {
        "explicit_at_crisis": round(float(np.mean(levels[classes == 2] == 2)), 4),
        "implicit_at_concern": round(float(np.mean(levels[classes == 1] >= 1)), 4),
        "negatives_at_crisis": round(float(np.mean(levels[classes == 0] == 2)), 4),
        "negatives_at_concern": round(float(np.mean(levels[classes == 0] >= 1)), 4),
    }


def write(folder: Path, tensors: dict[str, FLOATS], card: dict[str, Any]) -> None:
    """The head's folder: tensors, and the card that vouches for them."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "head.safetensors")
    card["files"] = {"head.safetensors": sha256_of(folder / "head.safetensors")}
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def train(rows: Texts, usual: Sequence[str], embed: Embed, out: Path, encoder: str) -> dict[str, float]:
    """Trains, chooses thresholds on held-out folds, writes the folder; returns the held-out figures."""
    seen, everyday_seen = look(rows.texts, embed), features(usual, embed)
    held_out = folds(rows, seen, everyday_seen)
    limits = thresholds(held_out, rows.classes)
    found = figures(held_out, rows.classes, limits)
    tensors = fit(*_learned(seen, rows.classes, np.arange(len(rows.texts))), everyday_seen)
    counts = {name: int((rows.classes == number).sum()) for name, number in CLASSES.items()}
    card = {"kind": "crisis", "thresholds": limits, "encoder": encoder, "data": counts | {"everyday": len(usual)}}
    write(out, tensors, card | {"metrics": {"held_out_folds": found}})
    CrisisHead(out)  # what was written can be read
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Trains the head that ships and prints its held-out figures."""
    parser = argparse.ArgumentParser(prog="python -m finetune.crisis", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("eval/data/safety"), help="the labelled rows")
    parser.add_argument("--everyday", type=Path, nargs="*", default=[Path("finetune/data/parts/a.jsonl")])
    parser.add_argument("--goemotions", type=Path, help="a folder of the GoEmotions TSV files, for everyday comments")
    parser.add_argument("--comments", type=int, default=4000, help="how many of its comments")
    parser.add_argument("--encoder", type=Path, required=True, help="the prepared folder of the sentence encoder")
    parser.add_argument("--out", type=Path, default=Path("models/crisis"))
    given = parser.parse_args(argv)
    usual = everyday(given.everyday, given.goemotions, given.comments)
    found = train(load(given.data), usual, Encoder(given.encoder).embed, given.out, given.encoder.name)
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
