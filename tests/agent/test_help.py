from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from agent import help as help_cards
from agent.help import GLOBAL, card, regions

# The first way in and the emergency numbers of every region, written down a second time on purpose: a change of the
# data file has to be made here too, by a person who has looked at it.
SNAPSHOT = {
    "AR": ("0800 999 0091", ("911", "107: medical")),
    "AT": ("142", ("112", "144: ambulance")),
    "AU": ("13 11 14", ("000",)),
    "BE": ("1813", ("112",)),
    "BR": ("188", ("192: ambulance (SAMU)", "190: police")),
    "CA": ("988", ("911",)),
    "CH": ("143", ("144: ambulance", "117: police", "112")),
    "CZ": ("116 123", ("112", "155: ambulance")),
    "DE": ("0800 1110111", ("112: fire and ambulance; also all emergencies", "110: police")),
    "DK": ("70 201 201", ("112",)),
    "ES": ("024", ("112",)),
    "FI": ("09 2525 0111", ("112",)),
    "FR": ("3114", ("112", "15: medical (SAMU)")),
    "GB": ("116 123", ("999", "112")),
    "GR": ("1018", ("112", "166: ambulance")),
    "HK": ("18111", ("999",)),
    "IE": ("116 123", ("112", "999")),
    "IL": ("1201", ("101: ambulance", "100: police")),
    "IN": ("14416", ("112",)),
    "IT": ("02 2327 2327", ("112", "118: ambulance")),
    "JP": ("0120-061-338", ("119: ambulance and fire", "110: police")),
    "KE": ("0722 178 177", ("112", "999")),
    "KR": ("109", ("119: ambulance and fire", "112: police")),
    "MX": ("800 911 2000", ("911",)),
    "NL": ("113", ("112",)),
    "NO": ("116 123", ("113: ambulance", "112: police")),
    "NZ": ("1737", ("111",)),
    "PH": ("1553", ("911",)),
    "PL": ("800 70 2222", ("112", "999: ambulance")),
    "PT": ("1411", ("112",)),
    "SE": ("90101", ("112",)),
    "SG": ("1767", ("995: ambulance and fire", "999: police")),
    "TW": ("1925", ("119: ambulance and fire", "110: police")),
    "US": ("988", ("911",)),
    "ZA": ("0800 567 567", ("10177: ambulance", "10111: police", "112: from mobile phones")),
}

LOCALES = [
    ("en-US", "US"), ("en_US.UTF-8", "US"), ("es-US", "US"), ("EN-us", "US"), ("en-US-u-ca-gregory", "US"),
    ("en-GB", "GB"), ("cy-GB", "GB"), ("en-UK", "GB"), ("en-GB,en;q=0.9,de-DE;q=0.8", "GB"), ("en-IE", "IE"),
    ("ga-IE", "IE"), ("fr-CA", "CA"), ("de-AT", "AT"), ("de_AT@euro", "AT"), ("de-CH-1996", "CH"), ("nb-NO", "NO"),
    ("nl-NL", "NL"), ("nl-BE", "BE"), ("zh-Hant-HK", "HK"), ("zh-Hant-TW", "TW"), ("zh-yue-HK", "HK"),
    ("sl-rozaj", GLOBAL), ("pt-BR", "BR"), ("pt-PT", "PT"), ("el-GR", "GR"), ("ja-JP", "JP"), ("  sv-SE  ", "SE"),
    ("uk-UA", GLOBAL), ("zh-CN", GLOBAL), ("en-PR", GLOBAL), ("fr-LU", GLOBAL), ("en", GLOBAL), ("de", GLOBAL),
    ("ja", GLOBAL), ("es-419", GLOBAL), ("en-001", GLOBAL), ("sr-Latn", GLOBAL), ("C", GLOBAL), ("C.UTF-8", GLOBAL),
    ("POSIX", GLOBAL), ("", GLOBAL), (None, GLOBAL), ("-", GLOBAL), ("en-", GLOBAL), ("-US", GLOBAL), ("US", GLOBAL),
    ("en--US", GLOBAL), ("en-USA", GLOBAL), ("en-U5", GLOBAL), ("en-x-us", GLOBAL), ("x-us", GLOBAL),
    ("i-klingon", GLOBAL), ("en US", GLOBAL), ("еn-US", GLOBAL), ("en-ＵＳ", GLOBAL), ("\x00", GLOBAL),
    ("en-US" * 4000, GLOBAL), ("e" * 20_000, GLOBAL), ("../../etc/passwd", GLOBAL), ("🙂", GLOBAL),
]  # fmt: skip


