"""The crisis head: its pieces, its pooling, and a folder that is not what it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from agent.config import ROOT
from agent.domain import Level
from agent.errors import ArtifactError
from reader.crisis import MOST_PIECES, WIDTH, CrisisHead, buckets, level_of, pieces, whole_and_pieces

FOLDER = ROOT / "models" / "crisis"


def test_every_word_stands_in_one_piece_and_pieces_are_few() -> None:
    text = "We had soup. Then the rain came and everybody ran. " * 60 + "I was last!"
    cut = pieces(text)
    assert len(cut) <= MOST_PIECES
    assert " ".join(cut).split() == text.split()
    assert whole_and_pieces("Short.") == ["Short."] and pieces("") == []


def test_disguised_letters_meet_the_same_places() -> None:
    assert np.array_equal(buckets("So TIRED of it"), buckets("so t\u0456red of it"))


def test_one_worrying_sentence_counts_in_a_long_text() -> None:
    head = CrisisHead(FOLDER)
    text = "Milk, bread, stamps for the parcel to Ann. Everyone would be better off without me and they know it. " * 2
    cut = [whole_and_pieces(text), [text]]
    vectors = np.zeros((sum(map(len, cut)), WIDTH), np.float32)
    pooled, alone = head.scores(cut, vectors)
    assert pooled.shape == (2,) and not np.array_equal(pooled, alone)
    assert head.levels([], vectors[:0]) == []


def test_thresholds_decide_and_crisis_comes_first() -> None:
    rows = np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]], np.float32)
    assert [level_of(row, (1.0, 1.0)) for row in rows] == [Level.CRISIS, Level.CONCERN, Level.NONE]


def test_a_folder_that_is_missing_or_altered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"card\.json"):
        CrisisHead(tmp_path / "nowhere")
    copy = tmp_path / "crisis"
    shutil.copytree(FOLDER, copy)
    file = copy / "head.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\x07")
    with pytest.raises(ArtifactError, match="altered"):
        CrisisHead(copy)
