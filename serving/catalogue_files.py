"""Where the catalogue lies: the rows that ship, those that somebody imported, and the index made of both."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from agent.config import resolve
from agent.domain import Item
from agent.errors import DiscoveryError
from retrieval import catalog
from serving.artifacts import cache_folder, data_folder

log = logging.getLogger("discovery.serving")


def imports_folder() -> Path:
    """Where `discovery catalog import` keeps its rows: with what must not be lost."""
    return data_folder() / "catalogue"


def index_folder(catalogue: Path) -> Path:
    """The index of a configured catalogue and of this person's imports. The name hangs on where they lie, not on what
    they hold, so that a rebuild changes what a running service sees."""
    place = hashlib.sha256(f"{resolve(catalogue)}\n{imports_folder()}".encode()).hexdigest()[:12]
    return cache_folder() / f"index-{place}"


def items(catalogue: Path) -> list[Item]:
    """The rows of a configured catalogue with all imported ones. Raises `Invalid`, naming file and line."""
    shipped = catalog.load(resolve(catalogue))
    taken = {item.id for item in shipped}
    if not any(imports_folder().glob("*.jsonl")):
        return shipped
    return shipped + [item for item in catalog.load(imports_folder()) if item.id not in taken]


def items_or_shipped(catalogue: Path) -> list[Item]:
    """Like `items`, but without the imported rows where they cannot be read: a service starts all the same."""
    try:
        return items(catalogue)
    except DiscoveryError as error:
        log.warning("imported rows left out: %s", error)
        return catalog.load(resolve(catalogue))