@pytest.mark.parametrize(("locale", "region"), LOCALES)
def test_the_locale_names_the_region_or_nothing_does(locale: str | None, region: str) -> None:
    assert card(None, locale).region == region


@pytest.mark.parametrize(
    ("region", "locale", "shown"),
    [
        ("US", "en-GB", "US"),
        ("us", None, "US"),
        ("UK", None, "GB"),
        (" IE ", None, "IE"),
        ("UA", "de-DE", GLOBAL),
        ("CN", "en-US", GLOBAL),
        ("", "en-GB", "GB"),
        ("USA", "en-GB", "GB"),
        ("1", "en-GB", "GB"),
        ("ＵＳ", "en-GB", "GB"),
        ("GLOBAL", None, GLOBAL),
        (None, None, GLOBAL),
    ],
)
def test_the_setting_comes_before_the_locale(region: str | None, locale: str | None, shown: str) -> None:
    assert card(region, locale).region == shown


def test_every_region_shows_the_numbers_that_were_reviewed() -> None:
    shown = {code: (card(code, None).lines[0].phone, card(code, None).emergency) for code in regions()}
    assert shown == SNAPSHOT


def test_the_lines_that_were_asked_for_by_name() -> None:
    lifeline = card("US", None).lines[0]
    assert (lifeline.name, lifeline.phone, lifeline.text) == ("988 Suicide & Crisis Lifeline", "988", "988")
    for code in ("GB", "IE"):
        assert "Samaritans" in card(code, None).lines[0].name
        assert card(code, None).lines[0].phone == "116 123"


def test_no_number_crosses_a_border() -> None:
    rows = {row["region"]: row for row in json.loads(_file())}
    for code in [*regions(), GLOBAL]:
        own = {line["name"] for line in rows[code]["lines"]}
        assert {line.name for line in card(code, None).lines} == own
    assert "113" in [line.phone for line in card("NL", None).lines]
    assert "113" not in [line.phone for line in card("NO", None).lines]


def test_the_worldwide_card_has_directories_and_no_numbers() -> None:
    everywhere = card(None, None)
    assert [line.phone for line in everywhere.lines] == [None, None]
    assert everywhere.emergency == ()
    assert everywhere.lines[0].url == "https://findahelpline.com/"
    assert "place you are in" in everywhere.message


def test_every_line_has_a_way_in_and_two_sources_and_nobody_claims_to_have_called() -> None:
    for code in [*regions(), GLOBAL]:
        for line in card(code, None).lines:
            assert line.phone or line.text or line.url
            assert len(set(line.sources)) >= 2, f"{code} {line.name}"
            assert line.verified_on is None
    for row in json.loads(_file()):
        assert row["emergency"] is None or len(set(row["emergency"]["sources"])) >= 2


@pytest.mark.parametrize("about", ["self", "other"])
@pytest.mark.parametrize("region", ["US", None])
def test_the_words_say_what_this_is_and_who_can_help(region: str | None, about: str) -> None:
    message = card(region, None, about="self" if about == "self" else "other").message
    assert "Discovery is a machine" in message
    assert "cannot help in an emergency" in message
    assert "journal is kept" in message
    assert "emergency number" in message
    assert not re.search(r"\d|https?:|www\.", message), "numbers and addresses belong to the lines, not to the words"
    assert len(message.split()) <= 90


def test_the_worry_about_somebody_else_has_words_of_its_own_and_the_same_lines() -> None:
    mine, theirs = card("DE", None), card("DE", None, about="other")
    assert mine.lines == theirs.lines and mine.emergency == theirs.emergency
    assert mine.message != theirs.message


def test_the_data_file_is_read_once_and_cards_cannot_be_changed() -> None:
    assert help_cards._lines() is help_cards._lines()
    with pytest.raises(ValueError, match="frozen"):
        card("US", None).region = "GB"  # type: ignore[misc]


def _file() -> str:
    return files("agent").joinpath("data/helplines.json").read_text(encoding="utf-8")
