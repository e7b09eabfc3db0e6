"""The recommender over an index folder, taken anew when somebody rebuilds it, without a pause in the answers.

Each request asks for the current one, which costs one look at the manifest's file. When that has changed, the new
index is opened beside the old one on a thread; requests go on with the old one until the new one is whole. An index
that cannot be opened is logged and passed over.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from agent.errors import DiscoveryError
from retrieval import build
from retrieval.index import MANIFEST
from retrieval.recommender import Recommender

log = logging.getLogger("discovery.retrieval")

Stamp = tuple[int, int, int]


class Live:
    """The recommender of a folder, and of what the folder becomes."""

    def __init__(self, folder: Path) -> None:
        """Opens what is there. Raises `ArtifactError` or `Invalid`."""
        self._path = folder / MANIFEST
        self._seen = self._stamp()
        self._current = _open(folder)
        self._turning = threading.Lock()

    @property
    def current(self) -> Recommender:
        """The recommender to answer with."""
        if self._stamp() != self._seen and self._turning.acquire(blocking=False):
            threading.Thread(target=self._turn, name="new index", daemon=True).start()
        return self._current

    def _turn(self) -> None:
        try:
            # Read first: whoever replaces it once more while it is opened changes the stamp again.
            self._seen = self._stamp()
            self._current = _open(self._path.parent)
            log.info("index taken", extra={"generation": self._current.generation})
        except (DiscoveryError, OSError) as error:
            log.warning("index not taken: %s", error)
        finally:
            self._turning.release()

    def _stamp(self) -> Stamp | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _open(folder: Path) -> Recommender:
    items, index = build.opened(folder)
    return Recommender(items, index)
