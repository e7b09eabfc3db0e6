"""The hard rules, over every item of the small catalogue and over any item there could be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.affect import AFFECT, GENTLE_GROUPS
from agent.domain import EMOTIONS, Goal, Item
from agent.errors import Invalid
from retrieval.mood import feelings
from retrieval.rules import Wishes, allowed, wishes
from retrieval.vocabulary import HARSH, KINDS, WARNINGS

TENDER = [e for e in EMOTIONS if AFFECT[e].group in GENTLE_GROUPS]
NOTHING_ASKED = ["", "It was a long day and I do not know what to say.", "I watched a horror film and felt sick after."]

any_item = st.builds(
    Item,
    id=st.from_regex(r"[a-z]{2,8}", fullmatch=True),
    title=st.just("A Thing"),
    kind=st.sampled_from(KINDS),
    year=st.integers(1950, 2024),
    url=st.just("https://example.org/a"),
    description=st.just("Somebody does something, and then it is over again."),
    genres=st.just(()),
    valence=st.floats(-1, 1),
    energy=st.floats(0, 1),
    demand=st.floats(0, 1),
    minutes=st.integers(1, 600),
    social=st.booleans(),
    free=st.booleans(),
    warnings=st.lists(st.sampled_from(WARNINGS), unique=True, max_size=4).map(tuple),
    goals=st.lists(st.sampled_from(list(Goal)), unique=True).map(tuple),
    licence=st.just("CC0-1.0"),
    source=st.just("made up for tests"),
)
tender_mixture = st.tuples(
    st.lists(st.tuples(st.sampled_from(TENDER), st.floats(0.01, 1)), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(EMOTIONS), st.floats(0.01, 1)), max_size=2),
).map(lambda pair: pair[0] + pair[1])


@given(any_item, tender_mixture, st.sampled_from(NOTHING_ASKED))
def test_nothing_harsh_for_fear_or_sadness_unless_asked_for(
    item: Item, emotions: list[tuple[str, float]], text: str
) -> None:
    if allowed(item, wishes(text=text, felt=feelings(emotions))):
        assert HARSH.isdisjoint(item.warnings)


@given(any_item, st.sampled_from(NOTHING_ASKED))
def test_nothing_harsh_when_no_feeling_is_known(item: Item, text: str) -> None:
    if allowed(item, wishes(text=text)):
        assert HARSH.isdisjoint(item.warnings)


@given(any_item, st.lists(st.tuples(st.sampled_from(EMOTIONS), st.floats(0.01, 1)), max_size=3))
def test_self_harm_never_comes_by_chance(item: Item, emotions: list[tuple[str, float]]) -> None:
    if allowed(item, wishes(felt=feelings(emotions))):
        assert "self-harm" not in item.warnings


@given(any_item, st.sampled_from(["I want to watch a horror film", "something about grief please"]))
def test_gentle_outweighs_every_request(item: Item, text: str) -> None:
    if allowed(item, wishes(text=text, gentle=True)):
        assert item.warnings == ()
        assert item.energy <= 0.5 and item.demand <= 0.5 and item.valence >= 0


@given(
    any_item,
    st.lists(st.sampled_from(KINDS), max_size=2),
    st.one_of(st.none(), st.integers(1, 200)),
    st.booleans(),
    st.lists(st.sampled_from(WARNINGS), max_size=3),
)
def test_limits_are_kept(item: Item, kinds: list[str], minutes: int | None, free: bool, avoid: list[str]) -> None:
    if allowed(item, wishes(kinds=kinds, max_minutes=minutes, free_only=free, avoid=avoid)):
        assert not kinds or item.kind in kinds
        assert minutes is None or item.minutes <= minutes
        assert item.free or not free
        assert not set(avoid) & set(item.warnings)


@given(any_item)
def test_what_was_shown_or_disliked_does_not_come_back(item: Item) -> None:
    assert not allowed(item, wishes(exclude=[item.id]))
    assert not allowed(item, wishes(disliked=[item.id]))


def test_horror_comes_when_it_is_asked_for_even_by_somebody_afraid(by_id: dict[str, Item]) -> None:
    felt = feelings([("fear", 0.9)])
    wanted = wishes(text="I want to watch a horror film", felt=felt)
    assert allowed(by_id["night-visitors-1979"], wanted)
    assert not allowed(by_id["the-long-winter-1988"], wanted)


def test_one_faint_sorrow_among_joys_is_enough_for_care(by_id: dict[str, Item]) -> None:
    felt = feelings([("joy", 0.95), ("remorse", 0.32)])
    assert not allowed(by_id["the-long-winter-1988"], wishes(felt=felt))
    assert allowed(by_id["the-long-winter-1988"], wishes(felt=feelings([("joy", 0.95)])))


@pytest.mark.parametrize(
    ("text", "kept_away"),
    [
        ("Three weeks sober and proud of it", "two-bottles-1999"),
        ("I bet the rent again, gambling is eating me", "high-table-2003"),
        ("Gambling ruined my brother", "dice-and-tea-1995"),
        ("A migraine since noon", "road-runners-2020"),
        ("My uncle died in spring", "the-long-winter-1988"),
        ("He abused me for years and today I said so", "ash-and-oak-2006"),
        ("Please nothing violent", "fast-money-1985"),
    ],
)
def test_a_theme_of_the_persons_own_life_stays_away(by_id: dict[str, Item], text: str, kept_away: str) -> None:
    felt = feelings([("pride", 0.9)])
    item = by_id[kept_away]
    assert allowed(item.model_copy(update={"warnings": ()}), Wishes())
    assert not allowed(item, wishes(text=text, felt=felt))


def test_a_joke_about_death_stays_away_from_a_funeral(by_id: dict[str, Item]) -> None:
    joke = by_id["stairwell-dance-2014"].model_copy(
        update={"description": "A parrot is dead, and a man insists on it."}
    )
    assert allowed(joke, wishes(text="A good day.", felt=feelings([("joy", 0.9)])))
    assert not allowed(joke, wishes(text="The funeral was on Monday.", felt=feelings([("love", 0.9)])))


def test_limits_are_inclusive_and_none_of_them_is_no_limit(by_id: dict[str, Item]) -> None:
    item = by_id["quiet-harbour-2011"]
    assert allowed(item, Wishes())
    assert allowed(item, wishes(max_minutes=item.minutes))
    assert not allowed(item, wishes(max_minutes=item.minutes - 1))
    assert not allowed(item, wishes(max_minutes=0))


@pytest.mark.parametrize(("field", "value"), [("kinds", ["book"]), ("avoid", ["sadness"]), ("kinds", [""])])
def test_a_strange_word_is_refused_with_the_allowed_ones(field: str, value: list[str]) -> None:
    with pytest.raises(Invalid, match=f"{field}: found '{value[0]}'; allowed: "):
        wishes(**{field: value})


@given(any_item, st.lists(st.tuples(st.sampled_from(EMOTIONS), st.floats(0.01, 1)), max_size=3))
def test_a_reading_of_a_text_opens_no_door_to_what_is_harsh(item: Item, emotions: list[tuple[str, float]]) -> None:
    # "His cab has been given to the new lad" may be read as anything at all.
    wanted = wishes(text="His cab has been given to the new lad.", felt=feelings(emotions))
    assert not allowed(item, wanted) or HARSH.isdisjoint(item.warnings)


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("Dengue in B wing, platelets tomorrow.", "Four diseases spread while everyone leans in and plans aloud."),
        ("Scan clear!", "Swollen heads are popped in a cheerful hospital."),
        ("Ended it with Aaron this morning.", "Two people on a terrace, after the divorce."),
        ("There was an active shooter alert at 10:40.", "Blood on the snow, and a man who owes for it."),
        ("My sponsee rang at 2:20, from outside the shop.", "Drunk uncles sing in a pub until it closes."),
    ],
)
def test_a_sore_subject_stays_away_though_no_warning_names_it(
    by_id: dict[str, Item], text: str, description: str
) -> None:
    item = by_id["stairwell-dance-2014"].model_copy(update={"description": description, "warnings": ()})
    assert allowed(item, wishes(text="A long day.", felt=feelings([("joy", 0.9)])))
    assert not allowed(item, wishes(text=text, felt=feelings([("joy", 0.9)])))
