"""Item vectors on disk and the search among them: the only place that knows FAISS.

A folder holds an index file, an ids file, the rows of the catalogue it was built from, and `manifest.json`, which
names them with their sha256. The files carry their hash in their names and the manifest is replaced last, in one step,
so a reader sees the old index or the new one, never a mixture. FAISS parses nothing before its hash is right: a crafted
or damaged index can crash it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agent.errors import ArtifactError

VECTORS = NDArray[np.float32]

MANIFEST = "manifest.json"
REMEDY = "Run `discovery catalog build` to make it anew"

Method = Literal["flat-inner-product", "ivf-inner-product", "hnsw-inner-product"]
"""How neighbours are found: by looking at all, in the nearest of many cells, or along a graph."""

_PROBED = 96
"""Cells of an IVF index that one search looks into."""

_LINKS, _BUILD_EFFORT, _SEARCH_EFFORT = 32, 100, 128
"""Neighbours a node of an HNSW graph, and how far its building and a search look around."""

_SAMPLE = 40
"""Vectors a cell that the cells of an IVF index are learnt from; more take longer and find no more."""

_UNIT = 1e-3
"""How far the length of a unit vector may be off."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class File(BaseModel):
    """One file of the folder: its plain name, sha256 in hex and size in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[a-z]+-[0-9a-f]{16}\.[a-z]+$")]
    sha256: Sha256
    size: int = Field(ge=0)


class Manifest(BaseModel):
    """What an index folder holds. `catalogue` is the digest of the items, `encoder` names who made the vectors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[2] = 2
    method: Method = "flat-inner-product"
    index: File
    ids: File
    rows: File | None = None
    count: int = Field(ge=1)
    dimension: int = Field(ge=1)
    catalogue: Sha256
    encoder: str

    @property
    def generation(self) -> str:
        """A name for exactly this content; it changes whenever a rebuild changed anything."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class Index:
    """Unit vectors with their ids, searched by inner product (the cosine, since all lengths are 1)."""

    def __init__(self, manifest: Manifest, ids: Sequence[str], inner: Any) -> None:
        self.manifest = manifest
        self.ids = tuple(ids)
        self._inner = inner

    def __len__(self) -> int:
        return len(self.ids)

    def search(self, query: VECTORS, k: int) -> tuple[NDArray[np.intp], VECTORS]:
        """Positions into `ids` and cosines of the `k` nearest to one vector (dimension,), best first."""
        if query.shape != (self.manifest.dimension,):
            raise ValueError(f"query: found shape {query.shape}, expected ({self.manifest.dimension},)")
        cosines, positions = self._inner.search(np.ascontiguousarray(query[None], dtype=np.float32), min(k, len(self)))
        return positions[0].astype(np.intp), cosines[0]

    def vectors(self, positions: NDArray[np.intp]) -> VECTORS:
        """The vectors (m, dimension) at these positions."""
        if not len(positions):
            return np.zeros((0, self.manifest.dimension), dtype=np.float32)
        found: VECTORS = self._inner.reconstruct_batch(positions.astype(np.int64))
        return found


def look_into(opened: Index, cells: int) -> None:
    """Makes searches of an IVF index look into this many cells from now on. Raises `ValueError` for other indexes."""
    if opened.manifest.method != "ivf-inner-product":
        raise ValueError(f"method: found {opened.manifest.method}, expected an index with cells")
    opened._inner.nprobe = cells


def assemble(vectors: VECTORS, method: Method) -> Any:
    """The FAISS index of unit vectors (n, dimension)."""
    count, dimension = vectors.shape
    if method == "hnsw-inner-product":
        graph = faiss.IndexHNSWFlat(dimension, _LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = _BUILD_EFFORT, _SEARCH_EFFORT
        graph.add(vectors)
        return graph
    if method == "flat-inner-product":
        flat = faiss.IndexFlatIP(dimension)
        flat.add(vectors)
        return flat
    cells = max(1, min(4096, int(4 * math.sqrt(count)), count // _SAMPLE))
    inverted = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT)
    inverted.cp.niter, inverted.cp.max_points_per_centroid = 8, _SAMPLE
    inverted.train(vectors)
    inverted.add(vectors)
    inverted.nprobe = min(_PROBED, cells)
    # Vectors are asked for by their position, too.
    inverted.make_direct_map()
    return inverted


def save(
    folder: Path,
    vectors: VECTORS,
    ids: Sequence[str],
    *,
    catalogue: str,
    encoder: str,
    method: Method = "flat-inner-product",
    rows: bytes | None = None,
) -> Manifest:
    """Writes the index of unit vectors float32 (n, dimension) with their n ids and the catalogue's `rows`, atomically.

    Raises `ValueError` for vectors that are not n unit vectors. The generation before stays on disk, for readers that
    are just opening it; older ones go.
    """
    _check(vectors, ids)
    folder.mkdir(parents=True, exist_ok=True)
    inner = assemble(np.ascontiguousarray(vectors), method)
    manifest = Manifest(
        method=method,
        rows=None if rows is None else _write(folder, "rows", "jsonl", rows),
        index=_write_index(folder, inner),
        ids=_write(folder, "ids", "json", json.dumps(list(ids)).encode()),
        count=len(ids),
        dimension=vectors.shape[1],
        catalogue=catalogue,
        encoder=encoder,
    )
    kept = {MANIFEST} | _files(manifest) | _named(folder)
    _replace(folder / MANIFEST, (manifest.model_dump_json(indent=2) + "\n").encode())
    for file in folder.iterdir():
        if file.name not in kept and file.name.startswith(("index-", "ids-", "rows-")):
            file.unlink(missing_ok=True)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an index folder. Raises `ArtifactError` when it is missing or is none."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ArtifactError(f"{path}: expected the manifest of an index, found no such file. {REMEDY}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise ArtifactError(
            f"{path}: expected a manifest, found trouble in {where}: {first['msg']}. {REMEDY}"
        ) from error


def load(folder: Path, *, mapped: bool = False) -> Index:
    """Opens an index folder after checking every hash. `mapped` leaves the vectors on disk until they are looked at,
    for indexes that would crowd the memory. Raises `ArtifactError` naming the file, what was expected and found."""
    manifest = read_manifest(folder)
    ids = json.loads(_verified(folder, manifest.ids))
    if mapped:
        _verify(folder / manifest.index.name, manifest.index, _sha256(folder / manifest.index.name))
        inner: Any = faiss.read_index(str(folder / manifest.index.name), faiss.IO_FLAG_MMAP_IFC)
        if manifest.method == "ivf-inner-product":
            inner.make_direct_map()
    else:
        inner = faiss.deserialize_index(np.frombuffer(_verified(folder, manifest.index), dtype=np.uint8))
    for what, expected, found in (
        ("ids", manifest.count, len(ids)),
        ("vectors", manifest.count, inner.ntotal),
        ("dimension", manifest.dimension, inner.d),
    ):
        if expected != found:
            raise ArtifactError(f"{folder}: {what}: expected {expected}, found {found}. {REMEDY}")
    return Index(manifest, ids, inner)


def rows(folder: Path, manifest: Manifest) -> bytes:
    """The rows of the catalogue that an index was built from, as JSONL. Raises `ArtifactError`."""
    if manifest.rows is None:
        raise ArtifactError(f"{folder}: expected the rows of its catalogue beside the index, found none. {REMEDY}")
    return _verified(folder, manifest.rows)


def _check(vectors: VECTORS, ids: Sequence[str]) -> None:
    if vectors.ndim != 2 or vectors.dtype != np.float32 or len(vectors) != len(ids) or not len(ids):
        found = f"{vectors.dtype} {vectors.shape}"
        raise ValueError(
            f"vectors: found {found}, expected float32 ({len(ids)}, dimension) for {len(ids)} ids, at least 1"
        )
    if len(set(ids)) != len(ids):
        raise ValueError(f"ids: found {len(ids)} of which only {len(set(ids))} differ, expected no id twice")
    off = np.abs(np.linalg.norm(vectors, axis=1) - 1.0)
    if not bool(np.all(off <= _UNIT)):
        worst = int(np.argmax(np.nan_to_num(off, nan=np.inf)))
        raise ValueError(f"vectors: {ids[worst]!r} is {off[worst]} off length 1, allowed {_UNIT}: unit vectors only")


def _write(folder: Path, stem: str, ending: str, content: bytes) -> File:
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"{stem}-{sha256[:16]}.{ending}"
    _replace(folder / name, content)
    return File(name=name, sha256=sha256, size=len(content))


def _write_index(folder: Path, inner: Any) -> File:
    """Straight to the disk: a large index beside two copies of its bytes would crowd the memory."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    os.close(handle)
    try:
        faiss.write_index(inner, temporary)
        with open(temporary, "r+b") as file:
            sha256, size = hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
            os.fsync(file.fileno())
        name = f"index-{sha256[:16]}.faiss"
        os.replace(temporary, folder / name)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return File(name=name, sha256=sha256, size=size)


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _named(folder: Path) -> set[str]:
    """The files that the present manifest names; none when there is no readable one."""
    try:
        manifest = read_manifest(folder)
    except ArtifactError:
        return set()
    return _files(manifest)


def _files(manifest: Manifest) -> set[str]:
    return {file.name for file in (manifest.index, manifest.ids, manifest.rows) if file}


def _verified(folder: Path, file: File) -> bytes:
    path = folder / file.name
    content = path.read_bytes() if path.is_file() else None
    _verify(path, file, None if content is None else hashlib.sha256(content).hexdigest())
    return content or b""


def _verify(path: Path, file: File, found: str | None) -> None:
    if found != file.sha256:
        shown = "no such file" if found is None else f"sha256 {found} ({path.stat().st_size} bytes)"
        raise ArtifactError(f"{path}: expected sha256 {file.sha256} ({file.size} bytes), found {shown}. {REMEDY}")


def _sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
