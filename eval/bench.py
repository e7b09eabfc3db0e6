"""Every figure of the README in one run: `python -m eval.bench` (or `make bench`), about six minutes on two cores.

Peers run in the same run on the same machine. Nothing here is a test: the figures are for reading.
"""

from __future__ import annotations

import argparse
import platform
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console

from eval import bench_batch, bench_classifier, bench_turns
from eval.running import running

Row = tuple[str, str, str]
console = Console()


def machine() -> str:
    """The machine in one line."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    name = next(
        (line.split(":")[1].strip() for line in info.splitlines() if "model name" in line), platform.processor()
    )
    flags = [f for f in ("avx2", "avx512_vnni", "avx512_bf16", "amx_int8") if f in info]
    memory = psutil.virtual_memory().total / 1e9
    return f"{psutil.cpu_count()} cores of {name} ({', '.join(flags)}), {memory:.0f} GB, {platform.platform()}"


def product_rows() -> list[Row]:
    """What a running product does."""
    with running() as product:
        console.log("the product is ready", product.ready)
        journal, everything = product.ready["journal"], product.ready["all"]
        classifier = product.ready["classifier"]
        rows = [
            ("second start to journal / classifier / everything ready", f"{journal:.0f} / {classifier:.0f} / "
             f"{everything:.0f} s", "<= 20 / 20 / 90 s"),
        ]  # fmt: skip
        limits = {"saved": "30", "emotions": "80", "evidence": "250", "explanation": "2000", "done": "8000"}
        for name, (p50, p90) in bench_turns.turns(product.api).items():
            rows.append(
                (f"`{name}` after POST, 30 words, p50 (p90)", f"{p50:.0f} ms ({p90:.0f})", f"<= {limits[name]} ms")
            )
        rows.append(
            ("/v1/classify, 512 texts of 15 words", f"{bench_classifier.bulk(product.api):.0f} texts/s", ">= 450")
        )
        url = f"{product.api}/v1/classify"
        rows += served_rows("Discovery", bench_classifier.short_texts(url, lambda text: {"texts": [text]}))
        rows.append(
            (
                "language model through the graph, one stream, prompt included",
                f"{bench_turns.tokens_a_second(product.api):.1f} tokens/s",
                ">= 30",
            )
        )
        rows.append(("memory of all processes", f"{product.memory_gb():.1f} GB", "<= 8 GB"))
    console.log(rows)
    return rows


def served_rows(who: str, found: bench_classifier.Served) -> list[Row]:
    """Capacity and latency of one server of single short texts."""
    least = ">= 0.5x LitServe" if who == "Discovery" else ""
    wait = found.wait
    return [
        (f"{who}: one short text by HTTP, 8 clients, closed loop", f"{found.rate} requests/s", least),
        (f"{who}: latency at half of that, open loop, p50 (p99)", f"{wait.p50:.0f} ms ({wait.p99:.0f})"
         + (f", {wait.failed} of {wait.asked} failed" if wait.failed else ""), ""),
    ]  # fmt: skip


def batch_rows() -> list[Row]:
    """Batch evaluation against a loop by hand."""
    told = bench_batch.bench(10_000, 2, grown=True)
    memory = told["memory_mb"]
    return [
        ("batch evaluation on Ray Data", f"{told['ray_data_rows_a_second']:.0f} rows/s", ""),
        ("a tuned loop in one process, same threads and tokeniser", f"{told['by_hand_rows_a_second']:.0f} rows/s", ""),
        ("Ray Data / loop", f"{told['ratio']:.2f}x", ">= 0.9x at 50,000 rows"),
        ("memory with ten times the rows", f"{memory['tenth_of_the_rows']} -> {memory['all_rows']} MB", "flat"),
    ]


def peer_rows() -> list[Row]:
    """Peers, and our classifier without the graph."""
    rates = bench_classifier.in_process()
    single = rates["ours, one by one"] / rates["pipeline, one by one"]
    batch = rates["ours, all at once"] / rates["pipeline, best batch"]
    rows = [(f"in process: {name}", f"{rate:.0f} texts/s", "") for name, rate in rates.items()]
    rows.append(("ours / transformers pipeline in fp32, one by one", f"{single:.1f}x", ">= 3x"))
    rows.append(("ours / transformers pipeline in fp32, best batch", f"{batch:.1f}x", ">= 1.5x"))
    rows += served_rows("LitServe", bench_classifier.litserve())
    rows += served_rows("plain FastAPI", bench_classifier.plain_fastapi())
    return rows


def table(rows: list[Row]) -> str:
    """The figures as Markdown."""
    lines = [f"| {what} | {figure} | {least} |" for what, figure, least in rows]
    return "\n".join(["| what | measured | asked for |", "|---|---|---|", *lines])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="also write the table to this Markdown file")
    options = parser.parse_args()
    rows = product_rows() + peer_rows() + batch_rows()
    text = (
        f"# Benchmarks\n\nMeasured {datetime.now(UTC):%Y-%m-%d} by `make bench` on {machine()}.\n"
        "Times are medians of 20 turns; rates are means of three repeats with 95% intervals [low, high], medians, or, "
        "for in-process peers, the best of several repeats.\n"
        "Latencies in an open loop count from when a request was due.\n\n"
        f"{table(rows)}\n"
    )
    print(text)
    if options.output:
        options.output.write_text(text)


if __name__ == "__main__":
    main()
