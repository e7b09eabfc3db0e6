"""The crisis head: its windows, its scores, what it sees of disguised words, and a folder that is not what it was."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from agent.config import ROOT
from agent.domain import Level
from agent.errors import ArtifactError
from reader.crisis import CrisisHead, level_of, mixed, unmasked

FOLDER = ROOT / "models" / "crisis"


@pytest.fixture(scope="module")
def head() -> CrisisHead:
    return CrisisHead(FOLDER)


@pytest.mark.parametrize(
    "typed",
    [
        "i am so tireeeed of it all",
        "i am so t1red of 1t all",
        "i am so t\u0456red of it \u200ball",
        "I AM SO TIRED OF IT ALL",
        "i am so tierd of it all",
        "i am so tiired of it all",
    ],
)
def test_disguised_words_look_like_plain_ones(typed: str) -> None:
    assert unmasked(typed) == "i am so tired of it all"


def test_what_stands_around_a_stretched_word_stays() -> None:
    assert unmasked("Sooo tireeeed, he didn'tttt say noooo!") == "so tired, he didn't say no!"


def test_what_is_no_disguise_stays() -> None:
    assert unmasked("Walked 12km to Anneke's, 3rd time (sunny).") == "walked 12km to anneke's, 3rd time (sunny)."


def test_the_score_for_crisis_is_mixed() -> None:
    logits = np.array([[4.0, 1.0], [0.0, 2.0]], np.float32)
    assert np.allclose(mixed(logits, 0.25), [[1.75, 1.0], [1.5, 2.0]])


def test_of_a_long_text_the_most_worrying_window_counts(head: CrisisHead) -> None:
    calm, risky = "Milk, bread, stamps for the parcel to Ann. " * 60, "Everyone would be better off without me. " * 3
    long, short = head.scores([calm + risky + calm, calm])
    assert long[1] > short[1]


def test_thresholds_decide_and_crisis_comes_first() -> None:
    rows = np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]], np.float32)
    assert [level_of(row, (1.0, 1.0)) for row in rows] == [Level.CRISIS, Level.CONCERN, Level.NONE]


def test_it_knows_danger_without_a_word_of_the_rules_and_an_ordinary_day(head: CrisisHead) -> None:
    texts = ["Everyone would be better off without me, and soon they will be.", "We had soup and the kitchen was warm."]
    risky, harmless = head.levels(texts)
    assert risky is not Level.NONE and harmless is Level.NONE
    assert head.levels([]) == []


def test_a_batch_says_what_each_text_alone_says(head: CrisisHead) -> None:
    texts = [
        "Short one.",
        "The bus was late. I walked home along the river and thought of nothing at all. It rained." * 3,
    ]
    together = head.scores(texts)
    alone = np.concatenate([head.scores([text]) for text in texts])
    # int8 activations are scaled by what stands in the batch, so that the last digits differ.
    assert together.shape == (2, 2) and np.allclose(together, alone, atol=0.6)


def test_one_entry_is_read_in_time(head: CrisisHead) -> None:
    text = "The bus was late again and I walked home along the river. " * 5
    head.scores([text])
    began = time.process_time()
    for _ in range(5):
        head.scores([text])
    # 30 ms of one core is the aim; the limit leaves room for a slow machine and still catches a padded batch.
    assert (time.process_time() - began) / 5 < 0.12


def test_a_folder_that_is_missing_or_altered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"card\.json"):
        CrisisHead(tmp_path / "nowhere")
    copy = tmp_path / "crisis"
    shutil.copytree(FOLDER, copy)
    file = copy / "model.onnx"
    file.write_bytes(file.read_bytes()[:-1] + b"\x07")
    with pytest.raises(ArtifactError, match="altered"):
        CrisisHead(copy)


def test_the_folder_is_small() -> None:
    assert (FOLDER / "model.onnx").stat().st_size <= 23_500_000
