"""The agent's ports over Serve handles: every call has a deadline, and every failure becomes a sentence for people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import RayServeException

from agent.errors import DiscoveryError, Unavailable
from agent.ports import LanguageModel, Message


def plain(error: BaseException, part: str) -> DiscoveryError:
    """What a failed call to a part means to a caller: our own errors as they were, everything else `Unavailable`."""
    cause = error.cause if isinstance(error, RayTaskError) else error
    if isinstance(cause, DiscoveryError):
        return cause
    if isinstance(error, TimeoutError):
        return Unavailable(f"the {part} did not answer in time")
    return Unavailable(f"the {part} cannot answer now ({type(cause).__name__})")


class Remote:
    """A port over a handle. `remote.suggest(...)` is one handle call with a deadline in seconds.

    With `dispatch` the deployment takes the method's name as the first argument of that one method.
    """

    def __init__(self, handle: Any, part: str, deadline: float, dispatch: str | None = None) -> None:
        self._handle, self._part, self._deadline, self._dispatch = handle, part, deadline, dispatch

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        if method.startswith("_"):
            raise AttributeError(method)

        async def call(*args: Any, **kwargs: Any) -> Any:
            target = getattr(self._handle, self._dispatch or method)
            leading = (method,) if self._dispatch else ()
            try:
                async with asyncio.timeout(self._deadline):
                    return await target.remote(*leading, *args, **kwargs)
            except (DiscoveryError, RayError, RayServeException, TimeoutError) as error:
                raise plain(error, self._part) from error

        return call


class Patient:
    """A language model held to deadlines: seconds to the first piece, and to the last.

    `pace` is told once an answer how many seconds lay between two pieces in the mean; what came before the first piece
    is waiting and reading, not writing.
    """

    def __init__(
        self, inner: LanguageModel, *, first: float, whole: float, pace: Callable[[float], None] = lambda seconds: None
    ) -> None:
        self._inner, self._first, self._whole, self._pace = inner, first, whole, pace

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, pattern: str | None = None, attempt: int = 0
    ) -> AsyncIterator[str]:
        """See `agent.ports.LanguageModel`. A model that is too slow, or dies midway, is `Unavailable`."""
        loop = asyncio.get_running_loop()
        end, wait = loop.time() + self._whole, self._first
        again = {"attempt": attempt} if attempt else {}
        pieces = self._inner.stream(messages, max_tokens=max_tokens, pattern=pattern, **again).__aiter__()
        came, began, last = 0, 0.0, 0.0
        try:
            while True:
                async with asyncio.timeout(min(wait, max(0.0, end - loop.time()))):
                    piece = await anext(pieces)
                wait, came, last = self._whole, came + 1, loop.time()
                began = began or last
                yield piece
        except StopAsyncIteration:
            return
        except (RayError, RayServeException, TimeoutError) as error:
            raise plain(error, "language model") from error
        finally:
            if came > 1:
                self._pace((last - began) / (came - 1))
            await _close(pieces)


async def _close(pieces: Any) -> None:
    """Ends a stream that nobody reads any more, so that the model stops generating."""
    if hasattr(pieces, "aclose"):
        await pieces.aclose()
