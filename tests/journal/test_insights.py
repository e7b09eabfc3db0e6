from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle, islice

import pytest
from scipy.stats import ttest_ind

from agent.affect import AFFECT
from agent.domain import Correction, Emotion, Entry, Reading, StateOfMind
from journal.insights import LEAST, TOO_EARLY, Moment, associations, summarise

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CAUSAL = ("because", "cause", "makes", "made you", "due to", "leads", "effect", "thanks to", "helps")


def reading(*emotions: tuple[str, float], unsure: bool = False) -> Reading:
    return Reading(emotions=tuple(Emotion(label=k, probability=p) for k, p in emotions), unsure=unsure)


def entry(at: datetime = NOON, **fields: object) -> Entry:
    return Entry.model_validate({"id": "e", "person": "ada", "text": "x", "created_at": at} | fields)


def mind(valence: float, *associated: str) -> StateOfMind:
    return StateOfMind(valence=valence, associations=associated)


def figures(*entries: Entry, **span: datetime) -> dict[str, object]:
    found = summarise((Moment.of(e) for e in entries), **span)
    assert json.loads(json.dumps(found, allow_nan=False)) == found  # plain JSON, no NaN
    return found


def own(values: list[float], *associated: str) -> list[Moment]:
    return [Moment.of(entry(state_of_mind=mind(v, *associated))) for v in values]


def spread(around: float, count: int) -> list[float]:
    return list(islice(cycle([around - 0.1, around, around + 0.1]), count))


def test_nothing_gives_empty_figures() -> None:
    assert figures() == {
        "counts": {"entries": 0, "days": 0}, "emotions": {}, "valence": [], "calendar": {}, "associations": [],
    }  # fmt: skip


def test_valence_is_the_persons_own_before_the_reading() -> None:
    sad = reading(("sadness", 0.9))
    assert Moment.of(entry(reading=sad)).valence == AFFECT["sadness"].valence
    assert Moment.of(entry(reading=sad, state_of_mind=mind(0.5)))[2:4] == (0.5, True)
    both = entry(reading=sad, state_of_mind=mind(0.5), correction=Correction(valence=-0.1))
    assert Moment.of(both)[2:4] == (-0.1, True)
    relabelled = entry(reading=sad, correction=Correction(labels=("joy",)))
    assert Moment.of(relabelled)[1:4] == (("joy",), AFFECT["joy"].valence, False)


def test_a_mixture_lies_between_and_neutral_is_the_middle() -> None:
    mixed = Moment.of(entry(reading=reading(("joy", 0.6), ("sadness", 0.2)))).valence
    assert mixed == pytest.approx((0.6 * AFFECT["joy"].valence + 0.2 * AFFECT["sadness"].valence) / 0.8)
    assert Moment.of(entry(reading=reading(("neutral", 0.9)))).valence == 0.0


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"reading": reading(unsure=True)},
        {"reading": reading(("joy", 0.9)), "correction": Correction(labels=())},
        {"correction": Correction(labels=("a word of my own",))},
    ],
)
def test_what_is_not_known_is_not_made_up(fields: dict[str, object]) -> None:
    found = figures(entry(**fields))
    assert found["valence"] == [] and found["calendar"] == {"2026-05-04": {"n": 1, "valence": None}}


def test_days_are_the_persons_own() -> None:
    late = datetime(2026, 5, 4, 23, 30, tzinfo=timezone(timedelta(hours=-7)))  # the 5th in UTC
    found = figures(
        entry(late, state_of_mind=mind(-0.5)),
        entry(datetime(2026, 5, 4, 8, tzinfo=UTC), state_of_mind=mind(0.0)),
        entry(datetime(2026, 5, 2, 8, tzinfo=UTC)),
    )
    assert found["counts"] == {"entries": 3, "days": 2}
    assert found["valence"] == [{"date": "2026-05-04", "mean": -0.25, "n": 2}]
    assert found["calendar"] == {"2026-05-02": {"n": 1, "valence": None}, "2026-05-04": {"n": 2, "valence": -0.25}}


