"""Is the evidence what carried the reading, and is every way through the prompt's form true?

`python -m eval.explain faithfulness FILE...` compares the drop that the evidence causes with that of random spans of
as many words. `forms` says how many of the ways through the prompt's form pass the check, the model left out; what the
model itself makes of entries is the matter of `eval.explanations`. FILE holds entries: JSON lines with a `text`, or
tab-separated rows with the text first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent import evidence, explain, phrases
from agent.domain import EMOTIONS, Reading, Span
from agent.prompts import version
from reader.emotion import EmotionClassifier


class InProcess:
    """The classifier in this process, as the port that the evidence asks."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._classifier = EmotionClassifier(folder, threads=threads)
        self.version = self._classifier.card.version

    async def read(self, texts: Sequence[str], *, full: bool = True) -> list[Reading]:
        """See `agent.ports.Classifier`."""
        return self._classifier.readings(*self._classifier.rows(texts), full=full)

    async def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `agent.ports.Classifier`."""
        return self._classifier.probabilities(texts)


def entries(files: Sequence[Path], limit: int) -> list[str]:
    """At most `limit` texts of the files, drawn with a fixed seed."""
    texts: list[str] = []
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        texts += [json.loads(line)["text"] if file.suffix == ".jsonl" else line.split("\t")[0] for line in lines]
    random.Random(11).shuffle(texts)
    return texts[:limit]


def a_way(form: str, rng: random.Random) -> str:
    """One text that a form of nested alternatives `(a|b)` accepts, every alternative as likely as its neighbours."""
    text, place = _branch(form, 0, rng)
    assert place == len(form), f"unbalanced form at {place}"
    return text


def _branch(form: str, place: int, rng: random.Random) -> tuple[str, int]:
    options, current = [], ""
    while place < len(form) and form[place] != ")":
        if form[place] == "(":
            inner, place = _branch(form, place + 1, rng)
            current += inner
        elif form[place] == "|":
            options.append(current)
            current = ""
        else:
            place += form[place] == "\\"
            current += form[place]
        place += 1
    return rng.choice([*options, current]), place


async def _read(classifier: InProcess, text: str) -> tuple[Reading, tuple[Span, ...], float]:
    """Reading and evidence of a text, and the seconds that the evidence took."""
    [reading] = await classifier.read([text])
    began = time.perf_counter()
    spans = await evidence.spans(text, reading, classifier)
    return reading, spans, time.perf_counter() - began


def _random_span(text: str, words: int, rng: random.Random, beside: Span | None = None) -> tuple[int, int] | None:
    """A run of so many words, drawn at random; with `beside`, from those that do not touch that span. None for none."""
    tokens = phrases.words(text)
    runs = [(a[0], b[1]) for a, b in zip(tokens, tokens[words - 1 :], strict=False)]
    if beside:
        runs = [(start, end) for start, end in runs if end <= beside.start or beside.end <= start]
    return rng.choice(runs) if runs and words < len(tokens) else None


async def faithfulness(classifier: InProcess, texts: Sequence[str]) -> dict[str, float]:
    """Mean drop of a label's probability without its evidence, without random spans of as many words, and without such
    spans beside the evidence: in a short text most others share words with it."""
    rng, seconds = random.Random(3), []
    drops: dict[str, list[float]] = {"evidence": [], "random": [], "beside": []}
    for text in texts:
        _, spans, took = await _read(classifier, text)
        if spans:
            seconds.append(took)
        for span in spans:
            count, label = len(span.of(text).split()), EMOTIONS.index(span.label)
            away = {"evidence": (span.start, span.end), "random": _random_span(text, count, rng),
                    "beside": _random_span(text, count, rng, span)}  # fmt: skip
            if not away["random"]:
                continue
            there = {name: run for name, run in away.items() if run}
            rows = await classifier.probabilities([text, *(text[:a] + text[b:] for a, b in there.values())])
            for name, row in zip(there, rows[1:], strict=True):
                drops[name].append(float(rows[0, label] - row[label]))
    mean = {name: statistics.fmean(values) if values else 0.0 for name, values in drops.items()}
    return {
        "spans": len(drops["evidence"]),
        "mean drop": mean["evidence"],
        "random spans": mean["random"],
        "ratio": mean["evidence"] / max(1e-6, mean["random"]),
        "ratio to spans beside": mean["evidence"] / max(1e-6, mean["beside"]),
        "seconds, median": statistics.median(seconds) if seconds else 0.0,
    }


async def forms(classifier: InProcess, texts: Sequence[str], name: str, ways: int) -> Counter[str]:
    """What the check says of `ways` random ways through the form of every entry's explanation."""
    rng, outcome, prompt = random.Random(5), Counter[str](), version(name)
    for text in texts:
        reading, spans, _ = await _read(classifier, text)
        for _ in range(ways):
            sentences = [a_way(form, rng) for form in prompt.forms(explain.found(text, reading, spans), reading)]
            faults = [fault for s in sentences if (fault := explain.check(s, text, reading, spans))]
            outcome[faults[0] if faults else "passes"] += 1
    return outcome


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("faithfulness", "forms"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=400)
    parser.add_argument("--ways", type=int, default=5, help="ways through each form")
    parser.add_argument("--prompt", default="v3")
    parser.add_argument("--folder", type=Path, default=Path("models/emotion"), help="the emotion model")
    args = parser.parse_args()
    texts = entries(args.files, args.limit)
    if args.what == "forms":
        print(dict(asyncio.run(forms(InProcess(args.folder), texts, args.prompt, args.ways)).most_common()))
    else:
        print(asyncio.run(faithfulness(InProcess(args.folder), texts)))


if __name__ == "__main__":
    main()
