"""Versions of the explanation prompt. A version that has been used is never changed: a better one is a new module."""

from __future__ import annotations

from types import ModuleType

from agent.errors import ConfigError
from agent.prompts import v1, v2, v3

VERSIONS: dict[str, ModuleType] = {"v1": v1, "v2": v2, "v3": v3}


def version(name: str) -> ModuleType:
    """The prompt module of that name. Raises `ConfigError` with the names there are."""
    if name not in VERSIONS:
        raise ConfigError(f"prompt: found {name!r}, allowed are {sorted(VERSIONS)}")
    return VERSIONS[name]
