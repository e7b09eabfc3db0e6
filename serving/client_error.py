"""What the client raises: one sentence that a person can act on."""

from __future__ import annotations

from typing import Any

from agent.errors import DiscoveryError


class ClientError(DiscoveryError):
    """A request that did not work, in one sentence. `status` is the HTTP status, 0 when no server answered at all;
    `title`, `detail` and `field` are those of the problem document (RFC 9457), `retry_after` is in seconds;
    `safety` is what the crisis screen said of a text that could not be kept."""

    def __init__(
        self, title: str, detail: str = "", *, status: int = 0, field: str | None = None,
        retry_after: int | None = None, safety: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.title, self.detail, self.status, self.field, self.retry_after = title, detail, status, field, retry_after
        self.safety = safety
        named = f"{field}: {detail}" if field and field not in detail else detail
        sentence = f"{title.rstrip('.')}: {named}" if named else title
        super().__init__(sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.")
