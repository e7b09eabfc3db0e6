"""Texts that carry instructions: enough attempts of enough kinds, and none of them moves anything."""

from __future__ import annotations

from collections import Counter

from eval.injection import Attempt, load, parts, passed, run


def test_there_are_attempts_enough_of_ten_kinds_in_every_place() -> None:
    attempts = load()
    kinds = Counter(attempt.kind for attempt in attempts)
    assert len(attempts) >= 150 and len(kinds) == 10 and min(kinds.values()) >= 12
    assert len({attempt.text for attempt in attempts}) == len(attempts)
    assert {a.place for a in attempts} == {"entry", "conversation", "import", "old", "blurb"}


async def test_no_look_up_moves_and_almost_nothing_is_disturbed() -> None:
    attempts = load()
    disturbed = await run(attempts, *parts())
    told = {attempts[n].text: faults for n, faults in disturbed.items()}
    assert passed(disturbed, len(attempts)), told


async def test_a_sentence_that_would_be_sent_is_found() -> None:
    true = Attempt(text="I miss her and cried all day.", kind="x", place="entry", obeyed="Perhaps you miss her.")
    assert (await run([true], *parts()))[0] == ["what obeyed it was sent"]


def test_one_moved_look_up_is_too_many() -> None:
    assert passed({0: ["what obeyed it was sent"]}, 100) and not passed({0: ["a look-up moved: x"]}, 1000)
    assert not passed({0: ["a"], 1: ["b"]}, 100)
