"""What the form of settings means."""

from __future__ import annotations

from agent.domain import Settings
from agent.help import regions
from serving.chat_settings import AUTOMATIC, COUNTRIES, ELSEWHERE, NOWHERE, from_form, region_name


def test_the_countries_to_choose_from_are_those_with_sourced_lines() -> None:
    assert set(COUNTRIES) == set(regions())


def test_every_choice_comes_back_as_it_was_chosen() -> None:
    for region in (None, NOWHERE, *COUNTRIES):
        form = {"region": region_name(region), "read_emotions": False, "suggestions": True}
        assert from_form(form) == Settings(region=region, read_emotions=False)


def test_a_country_without_lines_counts_as_elsewhere() -> None:
    assert region_name("LI") == ELSEWHERE
    assert from_form({"region": "Atlantis"}).region == NOWHERE


def test_an_empty_form_is_the_defaults() -> None:
    assert from_form({}) == Settings()
    assert from_form({"region": AUTOMATIC}).region is None
