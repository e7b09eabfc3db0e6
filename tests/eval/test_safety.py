"""The labelled sets of the crisis screen: as many as they must be, no templates, no text of one split in another."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from agent.config import ROOT
from agent.domain import Level
from eval.safety import DISGUISES, SPLITS, Rate, Row, SafetyConfig, Targets, load, misses, rates, screened, table
from reader.crisis import CrisisHead

DATA = ROOT / "eval" / "data" / "safety"
ROWS = load(DATA)
_WORD = re.compile(r"[a-z0-9']+")


def _words(row: Row) -> list[str]:
    return _WORD.findall(row.text.lower())


def test_there_are_enough_rows_of_every_class() -> None:
    counts = Counter((row.split, row.label) for row in ROWS)
    assert all(
        counts["dev", label] >= least for label, least in {"explicit": 400, "implicit": 400, "negative": 800}.items()
    )
    assert min(counts["blind", label] for label in ("explicit", "implicit", "negative")) >= 120


def test_no_opening_is_a_template() -> None:
    for share, split in ((0.01, SPLITS), (0.015, ("other",)), (0.015, ("blind",))):
        mine = [row for row in ROWS if row.split in split]
        openings = Counter(" ".join(_words(row)[:3]) for row in mine if len(_words(row)) > 3)
        opening, count = openings.most_common(1)[0]
        assert count <= share * len(mine), (split, opening, count)


def test_no_judged_text_is_a_dev_text_again() -> None:
    known: dict[str, set[int]] = {}
    for number, row in enumerate(row for row in ROWS if row.split == "dev"):
        for run in _runs(row):
            known.setdefault(run, set()).add(number)
    for row in (row for row in ROWS if row.split != "dev"):
        runs = _runs(row)
        shared = Counter(number for run in runs for number in known.get(run, ()))
        most = max(shared.values(), default=0)
        assert most <= len(runs) / 2 or len(runs) < 3, row.text


def _runs(row: Row) -> set[str]:
    words = _words(row)
    return {" ".join(words[i : i + 4]) for i in range(max(1, len(words) - 3))}


def test_blind_is_by_a_hand_of_its_own() -> None:
    assert not {r.writer for r in ROWS if r.split == "blind"} & {r.writer for r in ROWS if r.split != "blind"}


def test_a_row_of_the_wrong_class_is_refused_with_its_line(tmp_path: Path) -> None:
    for path in DATA.glob("*.jsonl"):
        (tmp_path / path.name).write_text("", encoding="utf-8")
    row = {"text": "soup", "class": "negative", "kind": "x", "writer": "y", "split": "dev"}
    (tmp_path / "explicit.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"explicit\.jsonl, line 1"):
        load(tmp_path)


def test_rates_count_levels_by_class() -> None:
    rows = [row for row in ROWS if row.label == "explicit"][:4]
    levels = dict(zip((row.text for row in rows), [Level.CRISIS, Level.CRISIS, Level.CONCERN, Level.NONE], strict=True))
    found = rates(rows, levels.__getitem__)["explicit"]
    assert found["crisis"] == Rate(2, 4) and found["concern"] == Rate(3, 4)
    low, high = found["crisis"].interval
    assert low < 0.5 < high and Rate(0, 0).interval == (0.0, 1.0)


def test_a_miss_is_named_with_its_target() -> None:
    rate = {"crisis": Rate(1, 2), "concern": Rate(2, 2)}
    found = {"explicit": rate, "implicit": rate, "negative": {"crisis": Rate(0, 9), "concern": Rate(0, 9)}}
    targets = Targets(
        explicit_at_crisis=0.99, implicit_at_concern=0.9, negatives_at_crisis=0.02, negatives_at_concern=0.15,
        robustness_cost=0.02,
    )  # fmt: skip
    assert misses(found, {"capitals": (0.0, 0.0)}, targets) == ["explicit risk at crisis: 50.0%, target 99.0%"]


def test_every_disguise_changes_the_text() -> None:
    text = "Something about the coming winter evenings worries Ann, and I said so"
    assert all(disguise(text) != text for disguise in DISGUISES.values())


def test_the_screen_does_not_fall_below_what_it_reached() -> None:
    config = SafetyConfig.model_validate(yaml.safe_load((ROOT / "configs" / "safety.yaml").read_text(encoding="utf-8")))
    levels_of = screened(CrisisHead(ROOT / config.head))
    judged = [row for row in ROWS if row.split == config.judged_split]
    found = table(judged, levels_of)
    stretched = DISGUISES["stretched letters"]
    hidden = table([row.model_copy(update={"text": stretched(row.text)}) for row in judged], levels_of)
    lost = (
        found["explicit"]["crisis"].share - hidden["explicit"]["crisis"].share,
        found["implicit"]["concern"].share - hidden["implicit"]["concern"].share,
    )
    assert misses(found, {"stretched letters": lost}, config.floors) == []


def test_the_head_finds_what_the_rules_do_not_and_lowers_nothing() -> None:
    rows = [row for row in ROWS if row.split == "blind"][:60]
    texts = [row.text for row in rows]
    alone, together = screened(None)(texts), screened(CrisisHead(ROOT / "models" / "crisis"))(texts)
    order = list(Level)
    assert all(order.index(b) >= order.index(a) for a, b in zip(alone, together, strict=True)) and alone != together
