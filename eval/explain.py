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


def _random_span(text: str, words: int, rng: random.Random) -> tuple[int, int] | None:
    tokens = phrases.words(text)
    if words >= len(tokens):
        return None
    first = rng.randrange(len(tokens) - words + 1)
    return tokens[first][0], tokens[first + words - 1][1]


async def faithfulness(classifier: InProcess, texts: Sequence[str]) -> dict[str, float]:
    """Mean drop of a label's probability without its evidence, and without random spans of as many words."""
    rng, chosen, control, seconds = random.Random(3), [], [], []
    for text in texts:
        _, spans, took = await _read(classifier, text)
        if not spans:
            continue
        seconds.append(took)
        variants, labels = [text], [0]
        for span in spans:
            pairs = [(span.start, span.end), _random_span(text, len(span.of(text).split()), rng)]
            if pairs[1] is None:
                continue
            variants += [text[: p[0]] + text[p[1] :] for p in pairs if p]
            labels.append(EMOTIONS.index(span.label))
        rows = await classifier.probabilities(variants)
        for number, label in enumerate(labels[1:]):
            chosen.append(float(rows[0, label] - rows[1 + 2 * number, label]))
            control.append(float(rows[0, label] - rows[2 + 2 * number, label]))
    return {
        "spans": len(chosen),
        "mean drop": statistics.fmean(chosen),
        "random spans": statistics.fmean(control),
        "ratio": statistics.fmean(chosen) / max(1e-6, statistics.fmean(control)),
        "seconds, median": statistics.median(seconds),
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
