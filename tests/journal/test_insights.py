from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle, islice

import numpy as np
import pytest
from scipy.stats import ttest_ind

from agent.affect import AFFECT
from agent.domain import Correction, Emotion, Entry, Reading, StateOfMind
from journal.insights import LEAST, TOO_EARLY, Moment, associations, nearest, review_week, summarise

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CAUSAL = ("because", "cause", "makes", "made you", "due to", "leads", "affect", "thanks to", "helps")


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
    found = figures()
    assert found["counts"] == {"entries": 0, "days": 0, "own": 0, "named": 0}
    empty = {name: found[name] for name in ("emotions", "valence", "calendar", "weeks", "associations")}
    assert empty == {"emotions": {}, "valence": [], "calendar": {}, "weeks": [], "associations": []}
    assert all(hour["n"] == 0 for hour in found["rhythm"]["hours"]) and found["map"]["cells"] == []  # type: ignore[index]


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
    assert found["counts"] == {"entries": 3, "days": 2, "own": 2, "named": 0}
    assert found["valence"] == [{"date": "2026-05-04", "mean": -0.25, "n": 2, "smooth": -0.25, "gap": False}]
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
        "entries": 2, "days": 1, "own": 0, "named": 0,
    }  # fmt: skip


def test_below_ten_on_either_side_it_is_too_early_to_say() -> None:
    for with_it, without in ((LEAST - 1, 50), (50, LEAST - 1), (50, 0)):
        [found] = associations(own(spread(0.5, with_it), "friends") + own(spread(-0.5, without)))
        assert found == {
            "kind": "association", "name": "friends", "n_with": with_it, "n_without": without,
            "difference": None, "low": None, "high": None, "effect": None, "p": None, "tried": 0, "says": TOO_EARLY,
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


def test_holm_widens_in_steps_and_the_interval_says_what_the_test_says() -> None:
    chance = random.Random(7)
    moments = [
        Moment.of(
            entry(
                state_of_mind=mind(
                    max(-1, min(1, chance.gauss(0.6 if "friends" in names else 0.25 if "work" in names else 0, 0.4))),
                    *names,
                )
            )
        )
        for _ in range(120)
        for names in [chance.sample(["friends", "work", "money", "travel", "health"], 2)]
    ]
    found = associations(moments)
    by_p = sorted(found, key=lambda one: one["p"])
    raw = {}
    for name in ("friends", "work", "money", "travel", "health"):
        a = [m.valence for m in moments if name in (m.associations or ())]
        b = [m.valence for m in moments if name not in (m.associations or ())]
        raw[name] = ttest_ind(a, b, equal_var=False)
    highest = 0.0
    for rank, name in enumerate(sorted(raw, key=lambda n: raw[n].pvalue)):
        highest = max(highest, min(1.0, (len(raw) - rank) * raw[name].pvalue))
        one = next(f for f in found if f["name"] == name)
        assert one["p"] == pytest.approx(highest, abs=2e-4)
        clear = one["says"] != "no clear difference"
        assert clear == (highest <= 0.05) == (one["low"] > 0 or one["high"] < 0)
        plain = raw[name].confidence_interval(0.95)
        assert one["high"] - one["low"] >= plain.high - plain.low - 2e-3, "never narrower than for one alone"
    assert by_p[0]["says"] == "more pleasant with it" and by_p[0]["effect"] > 0.5
    assert {one["tried"] for one in found} == {5}


def test_the_effect_size_is_hedges_g() -> None:
    a, b = spread(0.4, 12), spread(-0.2, 15)
    [found] = associations(own(a, "friends") + own(b))
    pooled = math.sqrt((sum((x - 0.4) ** 2 for x in a) + sum((x + 0.2) ** 2 for x in b)) / (len(a) + len(b) - 2))
    assert found["effect"] == pytest.approx(0.6 / pooled * (1 - 3 / (4 * 27 - 9)), abs=0.01)


def test_tags_are_held_against_any_valence_whatever_their_case() -> None:
    read = [
        Moment.of(entry(reading=reading((label, 0.9), ("neutral", 0.1 + n / 50)), tags=tags))
        for label, tags in (("joy", ("Tea",)), ("joy", ("tea",)), ("sadness", ()), ("fear", ()))
        for n in range(6)
    ]
    [found] = associations(read)
    assert (found["kind"], found["name"], found["n_with"], found["says"]) == ("tag", "tea", 12, "more pleasant with it")


def test_the_persons_own_labels_win_over_the_reading_everywhere() -> None:
    state = StateOfMind(valence=0.4, labels=("calm",))
    said = entry(reading=reading(("anger", 0.9)), state_of_mind=state)
    moment = Moment.of(said)
    assert (moment.labels, moment.energy, moment.named) == (("calm",), 0.1, True)
    corrected = Moment.of(said.model_copy(update={"correction": Correction(labels=("joy",), valence=0.9)}))
    assert (corrected.labels, corrected.valence, corrected.energy) == (("joy",), 0.9, AFFECT["joy"].energy)
    found = figures(said)
    assert found["emotions"] == {"calm": 1} and "anger" not in json.dumps(found)


def test_gaps_stay_gaps_and_the_line_between_them_is_smooth() -> None:
    days = [
        entry(NOON + timedelta(days=d), state_of_mind=mind(v)) for d, v in ((0, -0.5), (1, 0.5), (2, -0.5), (40, 1.0))
    ]
    found = figures(*days)["valence"]
    assert [day["gap"] for day in found] == [False, False, False, True]  # type: ignore[attr-defined]
    smooth = [day["smooth"] for day in found]  # type: ignore[attr-defined]
    assert smooth[3] == 1.0, "what lies beyond a gap says nothing here"
    assert -0.5 < smooth[0] < 0.5 and -0.5 < smooth[1] < 0.5


def test_a_day_with_many_entries_weighs_more_in_the_line() -> None:
    few = figures(entry(NOON, state_of_mind=mind(-0.8)), entry(NOON + timedelta(days=1), state_of_mind=mind(0.8)))
    many = figures(
        *[entry(NOON, state_of_mind=mind(-0.8))] * 9, entry(NOON + timedelta(days=1), state_of_mind=mind(0.8))
    )
    assert many["valence"][1]["smooth"] < few["valence"][1]["smooth"]  # type: ignore[index]


def test_weeks_begin_on_monday_and_their_shares_sum_to_one() -> None:
    found = figures(
        entry(datetime(2026, 5, 10, 23, tzinfo=UTC), reading=reading(("joy", 0.9), ("neutral", 0.6))),
        entry(datetime(2026, 5, 11, 1, tzinfo=UTC), reading=reading(("joy", 0.9), ("fear", 0.5))),
        entry(datetime(2026, 5, 12, 1, tzinfo=UTC), reading=reading(("fear", 0.9))),
    )
    assert found["weeks"] == [
        {"week": "2026-05-04", "entries": 1, "shares": {"joy": 1.0}},
        {"week": "2026-05-11", "entries": 2, "shares": {"fear": 0.6667, "joy": 0.3333}},
    ]


def test_hours_and_weekdays_are_told_from_ten_on() -> None:
    evenings = [
        entry(datetime(2026, 5, 4 + 7 * (n % 4), 21, n, tzinfo=timezone(timedelta(hours=2))), state_of_mind=mind(v))
        for n, v in enumerate(spread(0.4, 12))
    ]
    found = figures(*evenings, entry(datetime(2026, 5, 5, 7, tzinfo=UTC), state_of_mind=mind(-1)))["rhythm"]
    hours, weekdays = found["hours"], found["weekdays"]  # type: ignore[index]
    assert len(hours) == 24 and len(weekdays) == 7
    assert hours[21]["n"] == 12 and hours[21]["low"] < hours[21]["mean"] == 0.4 < hours[21]["high"]
    assert hours[7] == {"hour": 7, "n": 1, "mean": None, "low": None, "high": None}
    assert weekdays[0]["day"] == "Monday" and weekdays[0]["mean"] == 0.4 and weekdays[1]["mean"] is None


def test_the_map_has_a_cell_for_every_place_and_its_edges() -> None:
    found = figures(
        entry(state_of_mind=StateOfMind(valence=1.0, labels=("excited",))),
        entry(state_of_mind=StateOfMind(valence=-1.0, labels=("drained",))),
        entry(state_of_mind=mind(0.3)),
    )["map"]
    assert found["cells"] == [{"valence": -0.95, "energy": 0.15, "n": 1}, {"valence": 0.95, "energy": 0.95, "n": 1}]  # type: ignore[index]
    assert found["quadrants"]["pleasant, energetic"] == 1  # type: ignore[index]
    assert found["quadrants"]["unpleasant, still"] == 1  # type: ignore[index]


def test_a_week_beside_the_week_before() -> None:
    week = [entry(NOON + timedelta(days=d), state_of_mind=mind(v, "friends"), tags=("tea",)) for d, v in
            ((0, 0.9), (1, 0.5), (1, 0.7), (3, 0.1))]  # fmt: skip
    before = [entry(NOON - timedelta(days=d), state_of_mind=mind(-0.4)) for d in (1, 2, 3)]
    found = review_week([Moment.of(e) for e in week + before], (NOON + timedelta(days=6)).date())
    assert (found["from"], found["to"], found["entries"], found["days"]) == ("2026-05-04", "2026-05-10", 4, 3)
    assert found["valence"] == {"mean": 0.55, "before": -0.4, "n": 4, "difference": 0.95, "says": "more pleasant"}
    assert found["days_by_valence"] == {"most": "2026-05-04", "least": "2026-05-07"}
    assert found["about"] == [{"name": "friends", "n": 4}, {"name": "tea", "n": 4}]
    alone = review_week([Moment.of(e) for e in week], NOON.date())
    assert alone["valence"]["says"] == TOO_EARLY and alone["valence"]["difference"] is None


FELT = ((-0.6, ("stressed",)), (0.8, ("happy",)), (-0.5, ("stressed", "worried")), (0.7, ("happy",)))


def test_near_is_what_felt_alike_and_meant_alike() -> None:
    moments = [
        Moment.of(entry(state_of_mind=StateOfMind(valence=v, labels=labels), id=str(n)))
        for n, (v, labels) in enumerate(FELT)
    ]
    like = moments[0]
    assert [i for i, _ in nearest(moments, like, None, limit=3)] == [2], "unlike days are not listed to fill a list"
    cosines = np.array([1.0, 0.95, 0.1, 0.0], dtype=np.float32)
    found = [i for i, _ in nearest(moments, like, cosines, limit=3)]
    assert found == [2], "the same words about an opposite feeling are not like it"
    unknown = Moment.of(entry(id="x"))
    assert nearest(moments, unknown, None, limit=3) == []
    assert [i for i, _ in nearest(moments, unknown, cosines, limit=3)] == [0, 1], "without a feeling the words decide"
