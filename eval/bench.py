"""Every figure of the README, each beside its peer: `python -m eval.bench` (or `make bench`), about 20 minutes.

Parts are measured one after another, and each is kept in `docs/benchmarks/results.json` as soon as it is there: a run
that is killed loses no more than the part it was in. `--only turns,llm` measures these parts and leaves the others as
they were. Nothing here is a test: the figures are for reading, and count only where nothing else runs.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from agent.config import ROOT
from eval import bench_batch, bench_classifier, bench_llm, bench_peers, bench_search, bench_turns
from eval.bench_page import Section, write
from eval.figures import Figure, Results, Stopwatch, repeated
from eval.machine import load
from eval.running import Running, running
from serving.artifacts import cache_folder

STARTS = 3
console = Console(stderr=True)

SECTIONS = (
    Section("Start", ("start", "memory"), "`make run` on an installed checkout, with warm files where an earlier start "
            "warmed them; memory is that of all processes, shared pages counted once, after the other parts.",
            front=("second start to everything", "memory")),
    Section("One entry", ("turns",), "Milliseconds after POST, over four entries of thirty words, each several times.",
            front=("`emotions` after POST, 30 words, p50", "`explanation` after POST, 30 words, p50",
                   "`done` after POST, 30 words, p50")),
    Section("Short texts by HTTP", ("http", "http peers"), "The same int8 model behind each server; clients on the "
            "same cores. Ours answers through Ray Serve, with the crisis screen of every text.",
            (("Discovery / LitServe", "Discovery: one short text", "LitServe: one short text", ">= 0.5 x"),
             ("Discovery / plain FastAPI", "Discovery: one short text", "plain FastAPI: one short text", "")),
            ("Discovery: one short text", "LitServe: one short text", "`/v1/classify`")),
    Section("The classifier in process", ("pipeline",), "The int8 model by our reader, and the network in fp32 by the "
            "`transformers` pipeline at its best batch size, turn by turn.",
            front=("ours / transformers pipeline in fp32, best batch",)),
    Section("The language model", ("llm", "llama.cpp"), "SmolLM2-135M-Instruct. Ours is int8 under vLLM, decodes "
            "within a form, and has every sentence checked; llama.cpp runs the Q4_1 file from which ours is made, "
            "freely, on as many threads as there are cores. *Whole* is tokens over the time from asking to the end, "
            "the prompt included; *writing alone* is one over the time from token to token.",
            (("Discovery / llama.cpp, a whole explanation", "Discovery: a whole", "llama.cpp: a whole", ""),
             ("Discovery / llama.cpp, writing alone", "Discovery: writing", "llama.cpp: writing", "")),
            ("Discovery: writing", "llama.cpp: writing")),
    Section("Suggestions and search", ("search",), "nDCG@10 over the report half of the relevance set (mean over its "
            "entries); times in process, without HTTP and without embedding the question."),
    Section("Batch evaluation", ("batch",), "Made-up rows by Ray Data and by a loop in one process, in turns."),
)  # fmt: skip

Part = Callable[[], list[Figure]]
WITH_PRODUCT = ("start", "turns", "http", "llm", "memory")
ALONE = ("http peers", "pipeline", "llama.cpp", "search", "batch")
PARTS = WITH_PRODUCT + ALONE


def of_product(product: Running, starts: Sequence[dict[str, float]]) -> dict[str, Part]:
    """What a running product does, in the order of measuring; memory comes last, when everything was used."""
    url = f"{product.api}/v1/classify"
    return {
        "start": lambda: started(starts),
        "turns": lambda: bench_turns.turns(product.api),
        "http": lambda: [
            *bench_classifier.short_texts("Discovery", url, lambda text: {"texts": [text]}),
            bench_classifier.bulk(product.api),
        ],
        "llm": lambda: bench_llm.ours(product.api),
        "memory": lambda: [repeated("memory of all processes", "GB", [product.memory_gb()], "<= 8 GB")],
    }


def started(starts: Sequence[dict[str, float]]) -> list[Figure]:
    """Seconds from the command to each part."""
    asked = {"journal": "<= 20 s", "classifier": "<= 20 s", "all": "<= 90 s"}
    names = {"all": "everything ready"}
    return [
        repeated(
            f"second start to {names.get(part, part)}", "s", [s[part] for s in starts], limit, names.get(part, part)
        )
        for part, limit in asked.items()
    ]


class Run:
    """One run: the chosen parts, one after another; a part that fails is told and costs nothing but itself."""

    def __init__(self, root: Path, only: Sequence[str], starts: int, llama_server: Path | None) -> None:
        self._root, self._only, self._starts, self._llama = root, only, starts, llama_server
        self.results = Results(root / "docs" / "benchmarks" / "results.json")
        self._load = load()  # before anything is measured: later the load is our own
        self.failed: list[str] = []

    def all(self) -> None:
        """Measures every chosen part and writes the page after each."""
        if any(name in self._only for name in WITH_PRODUCT):
            self.guarded("the product", self._product)
        alone: dict[str, Part] = {
            "http peers": bench_classifier.peers,
            "pipeline": bench_classifier.in_process,
            "llama.cpp": lambda: bench_llm.llama(self._llama),
            "search": bench_search.figures,
            "batch": bench_batch.figures,
        }
        for name, part in alone.items():
            self._part(name, part)

    def _product(self) -> None:
        first = not list(cache_folder().glob("llm-*"))  # that start also prepares the models, and does not count
        count = (self._starts if "start" in self._only else 1) + first
        ready: list[dict[str, float]] = []
        for number in range(count):
            with running() as product:
                console.log(f"start {number + 1} of {count}", product.ready)
                ready.append(product.ready)
                if number == count - 1:
                    for name, part in of_product(product, ready[first:]).items():
                        self._part(name, part)

    def _part(self, name: str, part: Part) -> None:
        if name in self._only:
            self.guarded(name, lambda: self._measure(name, part))

    def _measure(self, name: str, part: Part) -> None:
        console.log(f"measuring: {name}")
        watch = Stopwatch(self._load)
        self.results.put(name, watch.measured(part()))
        self.page()

    def page(self) -> None:
        """Writes the page of the figures there are."""
        write(self._root, SECTIONS, self.results.parts)

    def guarded(self, name: str, work: Callable[[], object]) -> None:
        """Does some work; when it fails, that is told and remembered."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it was, the other parts go on
            self.failed.append(name)
            console.log(f"{name} could not be measured: {type(error).__name__}: {error}")


def chosen(text: str) -> list[str]:
    """Part names of a comma-separated list; `llm` stands for its peer as well, `http` for its own."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := sorted(set(names) - set(PARTS)):
        raise argparse.ArgumentTypeError(f"found {', '.join(unknown)}, expected some of {', '.join(PARTS)}")
    peers = {"llm": "llama.cpp", "http": "http peers"}
    return names + [peers[name] for name in names if name in peers]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 when a part could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=chosen, default=list(PARTS), help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--starts", type=int, default=STARTS, help="how often the product is started for `start`")
    parser.add_argument("--llama-server", type=Path, help="a llama-server built on this machine, for the wheel's")
    parser.add_argument("--root", type=Path, default=ROOT, help="where README.md and docs/benchmarks.md are")
    parser.add_argument("--prepare", action="store_true", help="only install the peers' environments")
    parser.add_argument("--page", action="store_true", help="only write the page of the last figures again")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that whatever was started is stopped
    run = Run(options.root, options.only, options.starts, options.llama_server)
    if not options.page:
        for name in bench_peers.ENVIRONMENTS:
            run.guarded(f"the environment of {name}", partial(bench_peers.python, name))
    if options.page:
        run.page()
    elif not options.prepare:
        run.all()
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
