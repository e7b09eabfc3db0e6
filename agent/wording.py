"""From a reading to checked sentences: the model words them, is asked once more where one fails, and the evidence
speaks of what is then still missing."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from agent import explain
from agent.domain import Explanation, Reading, Span
from agent.errors import DiscoveryError
from agent.ports import LanguageModel
from agent.prompts import version

MOST_SENTENCES = 4
_MOST_RETRIES = 2

_SENTENCE = re.compile(r"(?:\"[^\"]*\"|[^\".!?]|[.!?](?!\s|$))+[.!?](?=\s|$)")
"""One sentence; what ends inside a quotation does not end it."""


@dataclass(frozen=True)
class Wording:
    """How explanations are worded: the model, the prompt's version, whether the model can be held to a form, and who
    is told by name what came of each sentence."""

    llm: LanguageModel
    prompt: str
    constrained: bool
    count: Callable[[str], None]

    async def sentences(self, text: str, reading: Reading, spans: Sequence[Span]) -> AsyncIterator[Explanation]:
        """The explanation of one entry, sentence by sentence; ends with the evidence for what the model left out."""
        said: list[str] = []
        if reading.felt or version(self.prompt).EXPLAINS_CALM:
            try:
                async for sentence in self._checked(text, reading, spans, said):
                    yield sentence
            except DiscoveryError:
                self.count("llm_unavailable")
        read = frozenset(e.label for e in reading.felt)
        spoken = {label for sentence in said for label in explain.named(sentence, read)}
        for composed in explain.from_evidence(text, reading, spans):
            if not said or not explain.named(composed.text, read) <= spoken:
                self.count("replaced")
                yield composed

    async def _checked(
        self, text: str, reading: Reading, spans: Sequence[Span], said: list[str]
    ) -> AsyncIterator[Explanation]:
        """The model's sentences that pass, also put into `said`. A sentence that fails is asked for once more, with
        the accepted ones before it."""
        retried: set[int] = set()
        while True:
            fault: str | None = None
            async with aclosing(self._stream(text, reading, spans, said, len(retried))) as stream:
                async for sentence in stream:
                    if fault := explain.check(sentence, text, reading, spans):
                        self.count(f"rejected: {fault}")
                        break
                    yield Explanation(text=sentence, source="model", regenerated=len(said) in retried)
                    said.append(sentence)
                    if len(said) == MOST_SENTENCES:
                        return
            if not fault or len(said) in retried or len(retried) == _MOST_RETRIES:
                return
            retried.add(len(said))
            self.count("regenerated")

    async def _stream(
        self, text: str, reading: Reading, spans: Sequence[Span], said: Sequence[str], attempt: int
    ) -> AsyncGenerator[str, None]:
        """What the model says after `said`, cut into sentences."""
        prompt, found = version(self.prompt), explain.found(text, reading, spans)
        messages = prompt.messages(text, found, reading)
        forms = prompt.forms(found, reading)[len(said) :]
        if said:
            messages = [*messages, {"role": "assistant", "content": " ".join(said)}]
        form = (" ?" if said else "") + " ".join(forms) if self.constrained and forms else None
        again = {"attempt": attempt} if attempt else {}
        pieces = self.llm.stream(messages, max_tokens=prompt.MAX_TOKENS, pattern=form, **again)
        held = ""
        async with aclosing(cast(Any, pieces)):
            async for piece in pieces:
                held = (held + piece).lstrip()
                while (whole := _SENTENCE.match(held)) and whole.end() < len(held):
                    yield whole.group().strip()
                    held = held[whole.end() :].lstrip()
        if held.strip():
            yield held.strip()
