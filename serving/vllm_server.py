"""What runs inside the replica of the application `llm`. Imported only where vLLM is about to run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from ray.llm._internal.common.callbacks.base import CallbackBase
from ray.serve.llm.deployment import LLMServer
from ray.serve.llm.openai_api_models import ChatCompletionRequest

from serving.llm import MODEL_ID, content, generation, going_on


class LocalModel(CallbackBase):
    """For a model that lies in a local folder: skips the task that looks for files to download, and with it one more
    process that imports all of vLLM."""

    async def on_before_node_init(self) -> None:
        """Called by `ray.llm` before the engine starts."""
        self.ctx.run_init_node = False


class WordsServer(LLMServer):
    """An `LLMServer` with one more way in: messages in, words out, so that callers need no vLLM of their own."""

    async def words(
        self, messages: list[dict[str, str]], max_tokens: int, pattern: str | None, attempt: int = 0
    ) -> AsyncIterator[str]:
        """The answer in pieces; `pattern` constrains decoding to a regular expression."""
        request: dict[str, Any] = {
            "model": MODEL_ID, "messages": messages, "max_tokens": max_tokens, **generation(attempt),
            **going_on(messages),
        }  # fmt: skip
        if pattern:
            request["structured_outputs"] = {"regex": pattern}
        stream = await self.chat(ChatCompletionRequest(**request))
        async for batch in stream:
            for event in batch if isinstance(batch, list) else [batch]:
                if not isinstance(event, str):
                    raise RuntimeError(f"the engine answered with {type(event).__name__}")
                for line in event.splitlines():
                    if piece := content(line):
                        yield piece
