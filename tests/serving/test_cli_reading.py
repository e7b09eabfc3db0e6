"""`suggest` and `classify`: what is read and not kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.api import scripted
from fakes.terminal import CARD, ITEM, complaint, discovery, reading

SAFE = {"level": "none"}
HER = "I miss her so much"


def test_suggest_sends_every_wish() -> None:
    wishes = {
        "text": "A long grey week.", "goal": "lift", "kinds": ["game", "film"], "limit": 2, "max_minutes": 90,
        "free_only": True,
    }  # fmt: skip
    with scripted() as api:
        api.expect("POST", "/v1/suggest", {"items": [ITEM], "safety": SAFE}, body=wishes)
        typed = "--goal lift --kind game --kind Film --limit 2 --minutes 90 --free --text".split()
        seen = discovery("suggest", *typed, "A long grey week.", api=api)
    assert seen.exit_code == 0
    assert seen.stdout.splitlines() == [
        "  1. Quiet Game (game, 2001, 20 min, free)",
        "     It is as quiet as your evening.",
        "     https://example.org/q",
    ]


def test_suggest_leaves_to_the_server_what_was_not_said() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/suggest", {"items": [], "safety": SAFE}, body={"goal": "calm", "limit": 5})
        seen = discovery("suggest", "--goal", "calm", api=api)
    assert seen.stdout == "Nothing in the catalogue fits all of these wishes. Leave one of them out.\n"


def test_suggest_in_crisis_is_the_card_and_nothing_else() -> None:
    with scripted() as api:
        answer = {"items": [ITEM], "safety": {"level": "crisis", "card": CARD}}
        api.expect("POST", "/v1/suggest", answer)
        seen = discovery("suggest", "--text", "x", api=api)
    assert seen.stdout.startswith("=" * 80) and seen.stdout.rstrip().endswith("=" * 80)
    assert "Quiet Game" not in seen.stdout


def test_suggest_at_concern_puts_the_soft_line_first() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/suggest", {"items": [ITEM], "safety": {"level": "concern", "card": CARD}})
        seen = discovery("suggest", "--text", "x", api=api)
    assert seen.stdout.index("If this weighs more") < seen.stdout.index("Quiet Game")


@pytest.mark.parametrize("level", ["none", "crisis"])
def test_suggest_as_json_is_the_whole_answer(level: str) -> None:
    answer = {"items": [ITEM], "safety": {"level": level, "card": CARD}}
    with scripted() as api:
        api.expect("POST", "/v1/suggest", answer)
        assert json.loads(discovery("suggest", "--goal", "stay", "--json", api=api).stdout) == answer


def test_classify_of_one_text_shows_bars() -> None:
    with scripted() as api:
        answer = {"results": [reading(sadness=0.71, love=0.4)]}
        api.expect("POST", "/v1/classify", answer, body={"texts": [HER], "full": False})
        seen = discovery("classify", HER, api=api)
    assert "You might be feeling" in seen.stdout
    assert "sadness" in seen.stdout and "71 %  probably" in seen.stdout


def test_classify_of_several_texts_is_a_line_each() -> None:
    results = [reading(sadness=0.71, love=0.4), reading(unsure=True), reading(joy=1.0)]
    with scripted() as api:
        api.expect("POST", "/v1/classify", {"results": results}, body={"texts": [HER, "hm", "yes!"], "full": False})
        seen = discovery("classify", HER, "hm", "yes!", api=api)
    assert seen.stdout.splitlines() == [f"sadness 71 %, love 40 %  {HER}", "hard to tell  hm", "joy 100 %  yes!"]


@pytest.mark.parametrize("how", ["arguments", "file", "input", "dash", "file-dash"])
def test_classify_as_json_is_one_object_a_line_wherever_the_texts_come_from(how: str, tmp_path: Path) -> None:
    texts = [HER, "[b]caf\u00e9[/b] \x1b[2J"]
    file = tmp_path / "letters.txt"
    file.write_text("\n".join(texts) + "\n\n", encoding="utf-8")
    typed = {
        "arguments": texts, "file": ["--file", str(file)], "input": [], "dash": ["-"], "file-dash": ["--file", "-"],
    }  # fmt: skip
    keys = file.read_bytes() if how in ("input", "dash", "file-dash") else None
    with scripted() as api:
        answer = {"results": [reading(sadness=0.71), reading("crisis")]}
        api.expect("POST", "/v1/classify", answer, body={"texts": texts, "full": False})
        seen = discovery("classify", "--json", *typed[how], api=api, keys=keys)
    assert seen.exit_code == 0
    assert [json.loads(line) for line in seen.stdout.splitlines()] == [
        {"text": texts[0], **reading(sadness=0.71)},
        {"text": texts[1], **reading("crisis")},
    ]


def test_classify_full_asks_for_all_28() -> None:
    result = reading(joy=0.8) | {"probabilities": {"joy": 0.8, "fear": 0.1}}
    with scripted() as api:
        api.expect("POST", "/v1/classify", {"results": [result]}, body={"texts": ["yes!"], "full": True})
        seen = discovery("classify", "yes!", "--json", "--full", api=api)
    assert json.loads(seen.stdout)["probabilities"] == {"joy": 0.8, "fear": 0.1}


def test_many_texts_go_in_requests_of_512_and_come_back_in_order() -> None:
    texts = [f"day {n}" for n in range(600)]
    with scripted() as api:
        for part in (texts[:512], texts[512:]):
            answer = {"results": [reading(joy=0.9) for _ in part]}
            api.expect("POST", "/v1/classify", answer, body={"texts": part, "full": False})
        seen = discovery("classify", "--json", api=api, keys="\n".join(texts))
    assert [json.loads(line)["text"] for line in seen.stdout.splitlines()] == texts
    assert seen.stderr == "", "a bar of progress is for terminals"


def test_a_failure_in_the_middle_says_how_far_it_got() -> None:
    texts = [f"day {n}" for n in range(600)]
    with scripted() as api:
        api.expect("POST", "/v1/classify", {"results": [reading(joy=0.9) for _ in range(512)]})
        api.refuse("POST", "/v1/classify", 503, "A part of Discovery cannot answer now", "the classifier is down")
        seen = discovery("classify", "--json", api=api, keys="\n".join(texts))
    assert seen.exit_code == 1
    assert seen.stderr.splitlines() == [
        "Read and written: the first 512 of 600 texts.",
        "A part of Discovery cannot answer now: the classifier is down.",
    ]
    assert len(seen.stdout.splitlines()) == 512


def test_classify_of_a_text_in_crisis_is_the_card_of_the_persons_region_and_nothing_else() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/classify", {"results": [reading("crisis")]})
        api.expect("GET", "/v1/me", {"region": "GB", "read_emotions": True, "suggestions": True})
        seen = discovery("classify", "x", api=api, LC_ALL="de_AT.UTF-8")
    assert seen.stdout.startswith("=" * 80) and seen.stdout.rstrip().endswith("=" * 80)
    assert "116 123" in seen.stdout


def test_among_several_texts_the_one_in_crisis_is_not_read_and_the_card_stands_last() -> None:
    with scripted() as api:
        api.expect("POST", "/v1/classify", {"results": [reading("crisis"), reading(joy=0.9)]})
        api.refuse("GET", "/v1/me", 503, "Not now", "the journal is down")
        seen = discovery("classify", "x", "y", api=api)
    assert seen.exit_code == 0
    assert seen.stdout.splitlines()[:2] == ["not read, sounds like a crisis  x", "joy 90 %  y"]
    assert "findahelpline.com" in seen.stdout, "no setting and no locale: the worldwide card"


def test_what_the_server_refuses_is_bad_use() -> None:
    with scripted() as api:
        api.refuse("POST", "/v1/classify", 422, "Something in the request cannot be used", "found NUL", field="texts.0")
        said = complaint(discovery("classify", "x", api=api), 2)
    assert said == "Something in the request cannot be used: texts.0: found NUL."
