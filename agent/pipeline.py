"""The whole story of one entry: saved, screened, read, explained, answered.

Every result is attached to the entry when it exists, so a lost client or a killed process loses nothing that was
computed. A part that fails is told, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from agent import evidence
from agent.care import Screened
from agent.domain import Added, Entry, Explanation, Level, Part, Reading, Span, as_json
from agent.errors import DiscoveryError
from agent.events import Event, failed
from agent.ports import Classifier, Journal, LanguageModel, Recommender
from agent.results import emotions_data, explanation_data, suggestion_data
from agent.wording import Wording

log = logging.getLogger("discovery.agent")

Screen = Callable[[str], Awaitable[Screened]]
"""The crisis screen for one person: rules, head, and what is remembered of earlier danger."""


def _uncounted(name: str) -> None:
    """Where nobody counts."""


@dataclass(frozen=True)
class Options:
    """What one turn should hold beyond the reading."""

    suggest: bool = True
    read: bool = True
    limit: int = 3


@dataclass
class Agent:
    """The ports of one installation and the screen of one person's region. `prompt` names the prompt version;
    `count` is told by name who worded a sentence, and why one was refused."""

    classifier: Classifier
    llm: LanguageModel
    recommender: Recommender
    journal: Journal
    prompt: str = "v3"
    constrained: bool = True
    count: Callable[[str], None] = _uncounted

    async def respond(self, added: Added, screen: Screen, options: Options) -> AsyncIterator[Event]:
        """The events of one turn for an entry that is already on disk. Ends with `done`, always."""
        entry = added.entry
        yield Event(name="saved", data={"id": entry.id, "created_at": entry.created_at.isoformat()})
        screened = await screen(entry.text)
        await self._attach(entry, "safety", screened.safety)
        yield Event(name="safety", data=screened.data())
        if screened.safety.level is Level.CRISIS:
            yield Event(name="done", data={"id": entry.id})
            return
        async for event in self._parts(entry, screened, options):
            yield event
        yield Event(name="done", data={"id": entry.id})

    async def _parts(self, entry: Entry, screened: Screened, options: Options) -> AsyncIterator[Event]:
        reading: Reading | None = None
        spans: tuple[Span, ...] = ()
        try:
            reading = await self._read(entry) if options.read else None
            if reading:
                yield Event(name="emotions", data=emotions_data(reading, screened.safety.level))
                spans = await self._find_evidence(entry, reading)
                yield Event(name="evidence", data={"spans": as_json(spans)})
        except DiscoveryError as error:
            yield failed("evidence" if reading else "emotions", str(error))
        if reading:
            async for event in self._explain(entry, reading, spans):
                yield event
        concern = screened.safety.level is Level.CONCERN
        if options.suggest and (not concern or entry.goal):
            yield await self._suggest(entry, reading, options.limit, gentle=screened.gentle)

    async def _attach(self, entry: Entry, part: Part, value: object) -> None:
        try:
            await self.journal.attach(entry.person, entry.id, part, value)
        except DiscoveryError:
            # The entry itself is safe on disk; a help card or a reading must reach the person all the same.
            log.warning("attach failed", extra={"entry": entry.id, "part": part})
            self.count("attach_failed")

    async def _read(self, entry: Entry) -> Reading:
        if entry.reading:
            return entry.reading
        [reading] = await self.classifier.read([entry.text])
        await self._attach(entry, "reading", reading)
        return reading

    async def _find_evidence(self, entry: Entry, reading: Reading) -> tuple[Span, ...]:
        if entry.evidence is not None:
            return entry.evidence
        spans = await evidence.spans(entry.text, reading, self.classifier)
        await self._attach(entry, "evidence", spans)
        return spans

    async def _explain(self, entry: Entry, reading: Reading, spans: tuple[Span, ...]) -> AsyncIterator[Event]:
        if entry.explanation is not None:
            for sentence in entry.explanation:
                yield Event(name="explanation", data=explanation_data(sentence))
            return
        said: list[Explanation] = []
        async for sentence in self._sentences(entry.text, reading, spans):
            said.append(sentence)
            self.count(f"explanation_{sentence.source}")
            yield Event(name="explanation", data=explanation_data(sentence))
        await self._attach(entry, "explanation", tuple(said))

    async def explain_text(self, text: str) -> AsyncIterator[str]:
        """The sentences of an explanation of a text that is not kept."""
        [reading] = await self.classifier.read([text])
        async for sentence in self._sentences(text, reading, await evidence.spans(text, reading, self.classifier)):
            yield sentence.text

    def _sentences(self, text: str, reading: Reading, spans: tuple[Span, ...]) -> AsyncIterator[Explanation]:
        return Wording(self.llm, self.prompt, self.constrained, self.count).sentences(text, reading, spans)

    async def _suggest(self, entry: Entry, reading: Reading | None, limit: int, *, gentle: bool) -> Event:
        if entry.suggestions is not None:
            return Event(name="suggestions", data={"items": [suggestion_data(s) for s in entry.suggestions]})
        try:
            verdicts = await self.journal.verdicts(entry.person)
            suggestions = await self.recommender.suggest(
                text=entry.text,
                emotions=[(e.label, e.probability) for e in entry.model_copy(update={"reading": reading}).felt],
                goal=entry.goal,
                limit=limit,
                gentle=gentle,
                liked=[i for i, v in verdicts.items() if v == "like"],
                disliked=[i for i, v in verdicts.items() if v == "dislike"],
                exclude=[i for i, v in verdicts.items() if v in ("done", "not_this")],
            )
            await self._attach(entry, "suggestions", tuple(suggestions))
            return Event(name="suggestions", data={"items": [suggestion_data(s) for s in suggestions]})
        except DiscoveryError as error:
            return failed("suggestions", str(error))
