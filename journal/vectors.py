"""What texts mean, as numbers: kept sealed beside the entries, so that opening a journal need not embed it again.

A vector is 384 bytes and a scale: a cosine of two such vectors is off by less than 0.01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import delete, insert, select

from journal.person import BATCH, PersonRows
from journal.schema import EntryRow, VectorRow
from journal.search import Vectors

_FIELD = "vector"


def packed(vector: Vectors) -> bytes:
    """A unit vector, float32 (d,), as a float32 scale and d signed bytes."""
    scale = np.float32(max(float(np.abs(vector).max()), 1e-9) / 127)
    return bytes(scale.tobytes() + np.rint(vector / scale).astype(np.int8).tobytes())


def unpacked(data: bytes) -> Vectors:
    """The unit vector of `packed`, float32 (d,)."""
    vector = np.frombuffer(data, dtype=np.int8, offset=4).astype(np.float32)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


def load(rows: PersonRows, model: str, ids: Sequence[str] | None = None) -> dict[str, Vectors]:
    """The vectors that `model` made, by entry: of these entries, or of all. Raises `Tampered`."""
    query = select(VectorRow.entry_id, VectorRow.sealed).filter_by(person=rows.person, model=model)
    if ids is None:
        found = list(rows.conn.execute(query))
    else:
        parts = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        found = [row for some in parts for row in rows.conn.execute(query.where(VectorRow.entry_id.in_(some)))]
    return {entry_id: unpacked(rows.key.open(sealed, entry=entry_id, field=_FIELD)) for entry_id, sealed in found}


def missing(rows: PersonRows, model: str, most: int) -> list[str]:
    """The ids of up to `most` entries without a vector of `model`, newest first."""
    there = select(VectorRow.entry_id).filter_by(person=rows.person, model=model)
    query = select(EntryRow.id).where(EntryRow.person == rows.person, EntryRow.id.not_in(there))
    return list(rows.conn.scalars(query.order_by(EntryRow.created_at.desc()).limit(most)))


def save(rows: PersonRows, model: str, vectors: Mapping[str, Vectors]) -> None:
    """Keeps vectors by entry, in the place of those of other models."""
    ids = list(vectors)
    rows.conn.execute(delete(VectorRow).where(VectorRow.person == rows.person, VectorRow.entry_id.in_(ids)))
    values = [
        {
            "person": rows.person,
            "entry_id": e,
            "model": model,
            "sealed": rows.key.seal(packed(v), entry=e, field=_FIELD),
        }
        for e, v in vectors.items()
    ]
    if values:
        rows.conn.execute(insert(VectorRow), values)


class Pool:
    """Vectors in one block of memory, each with the words it stands for. Not thread-safe."""

    def __init__(self, dimensions: int = 384) -> None:
        self._block = np.zeros((64, dimensions), dtype=np.float32)
        self._slots: dict[str, int] = {}
        self._words: dict[str, str] = {}
        self._free: list[int] = []
        self._order = np.empty(0, dtype=np.int64)

    def holds(self, entry_id: str, words: str) -> bool:
        """Whether the vector of this text is here: the same words mean the same."""
        return self._words.get(entry_id) == words

    def put(self, entry_id: str, words: str, vector: Vectors | None) -> None:
        """Takes a vector in, in the place of an earlier one of the entry; None leaves it without one."""
        if vector is None:
            self._drop(entry_id)
            return
        slot = self._slots.get(entry_id)
        if slot is None:
            slot = self._free.pop() if self._free else len(self._slots)
            if slot == len(self._block):
                self._block = np.concatenate([self._block, np.zeros_like(self._block)])
        self._slots[entry_id], self._words[entry_id], self._block[slot] = slot, words, vector

    def _drop(self, entry_id: str) -> None:
        slot = self._slots.pop(entry_id, None)
        if slot is not None:
            self._free.append(slot)
            del self._words[entry_id]

    def arrange(self, ids: Sequence[str]) -> None:
        """Sets the order of `cosines`, and drops the vectors of everything else."""
        for gone in set(self._slots).difference(ids):
            self._drop(gone)
        self._order = np.array([self._slots.get(i, -1) for i in ids], dtype=np.int64)

    @property
    def whole(self) -> bool:
        """Whether every entry that was arranged has its vector."""
        return bool((self._order >= 0).all())

    def of(self, entry_id: str) -> Vectors | None:
        """The vector of one entry, if it is here."""
        slot = self._slots.get(entry_id)
        return None if slot is None else self._block[slot].copy()

    def cosines(self, asked: Vectors) -> Vectors:
        """How near each arranged entry comes to the unit vector `asked`, float32 (n,); 0 for those not here."""
        near = np.append(self._block @ asked, np.float32(0))
        return np.asarray(near[self._order], dtype=np.float32)
