"""What `discovery catalog ...` does: bring lists in, look the catalogue over, and make its index anew."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent.config import ROOT, RecommenderConfig, resolve
from agent.domain import Item
from agent.errors import Invalid
from reader.encoder import Encoder
from retrieval import build, catalog
from retrieval.crosscheck import check, known
from retrieval.sources import columns
from retrieval.sources.importing import SOURCES, Imported, run, work
from retrieval.validation import validate
from serving.artifacts import cache_folder, load_sources, prepare_encoder
from serving.catalogue_files import imports_folder, index_folder, items
from serving.cli_show import console, show

CATALOGUE = RecommenderConfig().catalogue
SHOWN = 20
"""Broken rows that are told before the rest is only counted."""


def import_list(source: str, path: Path, *, adult: bool, column_map: Path | None) -> int:
    """Takes a list in as rows of one source, in the place of an earlier import of that source."""
    if source not in (*SOURCES, "csv"):
        raise Invalid("SOURCE", f"found {source!r}, allowed are {', '.join([*SOURCES, 'csv'])}")
    if (source == "csv") != (column_map is not None):
        raise Invalid("--map", "a csv list needs a map of its columns, and no other list takes one")
    if not path.exists():
        raise Invalid("FILE", f"{path}: there is no such file")
    found = columns.read(path, columns.read_map(column_map)) if column_map else SOURCES[source](path)
    shipped = {work(item) for item in catalog.load(resolve(CATALOGUE))}
    with _progress("Reading", None) as done:
        imported = run(found, source, adult=adult, known=shipped, progress=lambda count: done(count, count))
    return _keep(imported, source)


def _keep(imported: Imported, source: str) -> int:
    out = console()
    show(out, imported.text())
    if not imported.items:
        show(console(stderr=True), "Nothing was taken in; what was there before is as it was.")
        return 1
    rows = "\n".join(item.model_dump_json() for item in imported.items) + "\n"
    imports_folder().mkdir(parents=True, exist_ok=True)
    _replace(imports_folder() / f"{source}.jsonl", rows)
    show(out, "Kept. `discovery catalog build` puts them among the suggestions.")
    return 0


def validate_files(path: Path | None) -> int:
    """Looks rows over: every broken one by its line, then what the catalogue covers and what needs a hand."""
    rows, broken = catalog.read(path or resolve(CATALOGUE))
    err = console(stderr=True)
    for trouble in broken[:SHOWN]:
        show(err, str(trouble))
    if len(broken) > SHOWN:
        show(err, f"and {len(broken) - SHOWN} more broken rows")
    encoder, _ = _encoder()
    with _progress("Comparing", len(rows)) as done:
        vectors = build.embed_texts([item.description for item in rows], encoder.embed, progress=done)
    report = validate(rows, vectors)
    show(console(), report.text())
    return 0 if report.whole and not broken else 1


def check_facts(lists: Path) -> int:
    """Titles and years against other people's lists in a folder. A title of another year is told, and is no failure:
    many are remakes and later releases."""
    found = check(catalog.load(resolve(CATALOGUE)), known(lists))
    if not (found.confirmed or found.title_only or found.differing):
        raise Invalid("--lists", f"{lists}: found none of the lists there that this can read")
    show(console(), found.text())
    return 0


def stats() -> None:
    """What is in the catalogue, imports included: by source, kind, decade, warning, goal."""
    rows = items(CATALOGUE)
    counts: dict[str, Counter[str]] = {
        "source": Counter(f"{i.source} ({i.licence})" for i in rows),
        "kind": Counter(i.kind for i in rows),
        "decade": Counter(f"{i.year // 10 * 10}s" if i.year else "not said" for i in rows),
        "warning": Counter(w for i in rows for w in i.warnings or ("none",)),
        "goal": Counter(g.value for i in rows for g in i.goals),
        "budget": Counter("free" if i.free else "not free" for i in rows),
        "company": Counter("with others" if i.social else "alone" for i in rows),
    }
    out = console()
    show(out, f"{len(rows):,} items")
    for name, counted in counts.items():
        show(out, f"{name}: " + ", ".join(f"{what} {n:,}" for what, n in counted.most_common()))


def build_index() -> None:
    """Makes the index of shipped and imported rows, and swaps it in: a running service takes it by itself."""
    rows: list[Item] = items(CATALOGUE)
    encoder, name = _encoder()
    with _progress("Indexing", len(rows)) as done:
        made = build.build(rows, encoder.embed, index_folder(CATALOGUE), encoder=name, progress=done)
    show(console(), f"{len(made):,} items in index {made.manifest.generation} ({made.manifest.method}).")


def _encoder() -> tuple[Encoder, str]:
    folder = prepare_encoder(load_sources(ROOT / "configs" / "artifacts.yaml")["encoder"], cache_folder())
    return Encoder(folder, threads=os.cpu_count() or 1), folder.name


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, and nothing where that is no terminal."""
    err = console(stderr=True)
    bar = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*bar, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda done, _total: progress.update(task, completed=done)


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
