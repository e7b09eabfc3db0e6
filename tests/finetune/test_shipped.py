"""Going on from a model that shipped: its int8 weights read back are the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, save
from tokenizers import Tokenizer

from finetune.dataset import DataError
from finetune.model import from_base
from finetune.shipped import restore
from finetune.train import predict, tokenise
from reader.base import base_folder
from reader.session import TextSession

SHIPPED = Path(__file__).parents[2] / "models" / "emotion"
TEXTS = ["Thank you so much!", "I am scared of tomorrow, really.", "The bus came at nine and we went home."]


def test_the_shipped_folder_gives_back_the_network_it_was_made_from() -> None:
    model = from_base(base_folder())
    restore(model, SHIPPED)
    logits = predict(model, tokenise(Tokenizer.from_file(str(SHIPPED / "tokenizer.json")), TEXTS, 96))
    assert np.abs(logits - TextSession(SHIPPED, threads=1).run(TEXTS)).mean() < 0.15


def test_other_graphs_and_missing_files_are_refused_in_one_line(tmp_path: Path) -> None:
    model = from_base(base_folder())
    with pytest.raises(DataError, match=r"model\.onnx: expected a shipped model, found no such file"):
        restore(model, tmp_path)
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    save(helper.make_model(helper.make_graph([], "g", [value], [value])), str(tmp_path / "model.onnx"))
    with pytest.raises(DataError, match="expected 36 int8 matrices, found 0"):
        restore(model, tmp_path)
