"""The story of one entry, with every part working, and with each of them failing."""

from typing import Any

import pytest
from fakes.ports import FakePort, ScriptedModel, WordClassifier

from agent.care import Screened
from agent.domain import Added, Entry, Goal, HelpCard, HelpLine, Level, Safety, utcnow
from agent.errors import Unavailable
from agent.events import Event
from agent.pipeline import Agent, Options

TEXT = "My sister waited up for me with soup. I could have cried on the stairs."
NONE = Safety(level=Level.NONE)
CARD = HelpCard(region="GB", message="People answer.", lines=(HelpLine(name="S", phone="1", sources=("a",)),))


def entry(**more: object) -> Entry:
    return Entry(id="e1", person="local", text=TEXT, created_at=utcnow(), **more)


def attached(count: int) -> FakePort:
    return FakePort(*[("attach", None)] * count)


async def play(agent: Agent, added: Added, safety: Safety = NONE, options: Options | None = None) -> list[Event]:
    async def screen(_text: str) -> Screened:
        return Screened(safety=safety)

    return [e async for e in agent.respond(added, screen, options or Options())]


def agent(
    journal: FakePort, model: ScriptedModel, recommender: FakePort | None = None, classifier: Any = None
) -> Agent:
    return Agent(
        classifier=classifier or WordClassifier(sadness=["cried"], gratitude=["soup"]),
        llm=model,
        recommender=recommender or FakePort(("suggest", [])),
        journal=journal,
    )


GOOD = ("There is pro", "bably sadness in this. And perhaps gra", "titude as well.")


async def test_everything_in_order_and_everything_attached() -> None:
    journal = FakePort(*[("attach", None)] * 4, ("verdicts", {"tetris": "like", "doom": "not_this"}), ("attach", None))
    recommender = FakePort(("suggest", []))
    events = await play(agent(journal, ScriptedModel(GOOD), recommender), Added(entry=entry(), state="new"))
    assert [e.name for e in events] == [
        "saved", "safety", "emotions", "evidence", "explanation", "explanation", "suggestions", "done",
    ]  # fmt: skip
    assert [e.data["source"] for e in events if e.name == "explanation"] == ["model", "model"]
    assert [c[1][2] for c in journal.script.calls if c[0] == "attach"] == [
        "safety", "reading", "evidence", "explanation", "suggestions",
    ]  # fmt: skip
    assert recommender.script.calls[0][2]["exclude"] == ["doom"] and recommender.script.calls[0][2]["liked"] == [
        "tetris"
    ]
    journal.script.done()


async def test_crisis_shows_the_card_and_reads_nothing() -> None:
    journal = attached(1)
    events = await play(
        agent(journal, ScriptedModel(), FakePort()),
        Added(entry=entry(), state="new"),
        Safety(level=Level.CRISIS, card=CARD),
    )
    assert [e.name for e in events] == ["saved", "safety", "done"]
    assert events[1].data["card"]["lines"][0]["phone"] == "1"


@pytest.mark.parametrize(("goal", "asked"), [(None, False), (Goal.CALM, True)])
async def test_concern_suggests_only_when_asked_and_only_gently(goal: Goal | None, asked: bool) -> None:
    journal = FakePort(*[("attach", None)] * 4, *([("verdicts", {}), ("attach", None)] if asked else []))
    recommender = FakePort(*([("suggest", [])] if asked else []))
    concern = Safety(level=Level.CONCERN, card=CARD)
    events = await play(
        agent(journal, ScriptedModel(GOOD), recommender), Added(entry=entry(goal=goal), state="new"), concern
    )
    assert ("suggestions" in [e.name for e in events]) is asked
    assert all(call[2]["gentle"] for call in recommender.script.calls)
    recommender.script.done()


async def test_no_model_means_an_explanation_from_the_evidence_that_says_so() -> None:
    journal = FakePort(*[("attach", None)] * 4, ("verdicts", {}), ("attach", None))
    events = await play(agent(journal, ScriptedModel([Unavailable("no model")])), Added(entry=entry(), state="new"))
    said = [e.data for e in events if e.name == "explanation"]
    assert {s["source"] for s in said} == {"evidence"} and len(said) == 2
    assert "failed" not in [e.name for e in events]


async def test_a_model_that_dies_midway_is_finished_by_the_evidence() -> None:
    journal = FakePort(*[("attach", None)] * 4, ("verdicts", {}), ("attach", None))
    model = ScriptedModel(["There is probably sadness here. And per", Unavailable("killed")])
    events = await play(agent(journal, model), Added(entry=entry(), state="new"))
    said = [(e.data["source"], e.data["text"]) for e in events if e.name == "explanation"]
    assert said[0] == ("model", "There is probably sadness here.")
    assert [source for source, _ in said[1:]] == ["evidence"] and "gratitude" in said[1][1]


async def test_a_false_sentence_is_never_sent() -> None:
    journal = FakePort(*[("attach", None)] * 4, ("verdicts", {}), ("attach", None))
    false = ['You are furious, as in "I hate them". You should rest.']
    a = agent(journal, ScriptedModel(false, false))
    counted: list[str] = []
    a.count = counted.append
    events = await play(a, Added(entry=entry(), state="new"))
    said = " ".join(e.data["text"] for e in events if e.name == "explanation")
    assert "furious" not in said and "should" not in said
    assert any(name.startswith("rejected") for name in counted)


async def test_no_classifier_still_keeps_the_entry_and_suggests() -> None:
    journal = FakePort(("attach", None), ("verdicts", {}), ("attach", None))
    broken = FakePort(("read", Unavailable("the classifier cannot answer")))
    events = await play(agent(journal, ScriptedModel(), classifier=broken), Added(entry=entry(), state="new"))
    assert [e.name for e in events] == ["saved", "safety", "failed", "suggestions", "done"]
    assert events[2].data == {"part": "emotions", "message": "the classifier cannot answer", "fatal": False}


async def test_no_recommender_is_told_and_the_turn_ends() -> None:
    journal = FakePort(*[("attach", None)] * 4, ("verdicts", {}))
    broken = FakePort(("suggest", Unavailable("no index")))
    events = await play(agent(journal, ScriptedModel(GOOD), broken), Added(entry=entry(), state="new"))
    assert [e.name for e in events][-2:] == ["failed", "done"]


async def test_a_journal_that_cannot_attach_does_not_hold_back_the_card() -> None:
    journal = FakePort(("attach", Unavailable("locked")))
    events = await play(
        agent(journal, ScriptedModel(), FakePort()),
        Added(entry=entry(), state="new"),
        Safety(level=Level.CRISIS, card=CARD),
    )
    assert [e.name for e in events] == ["saved", "safety", "done"]


async def test_a_stored_turn_is_replayed_without_asking_any_model() -> None:
    first = FakePort(*[("attach", None)] * 4, ("verdicts", {}), ("attach", None))
    await play(agent(first, ScriptedModel(GOOD)), Added(entry=entry(), state="new"))
    kept = {call[1][2]: call[1][3] for call in first.script.calls if call[0] == "attach"}
    stored = entry(**kept)
    again = await play(agent(attached(1), ScriptedModel(), FakePort(), FakePort()), Added(entry=stored, state="stored"))
    assert [e.name for e in again].count("explanation") == 2 and again[-1].name == "done"
