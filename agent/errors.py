"""What can go wrong in words that a person can act on. The edges map these to HTTP problems and exit codes.

Every error survives pickling with its fields, since it may cross from one process to another.
"""

from __future__ import annotations


class DiscoveryError(Exception):
    """The root of all errors that carry a sentence for people."""


class Invalid(DiscoveryError):
    """Something a person or a client sent cannot be used. `field` names it; the message says found and allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field, self.message = field, message

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class NotFound(DiscoveryError):
    """There is no such thing, or it belongs to somebody else: the two are not told apart."""


class Conflict(DiscoveryError):
    """The same idempotency key is still running."""


class KeyReused(DiscoveryError):
    """The same idempotency key came with another body."""


class NotSignedIn(DiscoveryError):
    """No credential came, or none that is valid: which of the two is not told."""


class NotAllowed(DiscoveryError):
    """The credential is valid and does not reach this far."""


class TooMany(DiscoveryError):
    """Too many attempts; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message, retry_after)
        self.message, self.retry_after = message, retry_after

    def __str__(self) -> str:
        return self.message


class Unavailable(DiscoveryError):
    """A part cannot answer now; trying again later is right. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message, retry_after)
        self.message, self.retry_after = message, retry_after

    def __str__(self) -> str:
        return self.message


class StorageFull(DiscoveryError):
    """The disk has no room; nothing was stored."""


class ArtifactError(DiscoveryError):
    """A model file is missing or altered; the message names it, the expected and the found hash, and the remedy."""


class ConfigError(DiscoveryError):
    """A configuration file is wrong; the message names file, key, found and allowed."""
