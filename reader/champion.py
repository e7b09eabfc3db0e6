"""The classifier that serves, exchanged while in use: a new champion is loaded beside the old one, then takes over.

Whoever is reading keeps the model it began with. A model that cannot be loaded is refused and the old one goes on.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from agent.errors import ArtifactError
from reader.emotion import EmotionClassifier
from reader.shelf import Shelf

log = logging.getLogger("discovery.reader")


class Champion:
    """Hands out the present classifier; looks at the shelf at most every `seconds`, when somebody asks."""

    def __init__(self, shipped: Path, *, threads: int = 2, seconds: float = 1.0) -> None:
        self._shelf, self._threads, self._seconds = Shelf(shipped), threads, seconds
        self._lock = threading.Lock()
        self._mark = self._stamp()
        self._looked = time.monotonic()
        self._classifier = self._first()

    def now(self) -> EmotionClassifier:
        """The classifier to read with. Takes no time: a newer one is loaded by a thread of its own."""
        if time.monotonic() - self._looked >= self._seconds and self._lock.acquire(blocking=False):
            self._looked = time.monotonic()
            if self._stamp() == self._mark:
                self._lock.release()
            else:
                threading.Thread(target=self._exchange, name="champion", daemon=True).start()
        return self._classifier

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._shelf.file.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino

    def _first(self) -> EmotionClassifier:
        try:
            return EmotionClassifier(self._shelf.current(), threads=self._threads)
        except ArtifactError as error:
            if self._shelf.file.exists():
                log.warning("the promoted model was refused, the shipped one serves: %s", error)
                return EmotionClassifier(self._shelf.shipped, threads=self._threads)
            raise

    def _exchange(self) -> None:
        """Runs in a thread that holds the lock, and gives it back."""
        mark = self._stamp()
        try:
            classifier = EmotionClassifier(self._shelf.current(), threads=self._threads)
            classifier.read(["well"])
            self._classifier = classifier
            log.warning("the emotion model %s serves now", classifier.card.version)
        except Exception:  # whatever is wrong with a new model, the old one goes on serving
            log.exception("a new emotion model was refused, %s goes on", self._classifier.card.version)
        finally:
            self._mark = mark
            self._lock.release()