def test_emotions_are_counted_as_corrected_most_frequent_first() -> None:
    found = figures(
        entry(reading=reading(("fear", 0.9), ("joy", 0.5))),
        entry(reading=reading(("joy", 0.9), ("neutral", 0.5))),
        entry(reading=reading(("fear", 0.9)), correction=Correction(labels=("joy",))),
    )
    assert list(dict(found["emotions"]).items()) == [("joy", 3), ("fear", 1)]  # type: ignore[call-overload]


def test_since_is_in_and_until_is_out() -> None:
    hours = [entry(NOON + timedelta(hours=h)) for h in range(4)]
    assert figures(*hours, since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3))["counts"] == {
        "entries": 2, "days": 1,
    }  # fmt: skip


def test_below_ten_on_either_side_it_is_too_early_to_say() -> None:
    for with_it, without in ((LEAST - 1, 50), (50, LEAST - 1), (50, 0)):
        [found] = associations(own(spread(0.5, with_it), "friends") + own(spread(-0.5, without)))
        assert found == {
            "kind": "association", "name": "friends", "n_with": with_it, "n_without": without,
            "difference": None, "low": None, "high": None, "tried": 0, "says": TOO_EARLY,
        }  # fmt: skip


def test_from_ten_on_both_sides_the_interval_is_welchs() -> None:
    a, b = [*spread(0.4, 10), 0.9], spread(-0.2, 30)
    [found] = associations(own(a, "friends") + own(b))
    expected = ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (found["n_with"], found["n_without"], found["tried"]) == (11, 30, 1)
    assert found["low"] == pytest.approx(expected.low, abs=6e-4)
    assert found["high"] == pytest.approx(expected.high, abs=6e-4)
    assert found["low"] < found["difference"] < found["high"] and found["says"] == "more pleasant with it"


def test_the_more_is_compared_the_wider_the_interval() -> None:
    alone = associations(own(spread(0.2, 12), "work") + own(spread(0.1, 12)))
    many = associations(own(spread(0.2, 12), "work") + own(spread(0.1, 12), "family", "health", "money"))
    wide = {found["name"]: found["high"] - found["low"] for found in alone + many}
    assert {found["tried"] for found in many} == {4}
    assert wide["work"] > alone[0]["high"] - alone[0]["low"]


def test_no_difference_is_said_as_such_and_few_false_finds() -> None:
    chance, false_finds = random.Random(1), 0
    for _ in range(100):
        moments = [
            Moment.of(entry(state_of_mind=mind(chance.uniform(-1, 1), *chance.sample(["a", "b", "c", "d"], 2))))
            for _ in range(60)
        ]
        false_finds += any(found["says"] != "no clear difference" for found in associations(moments))
    assert false_finds <= 12  # 5% of a hundred journals, with room for chance


def test_values_without_any_spread_are_too_early() -> None:
    [found] = associations(own([0.5] * 20, "friends") + own([-0.5] * 20))
    assert found["says"] == TOO_EARLY and not any(math.isnan(v) for v in found.values() if isinstance(v, float))


def test_a_reading_does_not_confirm_itself() -> None:
    read = [Moment.of(entry(reading=reading((label, 0.9)))) for label in ("joy", "sadness") for _ in range(20)]
    assert associations(read) == []
    labelled = [
        Moment.of(entry(reading=reading((label, 0.9)), state_of_mind=mind(v)))
        for label, centre in (("joy", 0.5), ("sadness", -0.5))
        for v in spread(centre, 15)
    ]
    found = {f["name"]: f["says"] for f in associations(labelled)}
    assert found == {"joy": "more pleasant with it", "sadness": "less pleasant with it"}


def test_a_moment_that_was_not_labelled_is_not_one_without() -> None:
    unlabelled = [Moment.of(entry(correction=Correction(valence=v))) for v in spread(-0.9, 30)]
    [found] = associations(own(spread(0.4, 12), "friends") + own(spread(0.3, 11)) + unlabelled)
    assert found["n_without"] == 11


def test_no_word_speaks_of_causes() -> None:
    moments = own(spread(0.5, 12), "friends") + own(spread(-0.5, 12), "work") + own(spread(0.0, 12), "rare", "few")
    words = json.dumps(associations(moments))
    assert not any(word in words for word in CAUSAL)
