"""The rules over many items at once give for each of them what the rules give for one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain import EMOTIONS, Item
from retrieval import catalog
from retrieval.mood import feelings
from retrieval.rules import allowed, wishes
from retrieval.sieve import BIT, Sieve, bits
from retrieval.vocabulary import KINDS, WARNINGS

SHIPPED = catalog.load(catalog.shipped())
SIEVE = Sieve(SHIPPED)
EVERY = np.arange(len(SHIPPED), dtype=np.intp)
TEXTS = [
    "",
    "A long day.",
    "My uncle died in spring and I am three weeks sober.",
    "Scan clear!",
    "I want to watch a horror film, but please no violence.",
]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.lists(st.tuples(st.sampled_from(EMOTIONS), st.floats(0.01, 1)), max_size=2),
    st.lists(st.sampled_from(KINDS), max_size=2),
    st.one_of(st.none(), st.integers(1, 200)),
    st.one_of(st.none(), st.floats(0, 1)),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.lists(st.sampled_from(WARNINGS), max_size=3),
    st.lists(st.sampled_from([i.id for i in SHIPPED[:5]] + ["no-such-item"]), max_size=3),
)
def test_many_at_once_are_each_as_one(
    text: str,
    emotions: list[tuple[str, float]],
    kinds: list[str],
    minutes: int | None,
    energy: float | None,
    switches: tuple[bool, bool, bool],
    avoid: list[str],
    exclude: list[str],
) -> None:
    free, social, gentle = switches
    wanted = wishes(
        text=text, felt=feelings(emotions), kinds=kinds, max_minutes=minutes, max_energy=energy, free_only=free,
        social_only=social, gentle=gentle, avoid=avoid, exclude=exclude,
    )  # fmt: skip
    assert SIEVE.keep(EVERY, wanted).tolist() == [allowed(item, wanted) for item in SHIPPED]


def test_positions_are_answered_in_their_order(items: list[Item]) -> None:
    wanted = wishes(kinds=["game"])
    order = np.array([3, 0, 2], dtype=np.intp)
    assert Sieve(items).keep(order, wanted).tolist() == [items[p].kind == "game" for p in order]


@pytest.mark.parametrize("themes", [(), ("grief",), ("grief", "illness"), ("nothing of ours",)])
def test_themes_are_bits_of_their_own(themes: tuple[str, ...]) -> None:
    assert bits(themes) == sum(BIT[t] for t in themes if t in BIT)
    assert len(set(BIT.values())) == len(BIT)
