"""Is a line taken for what it is? Fits the router's head, and judges it on lines that it has never seen.

`python -m eval.routes` prints the figures; `--fit` first fits the head on `reader/data/routes.jsonl` and chooses its
threshold on `eval/data/routes/dev.jsonl` and a third of the journal texts; `--wrong` shows every line taken wrongly.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.asking import ROUTES, may_ask
from agent.config import ROOT
from reader.encoder import Encoder
from reader.integrity import sha256_of
from reader.router import EXAMPLES, HEAD, Router, features
from serving.artifacts import cache_folder, load_sources, prepare_encoder

HERE = Path(__file__).parent / "data" / "routes"
PARTS = Path(__file__).parents[1] / "finetune" / "data" / "parts"
MOST_TAKEN = 0.005
"""Largest share of the entries for choosing that the threshold may let through as questions."""

Lines = list[tuple[str, str]]
Floats = NDArray[np.float32]


def lines_of(path: Path) -> Lines:
    """(text, route) of a JSONL file."""
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], row["route"]) for row in rows]


def pages(third: int) -> Lines:
    """One third (0 examples, 1 choosing, 2 judging) of the project's own journal texts; all of them are entries."""
    texts = [json.loads(row)["text"] for part in sorted(PARTS.glob("*.jsonl")) for row in part.open(encoding="utf-8")]
    return [(t, "entry") for t in texts if int(hashlib.sha256(t.encode()).hexdigest(), 16) % 3 == third]


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share."""
    z, p = 1.96, hits / total
    middle, half = p + z * z / (2 * total), z * np.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return float((middle - half) / (1 + z * z / total)), float((middle + half) / (1 + z * z / total))


def fit(embed: Encoder, head: Path = HEAD) -> None:
    """Fits the head and writes it with the threshold that was chosen."""
    from sklearn.linear_model import LogisticRegression

    texts, routes = zip(*lines_of(EXAMPLES), strict=True)
    model = LogisticRegression(C=30, max_iter=3000, class_weight="balanced")
    model.fit(features(texts, embed.embed(texts)), routes)
    order = [list(model.classes_).index(route) for route in ROUTES]
    weights, bias = model.coef_[order].T.astype(np.float32), model.intercept_[order].astype(np.float32)
    stored = {"weights": weights, "bias": bias, "routes": np.array(ROUTES), "examples": np.array(sha256_of(EXAMPLES))}
    np.savez(head, **stored, threshold=np.array(0.5))
    np.savez(head, **stored, threshold=np.array(_threshold(Router(head), embed)))


def _threshold(router: Router, embed: Encoder) -> float:
    """The lowest threshold from 0.7 on at which few enough entries are taken for questions."""
    chosen = [text for text, route in lines_of(HERE / "dev.jsonl") + pages(1) if route == "entry"]
    asked = router.shares(chosen, embed.embed(chosen))
    sure = [1 - row[ROUTES.index("entry")] for row, text in zip(asked, chosen, strict=True) if may_ask(text)]
    grid = np.arange(0.70, 0.96, 0.01)
    return float(next((t for t in grid if sum(s >= t for s in sure) <= MOST_TAKEN * len(chosen)), grid[-1]))


def judge(name: str, rows: Lines, router: Router, embed: Encoder, *, wrong: bool) -> None:
    """Prints how many of these lines were taken for what they are."""
    texts = [text for text, _ in rows]
    taken = router.route(texts, embed.embed(texts))
    hits = sum(asked.route == route for asked, (_, route) in zip(taken, rows, strict=True))
    low, high = wilson(hits, len(rows))
    print(f"{name:<44} {hits:>4} of {len(rows):<4} {hits / len(rows):6.1%}  [{low:.1%}, {high:.1%}]")
    for asked, (text, route) in zip(taken, rows, strict=True):
        if wrong and asked.route != route:
            print(f"    {route} taken for {asked.route} ({asked.sure:.2f}): {text[:110]!r}")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit the head and choose its threshold first")
    parser.add_argument("--dev", action="store_true", help="judge the lines for choosing instead of the held-out ones")
    parser.add_argument("--wrong", action="store_true", help="show every line that was taken wrongly")
    chosen = parser.parse_args(arguments)
    source = load_sources(ROOT / "configs" / "artifacts.yaml")["encoder"]
    embed = Encoder(prepare_encoder(source, cache_folder()))
    if chosen.fit:
        fit(embed)
    router = Router()
    written = lines_of(HERE / ("dev.jsonl" if chosen.dev else "test.jsonl"))
    questions, hard = [r for r in written if r[1] != "entry"], [r for r in written if r[1] == "entry"]
    texts = pages(1 if chosen.dev else 2)
    print(f"threshold {router.threshold:.2f}; share taken for what it is, with its 95% interval")
    groups = {
        "questions": questions,
        "entries that look like questions": hard,
        "journal texts": texts,
        "all written lines and 150 journal texts": [*written, *texts[:150]],
        "all entries": [*hard, *texts],
    }
    for name, rows in groups.items():
        judge(name, rows, router, embed, wrong=chosen.wrong and rows in (questions, hard, texts))


if __name__ == "__main__":
    main()
