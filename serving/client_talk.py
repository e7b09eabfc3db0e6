"""What the client asks about the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Talk:
    """A part of `serving.client.Client`, which brings the method below."""

    async def _json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        raise NotImplementedError

    async def ask(self, lines: Sequence[str], *, language: str | None = None) -> dict[str, Any]:
        """What the newest of a person's `lines` is, and its answer where it is a question about the journal: `{route,
        sure, sentences, items, entries, safety}`. Stores nothing. `language` picks the region of the help card. Raises
        `ClientError`."""
        body = {"messages": [{"role": "user", "content": line} for line in lines]}
        headers = {"accept-language": language} if language else {}
        return await self._json("POST", "/v1/ask", body=body, headers=headers)
