"""A tiny world for training: three splits of a few rows, and a random BERT of one layer that trains in a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from finetune.train import TrainConfig
from reader.base import base_folder

ROWS = [("Thank you so much for this!", 15), ("I am so scared of tomorrow.", 14), ("The bus came at nine.", 27)]


def write_splits(folder: Path, rows: int = 8) -> Path:
    """`train.tsv`, `dev.tsv` and `test.tsv` of `3 * rows` lines each, no text twice."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, before in (("train", ""), ("dev", "So "), ("test", "Well ")):
        lines = [f"{before}{text} {n}\t{label}\tx\n" for n in range(rows) for text, label in ROWS]
        (folder / f"{split}.tsv").write_text("".join(lines))
    return folder


def write_base(folder: Path) -> Path:
    """A folder like that of the base model, with an encoder of one layer and 16 units."""
    torch.manual_seed(0)
    config = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes((base_folder() / "tokenizer.json").read_bytes())
    return folder


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests of a session."""
    return write_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def tiny(tmp_path: Path, tiny_base: Path) -> TrainConfig:
    """A run of two epochs over 24 rows with the tiny encoder."""
    return TrainConfig(
        goemotions=write_splits(tmp_path / "raw"),
        base=tiny_base,
        output=tmp_path / "run",
        epochs=2,
        batch=4,
        ema=0.5,
        threads=1,  # sums come out the same, to the bit, only with as many threads
    )


@pytest.fixture(scope="session")
def ray_here() -> Iterator[None]:
    """One Ray of two CPUs for all tests of this folder that need it."""
    from finetune.cluster import started

    with started(cpus=2):
        yield
