"""Items to an index folder: what of an item is embedded, and when an index that is already there will do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.domain import Item
from agent.errors import ArtifactError
from retrieval import catalog, index
from retrieval.catalog import digest
from retrieval.index import Index, Method

BATCH = 64
"""Texts that are handed to the encoder at once: enough to keep it busy, few enough to show progress."""


FLAT_MOST = 50_000
"""Items up to which looking at every vector is fast enough; beyond it, cells: measured, see docs/suggestions.md."""


class Encode(Protocol):
    """Texts to unit vectors, float32 (n, dimension); `reader.encoder.Encoder.embed_sync` is the real one."""

    def __call__(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """One vector a text, in order."""
        ...


def method(count: int) -> Method:
    """How an index of this many items is searched."""
    return "flat-inner-product" if count <= FLAT_MOST else "ivf-inner-product"


def document(item: Item) -> str:
    """What of an item the encoder reads: its title, its genres, and what it feels like."""
    return f"{item.title}. {', '.join(item.genres)}. {item.description}"


def embed(
    items: Sequence[Item], encode: Encode, *, progress: Callable[[int, int], None] | None = None
) -> NDArray[np.float32]:
    """The vectors (n, dimension) of these items; `progress` hears (done, all). Raises `ValueError`."""
    return embed_texts([document(item) for item in items], encode, progress=progress)


def embed_texts(
    texts: Sequence[str], encode: Encode, *, progress: Callable[[int, int], None] | None = None
) -> NDArray[np.float32]:
    """The vectors (n, dimension) of n texts, a batch at a time; `progress` hears (done, all). Raises `ValueError`."""
    pieces = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        vectors = encode(batch)
        if vectors.ndim != 2 or len(vectors) != len(batch):
            raise ValueError(f"encoder: found shape {vectors.shape} for {len(batch)} texts, expected one vector each")
        pieces.append(vectors)
        if progress:
            progress(start + len(batch), len(texts))
    return np.concatenate(pieces) if pieces else np.zeros((0, 0), dtype=np.float32)


def build(
    items: Sequence[Item],
    encode: Encode,
    folder: Path,
    *,
    encoder: str,
    progress: Callable[[int, int], None] | None = None,
) -> Index:
    """The index of these items in `folder`: the one that is there if it is whole and of the same catalogue and
    `encoder` (a name that changes with its model), otherwise a new one. Raises `ValueError` as `index.save` does."""
    catalogue = digest(items)
    ready = _ready(folder, catalogue, encoder)
    if ready is not None:
        return ready
    index.save(
        folder,
        embed(items, encode, progress=progress),
        [item.id for item in items],
        catalogue=catalogue,
        encoder=encoder,
        method=method(len(items)),
        rows="\n".join(item.model_dump_json() for item in items).encode(),
    )
    return index.load(folder)


def opened(folder: Path) -> tuple[list[Item], Index]:
    """An index with the items it was built from, whatever has become of the files they came from.
    Raises `ArtifactError` when a file is damaged, `Invalid` when a row is."""
    manifest = index.read_manifest(folder)
    lines = index.rows(folder, manifest).split(b"\n")
    items = [catalog.parse(line, f"{folder}:{number}") for number, line in enumerate(lines, start=1)]
    return items, index.load(folder)


def _ready(folder: Path, catalogue: str, encoder: str) -> Index | None:
    try:
        manifest = index.read_manifest(folder)
        if (manifest.catalogue, manifest.encoder) != (catalogue, encoder):
            return None
        return index.load(folder)
    except ArtifactError:
        # Missing or damaged: both are mended by building anew.
        return None
