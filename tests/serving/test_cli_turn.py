"""`discovery say`: one turn, told as it comes."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.api import event, scripted
from fakes.gateway import Gateway
from fakes.terminal import CARD, ITEM, complaint, discovery, reading

from agent.events import Event, failed

TEXT = "The train was late again, and I snapped at Ana."
SAVED = event("saved", id="abc-1", created_at="2026-11-03T13:05:00+00:00")
CALM = event("safety", level="none")
READ = event("emotions", **reading(annoyance=0.62, remorse=0.4))
EVIDENCE = event("evidence", spans=[{"label": "annoyance", "start": 4, "end": 24, "drop": 0.3}])
SAID = event("explanation", text='There is annoyance in "late again".', source="model")
FOUND = event("suggestions", items=[ITEM])
DONE = event("done", id="abc-1")


def say(*events: Event, text: str = TEXT, cut: bool = False, **more: Any) -> Any:
    with scripted() as api:
        api.expect("POST", "/v1/entries", list(events), status=201, cut=cut, body={"text": text, "suggest": True})
        return discovery("say", text, api=api, **more)


def test_a_turn_is_told_whole_and_in_order() -> None:
    seen = say(SAVED, CALM, READ, EVIDENCE, SAID, FOUND, DONE, TZ="UTC")
    assert seen.exit_code == 0
    lines = [line.strip() for line in seen.stdout.splitlines()]
    assert lines[0].startswith("Kept, 3 Nov 2026, ") and lines[0].endswith("\u00b7 abc-1")
    assert lines[2] == "You might be feeling, as far as a machine can tell"
    assert lines[3].startswith("annoyance  \u2588") and lines[3].endswith("62 %  probably")
    assert lines[6:8] == [
        'There is annoyance in "late again".',
        "Worded by a small language model, held to your own words. It can be wrong.",
    ]
    assert lines[9:11] == ["If you would like something to do", "1. Quiet Game (game, 2001, 20 min, free)"]
    assert seen.stderr == ""


def test_an_explanation_without_the_model_says_so() -> None:
    seen = say(SAVED, CALM, READ, event("explanation", text="There is perhaps remorse here.", source="evidence"), DONE)
    assert "Put together from your own words. No language model was used." in seen.stdout


def test_goal_and_no_suggest_are_sent() -> None:
    with scripted() as api:
        body = {"text": TEXT, "suggest": False, "goal": "calm"}
        api.expect("POST", "/v1/entries", [SAVED, CALM, DONE], body=body)
        assert discovery("say", TEXT, "--goal", "CALM", "--no-suggest", api=api).exit_code == 0


def test_words_without_quotation_marks_are_one_text() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/entries", [SAVED, CALM, DONE], body={"text": "it rained today", "suggest": True})
        assert discovery("say", "it", "rained", "today", api=api).exit_code == 0


@pytest.mark.parametrize(
    ("keys", "text"), [("one\n\ntwo\n", "one\n\ntwo"), ("caf\u00e9", "caf\u00e9"), ("- a list\n", "- a list")]
)
def test_a_dash_takes_the_text_from_standard_input(keys: str, text: str) -> None:
    with scripted() as api:
        api.expect("POST", "/v1/entries", [SAVED, CALM, DONE], body={"text": text, "suggest": True})
        assert discovery("say", "-", api=api, keys=keys).exit_code == 0


def test_a_text_that_begins_with_a_dash_goes_behind_two() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/entries", [SAVED, CALM, DONE], body={"text": "-5 degrees", "suggest": True})
        assert discovery("say", "--", "-5 degrees", api=api).exit_code == 0


@pytest.mark.parametrize(
    ("keys", "said"), [(b"", "text: found no words"), (b"a\xff", "standard input: line 1 holds byte 0xff")]
)
def test_what_is_no_text_on_standard_input_is_refused(keys: bytes, said: str) -> None:
    assert said in complaint(discovery("say", "-", keys=keys), 2)


def test_in_crisis_there_is_the_card_and_nothing_else() -> None:
    seen = say(SAVED, event("safety", level="crisis", card=CARD), DONE)
    assert seen.exit_code == 0
    assert seen.stderr == ""
    assert seen.stdout.startswith("=" * 80) and seen.stdout.rstrip().endswith("=" * 80)
    assert "call 000 111" in seen.stdout and "In immediate danger, call 000." in seen.stdout
    assert "Kept," not in seen.stdout and "abc-1" not in seen.stdout


@pytest.mark.parametrize("cut", [False, True])
def test_nothing_follows_the_card_even_if_the_server_sends_it_or_breaks_off(cut: bool) -> None:
    end = [] if cut else [DONE]
    seen = say(SAVED, event("safety", level="crisis", card=CARD), READ, SAID, FOUND, *end, cut=cut)
    assert seen.exit_code == 0
    assert seen.stderr == ""
    assert seen.stdout.rstrip().endswith("=" * 80)


def test_at_concern_the_card_is_one_soft_line_and_the_turn_goes_on() -> None:
    seen = say(SAVED, event("safety", level="concern", card=CARD), READ, SAID, DONE)
    assert "If this weighs more than it says here" in seen.stdout
    assert "The Night Line: call 000 111" in seen.stdout
    assert "YOU DO NOT HAVE TO CARRY" not in seen.stdout
    assert "annoyance" in seen.stdout


def test_a_part_that_fails_is_told_and_the_rest_goes_on() -> None:
    seen = say(SAVED, CALM, READ, SAID, failed("suggestions", "no index"), DONE)
    assert seen.exit_code == 0
    assert seen.stderr == "Suggestions are not available right now.\n"
    assert "late again" in seen.stdout


def test_a_stream_that_breaks_off_says_that_the_entry_is_kept_and_where() -> None:
    seen = say(SAVED, CALM, READ, SAID, cut=True)
    assert complaint(seen, 1).startswith(
        "Your entry is kept, but its reading broke off: `discovery show abc-1`. The connection to Discovery"
    )
    assert "late again" in seen.stdout and "Worded by" in seen.stdout


def test_a_fatal_failure_says_whether_the_entry_is_kept() -> None:
    kept = say(SAVED, CALM, failed("journal", "The disk is full.", fatal=True))
    assert complaint(kept, 1).startswith("Your entry is kept, but its reading broke off")
    lost = say(failed("journal", "The disk is full.", fatal=True))
    assert complaint(lost, 1) == "Your entry was not kept. The disk is full."
    assert lost.stdout == ""


def test_what_anybody_wrote_is_never_obeyed() -> None:
    text = "[bold red]hello[/] \x1b[2J\x1b]0;owned\x07 :smile: \u202egnorw"
    said = event("explanation", text=f'It is in "{text}" [blink]', source="model")
    item = ITEM | {"title": "\x1b[31mred [b]", "reason": "[link=file:///]\x9b2J", "url": "https://x/[b]\x1b"}
    seen = say(SAVED, CALM, READ, said, event("suggestions", items=[item]), DONE, text=text)
    assert '"[bold red]hello[/] \u241b[2J\u241b]0;owned\u2407 :smile: \ufffdgnorw" [blink]' in seen.stdout
    assert "\u241b[31mred [b]" in seen.stdout


def test_a_whole_journal_keeps_the_entry_once() -> None:
    gateway = Gateway()
    gateway.turn(TEXT, CALM, READ, EVIDENCE, SAID, FOUND)
    gateway.start()
    try:
        assert discovery("say", TEXT, api=gateway.url).exit_code == 0
        assert [kept["text"] for kept in gateway.entries] == [TEXT]
        listed = discovery("history", api=gateway.url).stdout
        assert TEXT[:20] in listed
        shown = discovery("show", gateway.entries[0]["id"], api=gateway.url).stdout
        assert 'There is annoyance in "late again".' in shown
    finally:
        gateway.close()


def test_somebody_in_danger_gets_the_card_although_nothing_could_be_kept() -> None:
    with scripted() as api:
        api.refuse(
            "POST", "/v1/entries", 507, "The disk is full", "There is no room left.",
            safety={"level": "crisis", "card": CARD},
        )  # fmt: skip
        seen = discovery("say", "I cannot go on.", api=api)
    assert "The Night Line" in seen.stdout and "no room left" in complaint(seen, 1)
