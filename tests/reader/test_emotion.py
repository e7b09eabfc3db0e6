"""The shipped classifier: shapes, order, long texts, and folders that are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from agent.domain import EMOTIONS, NEUTRAL
from agent.errors import ArtifactError
from reader.card import Pooling
from reader.emotion import EmotionClassifier, calibrate, pool

FOLDER = Path(__file__).parents[2] / "models" / "emotion"


@pytest.fixture(scope="module")
def classifier() -> EmotionClassifier:
    return EmotionClassifier(FOLDER)


def test_the_folder_is_small_and_says_what_it_is() -> None:
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) <= 25_000_000
    card = json.loads((FOLDER / "card.json").read_text())
    assert card["labels"] == list(EMOTIONS)
    assert card["metrics"]["test"]["macro_f1"] >= 0.52


def test_probabilities_have_the_shape_and_do_not_depend_on_the_batch(classifier: EmotionClassifier) -> None:
    texts = ["Thank you so much!", "", "word " * 3000, "\U0001f622", "I am scared of tomorrow.", "\u4f60\u597d" * 400]
    together = classifier.probabilities(texts)
    assert together.shape == (len(texts), 28) and together.dtype == np.float32
    assert np.isfinite(together).all() and (together >= 0).all() and (together <= 1).all()
    alone = np.concatenate([classifier.probabilities([t]) for t in texts])
    # int8 activations are scaled by what shares their batch, so the last digits may differ.
    assert np.abs(together - alone).max() < 0.1
    assert classifier.probabilities([]).shape == (0, 28)


def test_readings_are_sorted_and_above_their_thresholds(classifier: EmotionClassifier) -> None:
    [reading] = classifier.read(["Thank you so much, I am so happy and relieved!"])
    values = [e.probability for e in reading.emotions]
    assert values == sorted(values, reverse=True)
    for emotion in reading.emotions:
        assert emotion.probability >= classifier.card.thresholds[EMOTIONS.index(emotion.label)] - 1e-4
    assert reading.emotions[0].label == "gratitude" and not reading.unsure
    assert reading.model == classifier.card.version


def test_nothing_of_a_long_text_is_cut(classifier: EmotionClassifier) -> None:
    filler = "We drove along the coast and stopped for lunch near the harbour wall. " * 150
    [plain] = classifier.read([filler])
    [ended] = classifier.read([filler + "Thank you, thank you so much for everything."])
    assert ended.windows > 8  # of 240 tokens
    assert ended.probabilities["gratitude"] > plain.probabilities["gratitude"] + 0.3


def test_pooling_and_calibration() -> None:
    rows = np.full((4, 28), 0.1, np.float32)
    rows[2, 5] = 0.9
    pooled = pool(rows, Pooling(share=0.5))
    assert pooled[5] == pytest.approx(0.5 * 0.9 + 0.5 * 0.3)
    assert pooled[NEUTRAL] == pytest.approx(0.1)
    warm = calibrate(np.array([[2.0] * 28]), [2.0] * 28)
    assert warm[0, 0] == pytest.approx(1 / (1 + np.exp(-1.0)))


def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "emotion"))


def test_an_altered_model_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    data = bytearray((folder / "model.onnx").read_bytes())
    data[1000] ^= 1
    (folder / "model.onnx").write_bytes(data)
    with pytest.raises(ArtifactError, match=r"model\.onnx was altered: expected sha256 \w+, found \w+"):
        EmotionClassifier(folder)


@pytest.mark.parametrize("missing", ["card.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    folder = copy(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(ArtifactError, match=missing):
        EmotionClassifier(folder)


def test_other_labels_are_refused_with_both_lists(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    card = json.loads((folder / "card.json").read_text())
    card["labels"] = card["labels"][::-1]
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(ArtifactError) as caught:
        EmotionClassifier(folder)
    assert str(list(EMOTIONS)) in str(caught.value) and str(list(EMOTIONS)[::-1]) in str(caught.value)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text("[1, 2")
    with pytest.raises(ArtifactError, match="cannot be read"):
        EmotionClassifier(tmp_path)
