"""Ports over handles: deadlines, and every failure in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fakes.ports import ScriptedModel
from ray.exceptions import ActorDiedError, RayTaskError

from agent.errors import Invalid, NotFound, Unavailable
from serving.handles import Patient, Remote, plain


class Handle:
    """A handle with one method, `work`, that answers, waits or raises."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.calls = answer, []
        self.work = self.call = self

    def remote(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append((args, kwargs))

        async def result() -> Any:
            if isinstance(self.answer, float):
                await asyncio.sleep(self.answer)
            if isinstance(self.answer, BaseException):
                raise self.answer
            return self.answer

        return result()


async def test_a_call_goes_through_by_name_and_by_dispatch() -> None:
    direct, dispatched = Handle(1), Handle(2)
    assert await Remote(direct, "part", 1).work(3, key=4) == 1
    assert await Remote(dispatched, "part", 1, dispatch="call").work(3) == 2
    assert direct.calls == [((3,), {"key": 4})] and dispatched.calls == [(("work", 3), {})]


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (5.0, Unavailable, "in time"),
        (ActorDiedError(), Unavailable, "cannot answer now"),
        (RayTaskError("f", "trace", NotFound("no such entry")), NotFound, "no such entry"),
        (RayTaskError("f", "trace", KeyError("secret words")), Unavailable, "KeyError"),
        (Invalid("text", "found nothing"), Invalid, "text: found nothing"),
    ],
)
async def test_failures_become_sentences(answer: Any, expected: type[Exception], words: str) -> None:
    with pytest.raises(expected) as caught:
        await Remote(Handle(answer), "classifier", 0.05).work()
    assert words in str(caught.value) and "secret" not in str(caught.value)


def test_our_errors_survive_pickling_with_their_fields() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(Invalid("goal", "found x")))  # noqa: S301
    assert error.field == "goal" and str(error) == "goal: found x"
    assert pickle.loads(pickle.dumps(Unavailable("later", 9))).retry_after == 9  # noqa: S301
    assert str(plain(TimeoutError(), "journal")) == "the journal did not answer in time"


class SlowModel:
    def __init__(self, *waits: float) -> None:
        self.waits, self.closed = waits, False

    async def stream(self, messages: Any, *, max_tokens: int, pattern: str | None = None) -> AsyncIterator[str]:
        try:
            for wait in self.waits:
                await asyncio.sleep(wait)
                yield "word "
        finally:
            self.closed = True


async def test_a_model_that_is_too_slow_is_unavailable_and_stopped() -> None:
    for waits, first, whole in (((5.0,), 0.05, 1.0), ((0.0, 5.0), 1.0, 0.1)):
        model = SlowModel(*waits)
        with pytest.raises(Unavailable):
            [_ async for _ in Patient(model, first=first, whole=whole).stream([], max_tokens=5)]
        assert model.closed


async def test_a_model_in_time_says_everything() -> None:
    patient = Patient(ScriptedModel(["a", "b"]), first=1, whole=1)
    assert [p async for p in patient.stream([], max_tokens=5)] == ["a", "b"]


async def test_how_fast_a_model_writes_is_told_once_an_answer_and_waiting_for_the_first_word_is_left_out() -> None:
    told: list[float] = []
    for waits in ((0.3, 0.01, 0.01), (0.0,)):
        patient = Patient(SlowModel(*waits), first=5, whole=5, pace=told.append)  # type: ignore[arg-type]
        [_ async for _ in patient.stream([], max_tokens=5)]
    assert len(told) == 1 and told[0] >= 0.009, "one piece alone has no pace"
    stream = Patient(SlowModel(0.0, 0.0, 5.0), first=5, whole=5, pace=told.append).stream([], max_tokens=5)  # type: ignore[arg-type]
    assert [await anext(stream), await anext(stream)] == ["word ", "word "]
    await stream.aclose()  # type: ignore[attr-defined]
    assert len(told) == 2, "an answer that is cut short counts up to there"
